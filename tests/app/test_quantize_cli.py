"""Faster variants from the command line, on a bundle of a few hundred bytes."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from app.cli import cli
from engine.errors import BackendError, BundleError, SourceError


@pytest.fixture(autouse=True)
def _short_runs_prove_something(monkeypatch):
    monkeypatch.setattr("engine.drift.report.SHORTEST_RUN", 100)


@pytest.fixture(scope="module")
def clips(tmp_path_factory, make_clip):
    folder = tmp_path_factory.mktemp("recordings")
    for name in ("a.mp4", "b.mp4"):
        make_clip(folder / name, frames=60)
    return folder


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_quantize_then_annotate(tiny_bundle, clips):
    made = run(
        *("quantize", tiny_bundle, "--data", clips, "--calibration", 8, "--frames", 120, "--json")
    )
    report = json.loads(made.stdout)
    assert report["clips"] == [str(clips / "b.mp4")]  # the other one was learnt from
    assert report["frames"] == 120
    again = run(
        *("check-drift", tiny_bundle, clips / "a.mp4", "--precision", "int8", "--frames", 120)
    )
    assert again.stdout.startswith("int8 on openvino: accepted")
    ran = run(
        *("annotate", clips / "a.mp4", "--no-video", "--bundle", tiny_bundle, "--json"),
        *("--precision", "int8"),
    )
    assert "int8" in json.loads(ran.stdout)["backend"]
    assert "Note" not in ran.stderr


def test_annotate_without_proof_says_so_and_goes_on(tiny_bundle, clips):
    ran = run(
        *("annotate", clips / "a.mp4", "--no-video", "--bundle", tiny_bundle, "--json"),
        *("--precision", "int8"),
    )
    assert "f32" in json.loads(ran.stdout)["backend"]
    assert "Note: int8 is not used, but f32." in ran.stderr
    assert "longtake quantize" in ran.stderr


def test_a_live_source_is_no_proof(tiny_bundle):
    with pytest.raises(SourceError, match="is live"):
        run("check-drift", tiny_bundle, "lavfi:color=black", "--precision", "bf16")


def test_quantize_elsewhere_is_a_bundle_of_its_own(tiny_bundle, clips, tmp_path):
    out = tmp_path / "fast"
    made = run("quantize", tiny_bundle, "--data", clips, "--calibration", 8, "--out", out)
    assert "untested" in made.stdout
    run("annotate", clips / "a.mp4", "--no-video", "--bundle", out, "-q")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check-drift", "default", "--precision", "f32"),
        ("check-drift", "default", "--precision", "bf16", "--backend", "onnxruntime"),
        ("quantize", "default", "--backend", "torch"),
        ("build-engine", "default", "--precision", "bf16"),
    ],
)
def test_impossible_wishes_are_named(arguments):
    assert "Invalid value" in run(*arguments, code=2).output


def test_a_folder_without_recordings(tmp_path):
    assert "no recording" in run("quantize", "default", "--data", tmp_path, code=2).output


def test_build_engine(tiny_bundle):
    pytest.importorskip("tensorrt_rtx", reason="needs the extra tensorrt-rtx")
    for _ in range(2):
        said = run("build-engine", tiny_bundle, "--precision", "fp16", "--gpu", "SM89").stdout
        assert said.startswith("The fp16 plan of tiny for SM89")
    with pytest.raises(BundleError, match="longtake quantize tiny --backend tensorrt"):
        run("build-engine", tiny_bundle, "--precision", "int8", "--gpu", "SM89")


def test_build_engine_without_a_card_names_what_can_be_built(tiny_bundle, monkeypatch):
    pytest.importorskip("tensorrt_rtx", reason="needs the extra tensorrt-rtx")

    def missing():
        raise ImportError("there is no NVIDIA driver on this machine")

    monkeypatch.setattr("engine.backends.nvidia_card.open_card", missing)
    with pytest.raises(BackendError, match=r"no NVIDIA driver.*--gpu.*SM89"):
        run("build-engine", tiny_bundle)
