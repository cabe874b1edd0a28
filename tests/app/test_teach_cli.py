"""`longtake teach`, on clips made by code, with the shipped model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from app.cli import cli
from engine.errors import LongtakeError
from engine.lessons.store import load_lesson

if TYPE_CHECKING:
    from pathlib import Path


_QUICK = ("--backend", "onnxruntime")  # measuring which is faster would take longer


@pytest.fixture(scope="module")
def takes(make_clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips of one action, two of background."""
    folder = tmp_path_factory.mktemp("takes")
    for label in ("turning", "background"):
        (folder / label).mkdir()
        for number in (1, 2):
            make_clip(folder / label / f"{number}.mp4", frames=4 + number, rate=10)
    return folder


def test_a_lesson_from_a_folder(takes: Path) -> None:
    command = ["teach", "My lesson", "--takes", str(takes), *_QUICK, "--zh", "turning=转"]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output
    assert "Takes: turning 2, background 2" in result.output
    assert "record at least 3" in result.output
    assert "--bundle default+my-lesson" in result.output
    manifest = load_lesson("default", "my-lesson").manifest
    assert [label.zh for label in manifest.labels] == ["转"]
    assert [record.label for record in manifest.takes] == ["", "", "turning", "turning"]
    assert manifest.takes[-1].address == str(takes / "turning" / "2.mp4")
    listed = CliRunner().invoke(cli, ["bundles"])
    assert "taught: default+my-lesson (turning)" in listed.output


def test_testing_alone_keeps_nothing(takes: Path) -> None:
    command = ["teach", "trial", "--takes", str(takes), *_QUICK, "--test-only", "--json"]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["folder"] is None
    assert report["takes"] == {"turning": 2, "background": 2}
    with pytest.raises(LongtakeError):
        load_lesson("default", "trial")


def test_a_name_that_is_none(takes: Path) -> None:
    result = CliRunner().invoke(cli, ["teach", "...", "--takes", str(takes)])
    assert isinstance(result.exception, LongtakeError)
    assert "at least one letter" in str(result.exception)


def test_a_chinese_name_needs_its_action(takes: Path) -> None:
    result = CliRunner().invoke(cli, ["teach", "x", "--takes", str(takes), "--zh", "转"])
    assert result.exit_code == 2
