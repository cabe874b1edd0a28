"""The demo that ships, and the scenes it was drawn from."""

from __future__ import annotations

import json
from pathlib import Path

import av
import jsonschema
import pytest

from assets import asset
from models.actors.demo import SCENES, cast_scene

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "engine/sinks/labels.schema.json").read_text(encoding="utf-8")
)


def test_the_truth_that_ships_fits_the_recording_that_ships():
    header, *frames, summary = map(json.loads, asset("demo.jsonl").read_text().splitlines())
    for line in (header, frames[0], frames[-1], summary):
        jsonschema.validate(line, SCHEMA)
    with av.open(asset("demo.mp4")) as container:
        stream = container.streams.video[0]
        times = sorted(
            float(p.pts * stream.time_base) for p in container.demux(stream) if p.pts is not None
        )
        assert (stream.width, stream.height) == (640, 480)
    assert times == pytest.approx([frame["pts_s"] for frame in frames], abs=1e-3)
    cuts = [frame["index"] for frame in frames if frame["discontinuity"]]
    assert len(cuts) == len(SCENES)
    assert all(frame["detections"] for frame in frames)
    assert asset("demo.mp4").stat().st_size + asset("demo.jsonl").stat().st_size < 6e6


def test_the_demo_shows_what_the_app_is_for():
    (*_, summary) = asset("demo.jsonl").read_text().splitlines()
    shown = {interval["label"] for interval in json.loads(summary)["intervals"]}
    assert {"standing", "walking", "sitting", "waving one hand", "falling", "lying"} <= shown


def test_scenes_are_the_ones_that_were_drawn():
    summary = json.loads(asset("demo.jsonl").read_text().splitlines()[-1])
    written = {(at["label"], at["start_s"]) for at in summary["intervals"]}
    for entry in cast_scene(SCENES[0]).intervals():
        assert (entry.interval.label, round(entry.interval.start_s, 3)) in written
