"""Files: label lines that obey the schema, COCO, data sets that go on where they stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import jsonschema
import pytest
from typer.testing import CliRunner

from app.cli import cli
from models.actors import Renderer, sample_clip
from models.actors.coco import coco, merged
from models.actors.dataset import DatasetMismatchError, DatasetPlan, photographs, write_dataset
from models.actors.writers import write_clip
from tests.models.actors.conftest import SIZE

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "engine/sinks/labels.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, renderer: Renderer) -> Path:
    folder = tmp_path_factory.mktemp("actors")
    clip = sample_clip(4, actions=["walking"], seconds=2.0, size=SIZE, rate_hz=5, people=2)
    paths = (folder / "a.mp4", folder / "a.jsonl", folder / "a.coco.json")
    write_clip(clip, *paths, renderer=renderer)
    return folder


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_label_lines_obey_the_schema_and_fit_the_video(written: Path):
    lines = _lines(written / "a.jsonl")
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    header, *frames, summary = lines
    assert header["source"] == {"title": "a.mp4", "kind": "test", "width": 160, "height": 120}
    assert any(interval["label"] == "walking" for interval in summary["intervals"])
    with av.open(written / "a.mp4") as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([frame["pts_s"] for frame in frames], abs=1e-4)


def test_coco_holds_the_same_boxes(written: Path):
    boxes = json.loads((written / "a.coco.json").read_text())
    frames = _lines(written / "a.jsonl")[1:-1]
    assert len(boxes["images"]) == len(frames)
    for image, frame in zip(boxes["images"], frames, strict=True):
        mine = [a for a in boxes["annotations"] if a["image_id"] == image["id"]]
        corners = [[x, y, x + w, y + h] for x, y, w, h in (a["bbox"] for a in mine)]
        assert corners == [d["xyxy"] for d in frame["detections"]]
        assert [a["track_id"] for a in mine] == [d["track_id"] for d in frame["detections"]]
    twice = merged([boxes, boxes])
    assert [image["id"] for image in twice["images"]] == list(range(1, 2 * len(frames) + 1))
    assert twice["annotations"][-1]["image_id"] <= 2 * len(frames)
    assert coco("x.mp4", SIZE, [])["images"] == []


def test_a_clip_is_a_file_only_when_it_is_whole(tmp_path: Path, renderer: Renderer):
    clip = sample_clip(4, seconds=1.0, size=SIZE, rate_hz=5)
    backwards = replace(clip, times_s=clip.times_s[::-1])
    with pytest.raises(av.FFmpegError, match="Invalid argument"):
        write_clip(backwards, tmp_path / "a.mp4", tmp_path / "a.jsonl", renderer=renderer)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def plan(tmp_path: Path) -> DatasetPlan:
    return DatasetPlan(tmp_path / "set", clips=2, seconds=0.6, size=(96, 96), rate_hz=5)


@pytest.mark.slow
def test_a_data_set_goes_on_where_it_stopped(plan: DatasetPlan, renderer: Renderer):
    del renderer  # only to skip without OpenGL
    assert list(write_dataset(plan, workers=1)) == [0, 2]
    names = sorted(path.name for path in plan.out.iterdir())
    assert names == sorted(
        ["plan.json", "truth.json"]
        + [f"clip-000000{k}.{e}" for k in (0, 1) for e in ("mp4", "jsonl", "coco.json")]
    )
    first = (plan.out / "clip-0000000.mp4").read_bytes()
    (plan.out / "clip-0000001.jsonl").unlink()
    (plan.out / "clip-0000000.mp4").write_bytes(b"kept")
    more = replace(plan, clips=3)
    assert list(write_dataset(more, workers=1)) == [1, 3]
    assert (plan.out / "clip-0000000.mp4").read_bytes() == b"kept" != first
    assert len(json.loads((plan.out / "truth.json").read_text())["images"]) == 9


def test_a_data_set_of_other_settings_is_not_mixed(plan: DatasetPlan):
    plan.out.mkdir()
    (plan.out / "plan.json").write_text('{"version": 0}')
    with pytest.raises(DatasetMismatchError, match="other settings"):
        next(write_dataset(plan))


def test_a_folder_without_photographs_is_said(tmp_path: Path):
    assert photographs(None) == ()
    with pytest.raises(FileNotFoundError, match="no photographs"):
        photographs(tmp_path)


def test_the_command_lists_actions():
    result = CliRunner().invoke(cli, ["actors", "--list"])
    assert result.exit_code == 0
    assert "waving one hand" in result.output


def test_the_command_writes_a_clip(tmp_path: Path, renderer: Renderer):
    del renderer
    paths = tmp_path / "a.mp4", tmp_path / "a.jsonl"
    options = ["--action", "waving", "--seconds", "0.5", "--people", "1", "--seed", "7"]
    options += ["--size", "96x96", "--rate", "6", "-o", str(paths[0]), "--labels", str(paths[1])]
    result = CliRunner().invoke(cli, ["actors", *options])
    assert result.exit_code == 0, result.output
    assert " frames, " in result.output
    assert all(path.stat().st_size > 500 for path in paths)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "say where to write"),
        (["-o", "a.mp4", "--action", "flying"], "no action is called"),
        (["-o", "a.mp4", "--size", "97x96"], "must be even"),
        (["-o", "a.mp4", "--view", "moon"], "no view is called"),
    ],
)
def test_the_command_says_what_is_wrong(options: list[str], words: str):
    result = CliRunner().invoke(cli, ["actors", *options])
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())


def test_without_the_extra_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from app.actors_cli import ActorsError

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("models.actors.opengl.import_module", missing)
    result = CliRunner().invoke(cli, ["actors", "-o", str(tmp_path / "a.mp4")])
    assert isinstance(result.exception, ActorsError)
    assert "pip install 'longtake[actors]'" in str(result.exception)
