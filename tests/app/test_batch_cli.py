"""``longtake batch`` and ``longtake find`` as a user gives them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from app.cli import cli
from engine.store import Recording, SeenStore, Sighting, default_store_path
from engine.store.moments import parse_moment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_from_an_archive_to_a_hit(tmp_path: Path, tiny_bundle, make_clip):
    folder = tmp_path / "clips"
    folder.mkdir()
    make_clip(folder / "a.mp4", frames=20)
    shutil.copy(folder / "a.mp4", folder / "b.mp4")
    (folder / "bad.mp4").write_bytes(b"no video")
    common = (folder, "--out", tmp_path / "out", "--bundle", tiny_bundle)
    shown = run("batch", *common, "--backend", "onnxruntime", "--workers", 1, code=1)
    assert "2 of 3 recordings watched" in shown
    assert 'bad.mp4: "bad.mp4" cannot be opened: it is damaged or no video.' in shown
    rows = json.loads(run("batch", *common, "--backend", "onnxruntime", "--json", code=1))
    assert [(row["name"], row["state"], row["frames"]) for row in rows] == [
        ("a.mp4", "done", 20),
        ("b.mp4", "done", 20),
        ("bad.mp4", "failed", 0),
    ]
    assert json.loads((tmp_path / "out/labels/a.mp4.jsonl").read_text().splitlines()[0])
    hits = json.loads(run("find", "person", "--min", "0.6", "--since", "1h", "--json"))
    assert {hit["title"] for hit in hits} == {"a.mp4", "b.mp4"}
    assert all(hit["peak"] >= 0.6 and hit["label_zh"] == "人" for hit in hits)
    assert str(folder / "b.mp4") in run("find", "人", "--in", "b.mp4")


def test_options_that_make_no_sense(tmp_path):
    for more in (["--engine", "spark"], ["--ray-address", "auto"], ["--split", "0"]):
        run("batch", tmp_path, "--out", tmp_path / "out", *more, code=2)
    run("find", "--since", "yesterday evening", code=2)


def test_nothing_found_says_what_there_is():
    assert "Nothing was watched yet" in run("find", "falling")
    store = SeenStore(default_store_path())
    store.replace(
        Recording("/a.mp4", "a.mp4", "tiny 1", 0.0), [Sighting("a", "run", "跑", 0, 1, 1)]
    )
    store.close()
    assert "Seen most: run." in run("find", "falling")
    assert "run (100%)  /a.mp4" in run("find", "跑")


def test_moments():
    now = 1_000_000.0
    assert parse_moment("30m", now) == now - 1800
    assert parse_moment(" 2H ", now) == now - 7200
    assert parse_moment("1.5d", now) == now - 129_600
    assert parse_moment("1w", now) == now - 604_800
    assert parse_moment("2026-11-21T14:30:00+00:00", now) == 1_795_271_400.0
    with pytest.raises(ValueError, match="isoformat"):
        parse_moment("soon", now)


def test_bundles_are_listed_installed_and_removed(tiny_bundle):
    listed = run("bundles")
    assert "default" in listed
    assert "tiny" not in listed
    assert {row["name"] for row in json.loads(run("bundles", "--json"))} >= {"default"}
    shown = run("bundles", "install", tiny_bundle)
    assert "licence: Apache-2.0" in shown
    assert "longtake gui --bundle tiny" in shown
    assert "tiny 1: Tiny test bundle" in run("bundles")
    assert "Apache-2.0" in run("bundles", "gallery")
    assert "yolox-nano" in json.loads(run("bundles", "gallery", "--json"))
    run("bundles", "install", tiny_bundle, "--sha256", "short", code=2)
    run("bundles", "remove", "tiny")
    assert "tiny" not in run("bundles")
