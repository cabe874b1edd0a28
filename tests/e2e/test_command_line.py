"""The command line as a user meets it, on made clips and the tiny bundle."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from app.cli import main
from engine.sinks.labels import read_labels
from tests.fixtures.clips import read_index

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def longtake(capsys, monkeypatch, tiny_bundle):
    """Run a command in this process; returns (exit code, stdout, stderr)."""

    def run(*arguments):
        words = [str(word) for word in arguments]
        if words and words[0] == "annotate" and "--bundle" not in words:
            words += ["--bundle", str(tiny_bundle)]
        monkeypatch.setattr(sys, "argv", ["longtake", *words])
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capsys.readouterr()
        return exit_.value.code or 0, captured.out, captured.err

    return run


def pts_of(path):
    with av.open(str(path)) as container:
        return [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]


def test_annotate_writes_a_clip_and_labels(longtake, make_clip, tmp_path):
    clip = make_clip(tmp_path / "in.mp4", frames=45, audio=True)
    out, labels = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    code, stdout, stderr = longtake("annotate", clip, "-o", out, "--labels", labels)
    assert (code, stderr) == (0, "")
    assert "out.mp4" in stdout
    np.testing.assert_allclose(pts_of(out), pts_of(clip), atol=1e-4)
    lines = list(read_labels(labels))
    assert [line["type"] for line in lines] == ["header", *["frame"] * 45, "summary"]
    assert lines[1]["discontinuity"] == "start"
    assert set(lines[1]["actions"]["actions"]) == {"red", "green", "blue"}
    assert lines[1]["detections"][0]["label"] == "person"
    assert lines[-1]["frames"] == 45
    assert not list(tmp_path.glob("*.part"))


def test_vfr_time_stamps_survive(longtake, make_clip, tmp_path):
    clip = make_clip(tmp_path / "in.mp4", frames=40, vfr=True, b_frames=True)
    out = tmp_path / "out.mp4"
    assert longtake("annotate", clip, "-o", out)[0] == 0
    np.testing.assert_allclose(pts_of(out), pts_of(clip), atol=1e-4)


def test_a_range_starts_and_ends_where_asked(longtake, make_clip, tmp_path):
    clip = make_clip(tmp_path / "in.mp4", frames=60)
    labels = tmp_path / "out.jsonl"
    arguments = ("--no-video", "--labels", labels, "--start", 0.5, "--end", 1.5)
    assert longtake("annotate", clip, *arguments)[0] == 0
    frames = [line for line in read_labels(labels) if line["type"] == "frame"]
    assert [line["index"] for line in frames] == list(range(15, 45))


def test_two_runs_give_the_same_labels(longtake, make_clip, tmp_path):
    clip = make_clip(tmp_path / "in.mp4", frames=30)
    runs = []
    for name in ("a.jsonl", "b.jsonl"):
        longtake(
            "annotate", clip, "--no-video", "--labels", tmp_path / name, "--backend", "openvino"
        )
        runs.append([line for line in read_labels(tmp_path / name) if line["type"] == "frame"])
    assert runs[0] == runs[1]


def test_stills_do_not_depend_on_their_order(longtake, tmp_path):
    import cv2

    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 255, (4, 60, 80, 3), dtype=np.uint8)
    seen = {}
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        folder = tmp_path / f"stills{order[0]}"
        folder.mkdir()
        for place, which in enumerate(order):
            cv2.imwrite(str(folder / f"{place}.png"), pictures[which])
        labels = folder / "out.jsonl"
        assert longtake("annotate", folder, "--no-video", "--labels", labels)[0] == 0
        frames = [line for line in read_labels(labels) if line["type"] == "frame"]
        for which, line in zip(order, frames, strict=True):
            found = (line["detections"], line["actions"])
            assert seen.setdefault(which, found) == found
            assert all(box["track_id"] in (None, -1) for box in line["detections"])


def test_json_output_is_one_object(longtake, make_clip, tmp_path):
    clip = make_clip(tmp_path / "in.mp4", frames=12)
    code, stdout, _ = longtake("annotate", clip, "--no-video", "--json")
    assert code == 0
    assert json.loads(stdout)["frames"] == 12


def test_quiet_prints_nothing(longtake, make_clip, tmp_path):
    clip = make_clip(tmp_path / "in.mp4", frames=12)
    assert longtake("annotate", clip, "--no-video", "--quiet")[:2] == (0, "")


def bad_inputs(folder: Path, make_clip) -> dict[str, tuple[Path | str, str]]:
    """Path or address, and words that the message must hold."""
    (folder / "empty").mkdir()
    text = folder / "text.mp4"
    text.write_text("this is no video\n" * 50)
    nothing = folder / "nothing.mp4"
    nothing.touch()
    audio = folder / "audio.m4a"
    with av.open(str(make_clip(folder / "with_audio.mp4", audio=True, frames=10))) as source:
        with av.open(str(audio), "w") as target:
            stream = target.add_stream_from_template(source.streams.audio[0])
            for packet in source.demux(source.streams.audio[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
    truncated = folder / "truncated.mp4"
    whole = make_clip(folder / "whole.mp4", frames=60).read_bytes()
    truncated.write_bytes(whole[: len(whole) // 2])
    return {
        "missing": (folder / "missing.mp4", "missing.mp4"),
        "no images": (folder / "empty", "empty"),
        "text": (text, "text.mp4"),
        "zero bytes": (nothing, "nothing.mp4"),
        "audio only": (audio, "audio.m4a"),
        "truncated": (truncated, "truncated.mp4"),
        "unreachable": ("rtsp://user:S3cret%21@127.0.0.1:9/stream", "127.0.0.1:9"),
        "unknown scheme": ("gopher://127.0.0.1/x", "gopher"),
    }


KINDS = (
    "missing", "no images", "text", "zero bytes", "audio only", "truncated", "unreachable",
    "unknown scheme",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_is_told_in_one_sentence(longtake, make_clip, tmp_path, kind):
    source, words = bad_inputs(tmp_path, make_clip)[kind]
    code, stdout, stderr = longtake("annotate", source, "--no-video")
    assert code == 1
    assert words in stderr
    assert "Traceback" not in stderr + stdout
    assert "S3cret" not in stderr + stdout
    assert len(stderr.strip().splitlines()) <= 3


def test_unwritable_outputs(longtake, make_clip, tmp_path):
    clip = make_clip(tmp_path / "in.mp4", frames=10)
    for target in (tmp_path / "no" / "such" / "out.mp4", tmp_path, clip):
        code, _, stderr = longtake("annotate", clip, "-o", target)
        assert code == 1, target
        assert str(target) in stderr.replace("\n", "")
    assert read_index(next(decoded(clip))) == 0  # the input was not harmed


def decoded(path):
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def test_unknown_and_corrupt_bundles(longtake, make_clip, tmp_path, tiny_bundle):
    clip = make_clip(tmp_path / "in.mp4", frames=10)
    code, _, stderr = longtake("annotate", clip, "--no-video", "--bundle", "nonsense")
    assert (code, "nonsense" in stderr) == (1, True)
    corrupt = shutil.copytree(tiny_bundle, tmp_path / "corrupt")
    with (corrupt / "model.onnx").open("ab") as file:
        file.write(b"x")
    code, _, stderr = longtake("annotate", clip, "--no-video", "--bundle", corrupt)
    assert (code, "sha256" in stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("annotate",),
        ("annotate", "in.mp4"),
        ("annotate", "in.mp4", "-o", "out.mp4", "--no-video"),
        ("annotate", "in.mp4", "--no-video", "--start", "3", "--end", "2"),
        ("annotate", "in.mp4", "--no-video", "--confidence", "7"),
        ("gui", "--size", "huge"),
        ("frobnicate",),
    ],
)
def test_bad_usage_exits_with_2(longtake, arguments):
    assert longtake(*arguments)[0] == 2


def test_help_shows_examples(longtake):
    for command in ("annotate", "gui", "devices", "doctor", "bundles"):
        code, stdout, _ = longtake(command, "--help")
        assert (code, f"longtake {command}" in stdout) == (0, True)


def test_lists_and_doctor(longtake):
    assert longtake("devices")[0] == 0
    assert isinstance(json.loads(longtake("devices", "--json")[1]), list)
    code, stdout, _ = longtake("doctor", "--json")
    topics = {finding["topic"]: finding for finding in json.loads(stdout)}
    assert code == 0
    assert topics["backend openvino"]["ok"]
    assert "display" in topics


def test_running_a_model_does_not_import_torch(make_clip, tmp_path, tiny_bundle):
    clip = make_clip(tmp_path / "in.mp4", frames=5)
    program = (
        "import sys; from app.cli import main; sys.argv = sys.argv[1:]\n"
        "try: main()\nexcept SystemExit as e: assert not e.code, e.code\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", program, "longtake", "annotate", str(clip), "-o",
         str(tmp_path / "o.mp4"), "--bundle", str(tiny_bundle)],
        check=True, timeout=60, capture_output=True,
    )  # fmt: skip


def test_ctrl_c_ends_a_live_stream_and_keeps_the_whole_clip(tmp_path, tiny_bundle):
    video, labels = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "app", "annotate", "lavfi:testsrc=size=320x240:rate=25"]
    command += ["-o", str(video), "--labels", str(labels), "--bundle", str(tiny_bundle)]
    process = subprocess.Popen([*command, "--quiet"], stderr=subprocess.PIPE, text=True)
    part = labels.with_name(labels.name + ".part")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (part.exists() and part.stat().st_size > 2000):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert len(pts_of(video)) == list(read_labels(labels))[-1]["frames"]
