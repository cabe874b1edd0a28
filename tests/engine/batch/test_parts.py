"""A long recording in parts: joined, it is what the unsplit run says once memory has warmed up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.batch.parts import join, split
from engine.batch.run import Batch, Options
from engine.batch.tasks import Task
from engine.errors import SinkError
from tests.engine.batch.test_batch import InlineEngine, lines

if TYPE_CHECKING:
    from pathlib import Path

RATE_HZ, FRAMES = 30, 300
WARM_UP_S = 3.5


@pytest.fixture(scope="module")
def recording(tmp_path_factory, make_clip):
    return make_clip(
        tmp_path_factory.mktemp("long") / "long.mp4", frames=FRAMES, rate=RATE_HZ, size=(96, 64)
    )


def labels_of(options: Options, engine: InlineEngine | None = None) -> list[dict]:
    engine = engine or InlineEngine()
    (entry,) = Batch(options, lambda job: engine).run(lambda progress: None)
    assert entry.reason == ""
    assert entry.frames == FRAMES
    return lines(options.out / "labels" / "long.mp4.jsonl")


@pytest.fixture
def options(tmp_path, tiny_bundle, recording):
    return Options(str(recording), tmp_path / "whole", str(tiny_bundle), "onnxruntime", workers=1)


def test_the_seam_equals_the_unsplit_run(options, tmp_path):
    whole = labels_of(options)
    engine = InlineEngine()
    parted = labels_of(
        replace(options, out=tmp_path / "parts", part_s=4.0, warm_up_s=WARM_UP_S), engine
    )
    assert len(engine.tasks) == 2
    assert len(parted) == len(whole) == FRAMES + 2
    for a, b in zip(whole[1:-1], parted[1:-1], strict=True):
        assert (a["index"], a["pts_s"]) == (b["index"], b["pts_s"])
        assert a["detections"] == b["detections"]  # identities go on over the seam
        assert a["actions"]["actions"] == pytest.approx(b["actions"]["actions"], abs=1e-4)
        assert a["discontinuity"] == b["discontinuity"]
    assert [i["label"] for i in parted[-1]["intervals"]] == [
        i["label"] for i in whole[-1]["intervals"]
    ]
    for a, b in zip(whole[-1]["intervals"], parted[-1]["intervals"], strict=True):
        assert a == pytest.approx(b, abs=1e-3)
    assert {k: parted[-1][k] for k in ("frames", "seconds", "fps", "drops")} == {
        k: whole[-1][k] for k in ("frames", "seconds", "fps", "drops")
    }
    assert [p.name for p in (tmp_path / "parts" / "labels").iterdir()] == ["long.mp4.jsonl"]


def test_without_warm_up_the_seam_shows(options, tmp_path):
    """The test above can fail: this is what it would see."""
    whole = labels_of(options)
    parted = labels_of(replace(options, out=tmp_path / "cold", part_s=4.0, warm_up_s=0.0))
    assert [line.get("actions") for line in whole] != [line.get("actions") for line in parted]


def test_parts_that_are_done_are_not_watched_again(options, tmp_path):
    options = replace(options, out=tmp_path / "parts", part_s=2.0, warm_up_s=1.0)
    with pytest.raises(KeyboardInterrupt):
        labels_of(options, InlineEngine(stop_after=3))
    engine = InlineEngine()
    labels_of(options, engine)
    assert len(engine.tasks) == 2


def test_short_recordings_stay_whole(tmp_path):
    task = Task(1, tmp_path / "a.mp4", tmp_path / "a.jsonl")
    assert split(task, 14.0, 10.0, 1.0, "s") == [task]
    assert split(task, None, 10.0, 1.0, "s") == [task]
    assert [(t.start_s, t.end_s, t.warm_up_s) for t in split(task, 31.0, 10.0, 1.0, "s")] == [
        (None, 10.0, 0.0),
        (10.0, 20.0, 1.0),
        (20.0, None, 1.0),
    ]


def write(path: Path, frames: list[list[dict]], intervals: list[dict], start: int) -> Path:
    rows: list[dict] = [{"type": "header"}]
    rows += [
        {"type": "frame", "pts_s": float(start + i), "detections": boxes}
        for i, boxes in enumerate(frames)
    ]
    rows.append({"type": "summary", "frames": len(frames), "drops": 0, "intervals": intervals})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def box(track_id: int | None, x: float, label: str = "person") -> dict:
    return {"xyxy": [x, 0, x + 10, 10], "label": label, "confidence": 0.9, "track_id": track_id}


def seen(start_s: float, end_s: float, peak: float) -> dict:
    return {"head": "a", "label": "run", "start_s": start_s, "end_s": end_s, "peak": peak}


def test_identities_and_intervals_go_on_over_a_seam(tmp_path):
    first = write(
        tmp_path / "1", [[box(1, 0), box(2, 50), box(None, 90)]] * 2, [seen(0, 1, 0.7)], 0
    )
    second = write(
        tmp_path / "2",
        [[box(1, 51), box(2, 0, "chair"), box(3, 1)], [box(4, 80), box(1, 52)]],
        [seen(2, 2, 0.9), seen(3, 3, 0.5)],
        2,
    )
    target = tmp_path / "whole.jsonl"
    join([first, second], target)
    found = lines(target)
    assert [[b["track_id"] for b in line["detections"]] for line in found[1:-1]] == [
        [1, 2, None],
        [1, 2, None],
        [2, 3, 1],  # the second stays the second; a chair is not a person; the first stays
        [4, 2],
    ]
    assert found[-1]["intervals"] == [seen(0, 2, 0.9), seen(3, 3, 0.5)]
    assert found[-1]["frames"] == 4


def test_damaged_parts_are_removed(tmp_path):
    first = write(tmp_path / "1", [[]], [], 0)
    second = tmp_path / "2"
    second.write_text('{"type":"header"}\n{"type":"frame","pts_s":1.0,"detections":[]}\n')
    with pytest.raises(SinkError, match="damaged and were removed"):
        join([first, second], tmp_path / "whole.jsonl")
    assert not first.exists()
