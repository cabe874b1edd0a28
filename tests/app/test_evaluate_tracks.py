"""`longtake evaluate` on recordings whose objects keep their names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from app.cli import cli
from engine.errors import BundleError, LongtakeError

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def followed(make_clip, tiny_bundle: Path, tmp_path: Path) -> Path:
    """A folder with a recording, and what the tiny bundle follows in it as the truth."""
    folder = tmp_path / "followed"
    folder.mkdir()
    clip = make_clip(folder / "clip.mp4", frames=60, rate=25)
    labels = str(folder / "clip.jsonl")
    run("annotate", str(clip), "--no-video", "--labels", labels, "--bundle", str(tiny_bundle), "-q")
    return folder


def test_what_was_followed_is_followed_alike(followed: Path, tiny_bundle: Path) -> None:
    report = json.loads(
        run("evaluate", "--bundle", str(tiny_bundle), "--data", str(followed), "--json")
    )
    assert report["examples"] == 1
    assert report["figures"]["memory"]["idf1"] == pytest.approx(1.0)
    assert report["figures"]["memory"]["switches_per_minute"] == 0
    assert report["figures"]["no_memory"]["idf1"] > 0


def test_who_was_taken_for_one_and_was_two_costs_half(followed: Path, tiny_bundle: Path) -> None:
    path = followed / "clip.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    frames = [line for line in lines if line["type"] == "frame"]
    for number, frame in enumerate(frames):
        for seen in frame["detections"]:
            seen["track_id"] += 1000 if number < len(frames) // 2 else 2000
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = json.loads(
        run("evaluate", "--bundle", str(tiny_bundle), "--data", str(followed), "--json")
    )
    assert 0.3 < report["figures"]["memory"]["idf1"] < 0.8


def test_what_int8_costs_is_measured_though_nobody_let_it_through(
    followed: Path, tiny_bundle: Path
) -> None:
    asked = ("evaluate", "--bundle", str(tiny_bundle), "--data", str(followed), "--json")
    with pytest.raises(BundleError, match="no int8 variant"):
        CliRunner().invoke(cli, [*asked, "--precision", "int8"], catch_exceptions=False)
    quantised = CliRunner().invoke(
        cli, ["quantize", str(tiny_bundle), "--data", str(followed), "--frames", "30"]
    )
    assert "30 frames prove nothing" in quantised.output
    report = json.loads(run(*asked, "--precision", "int8", "--no-rates"))
    assert report["ran_on"] == "CPU, int8, 1 thread"
    assert report["figures"].keys() == {"memory", "no_memory"}
    assert json.loads(run(*asked))["ran_on"] == "CPU, f32, 1 thread"
    refused = CliRunner().invoke(cli, [*asked, "--precision", "bf16", "--backend", "onnxruntime"])
    assert refused.exit_code == 2
    assert "bf16 runs in openvino" in refused.output


def test_how_steady_boxes_are_needs_no_labels(followed: Path, tiny_bundle: Path) -> None:
    (followed / "clip.jsonl").unlink()
    asked = ("evaluate", "--bundle", str(tiny_bundle), "--data", str(followed), "--steady")
    report = json.loads(run(*asked, "--no-rates", "--json"))
    assert report["figures"].keys() == {"memory", "no_memory"}
    assert report["figures"]["memory"]["boxes_per_frame"] > 0
    assert report["figures"]["memory"]["switches_per_minute"] == 0
    assert "jitter" in run(*asked)
    (followed / "clip.mp4").unlink()
    with pytest.raises(LongtakeError, match="holds no recordings"):
        CliRunner().invoke(cli, asked, catch_exceptions=False)
