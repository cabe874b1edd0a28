"""`longtake annotate` with what it can write, and `longtake convert-labels`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.export_choices import quality_of, style_of, video_options
from engine.errors import LongtakeError
from engine.rules.model import RuleError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(qapp, tiny_bundle: Path, clip: Path):
    def annotate(*options: str | Path):
        fixed = ["annotate", str(clip), "--bundle", str(tiny_bundle), "--backend", "onnxruntime"]
        return CliRunner().invoke(cli, [*fixed, *map(str, options)])

    return annotate


def test_several_labels_beside_a_soft_export(run, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.jsonl", "a.coco.json", "a.vtt")]
    options = [part for file in files for part in ("--labels", file)]
    done = run("-o", tmp_path / "a.mkv", "--soft", "--json", "--quiet", *options)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["video"], said["labels"]) == (str(tmp_path / "a.mkv"), str(files[0]))
    assert said["more_labels"] == [str(file) for file in files[1:]]
    with av.open(str(tmp_path / "a.mkv")) as container:
        assert [stream.type for stream in container.streams] == ["video", "subtitle"]
    assert len(json.loads(files[1].read_text(encoding="utf-8"))["images"]) == 60


def test_size_and_what_is_drawn(run, tmp_path: Path) -> None:
    options = ("--burn", "actions,strip", "--blur", "heads", "--size", "480p", "--quality", "30")
    assert run("-o", tmp_path / "a.mp4", "--no-audio", *options, "--end", 0.3).exit_code == 0
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].height == 240  # it never gets larger


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["-o", "a.mp4", "--soft"], ".mkv"),
        (["-o", "a.mkv", "--soft", "--blur", "people"], "cannot be had with it"),
        (["-o", "a.mp4", "--burn", "everything"], "'everything' is none of"),
        (["-o", "a.mp4", "--burn", "labels"], "boxes,labels"),
        (["-o", "a.mp4", "--blur", "faces"], "'faces' is none of"),
        (["-o", "a.mp4", "--size", "8k"], "'8k' is none of"),
        (["-o", "a.mp4", "--quality", "99"], "0 to 51"),
        (["-o", "a.mp4", "--encoder", "magic"], "'magic' is none of"),
    ],
)
def test_bad_usage(run, monkeypatch: pytest.MonkeyPatch, options: list[str], told: str) -> None:
    # Narrow terminals break messages into lines.
    monkeypatch.setenv("COLUMNS", "200")
    done = run(*options)
    assert done.exit_code == 2
    assert told in done.output


def test_rules_are_read_first(run, tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text("{}", encoding="utf-8")
    assert run("--no-video", "--rules", tmp_path / "rules.json", "--end", 0.2).exit_code == 0
    (tmp_path / "rules.json").write_text("[]", encoding="utf-8")
    done = run("--no-video", "--rules", tmp_path / "rules.json")
    assert isinstance(done.exception, RuleError)


def test_what_rules_did_is_told(run, tmp_path: Path) -> None:
    when = {"kind": "present", "label": "person", "for_s": 0.2}
    then = [{"do": "command", "command": ["/no/such/program"]}]
    rules = {"rules": [{"name": "door", "when": when, "then": then}]}
    (tmp_path / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    done = run("--no-video", "--rules", tmp_path / "rules.json")
    assert "Rule door:   fired 0.20 s: 1 × person" in done.output
    assert "Rule door: ! command program cannot be run" in done.output


def test_converting(run, tmp_path: Path) -> None:
    assert run("--no-video", "--labels", tmp_path / "a.jsonl").exit_code == 0
    arguments = [str(tmp_path / "a.jsonl"), "-o", str(tmp_path / "b.csv"), "--format", "boris"]
    done = CliRunner().invoke(cli, ["convert-labels", *arguments])
    assert done.exit_code == 0
    assert "60 frames" in done.output
    assert (tmp_path / "b.csv").read_text(encoding="utf-8").startswith("Observation id,")


def test_a_missing_file_is_no_traceback(tmp_path: Path) -> None:
    arguments = [str(tmp_path / "a.jsonl"), "-o", str(tmp_path / "b.csv")]
    done = CliRunner().invoke(cli, ["convert-labels", *arguments])
    assert isinstance(done.exception, LongtakeError)
    assert "a.jsonl cannot be read" in str(done.exception)


def test_choices() -> None:
    assert (quality_of("best"), quality_of("23")) == (17, 23)
    assert style_of("none", "none").boxes is False
    assert style_of("boxes,labels", "people").hide_people
    assert video_options("720p", "auto", audio=False).side_px == 720
