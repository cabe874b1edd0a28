"""A live source that changes its size, whose clock leaps, or that sends damaged pictures."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.frame import Cause, Discontinuity
from engine.picture import ArrayPicture
from engine.pipeline import Pipeline, RunState
from engine.predictor import Predictor
from engine.sinks.labels import JsonlSink, LabelHeader, read_labels
from engine.sources.base import SourceInfo, SourceKind
from engine.sources.clocks import LiveClock
from engine.sources.live import Captured, LiveSource

INFO = SourceInfo(title="cam", kind=SourceKind.CAMERA, width=64, height=48, live=True)
PERIOD_S = 0.01
FRAMES = 24
BREAK_AT = 12


class Camera:
    """Gives pictures at its pace, with something odd at the thirteenth."""

    ended = True

    def __init__(self, odd):
        self.odd = odd

    def frames(self):
        for index in range(FRAMES):
            time.sleep(PERIOD_S)
            after = index >= BREAK_AT
            size = (96, 128) if after and self.odd == "size" else (48, 64)
            leap_s = {"forward": 60.0, "backward": -30.0}.get(self.odd, 0.0) if after else 0.0
            skipped = 7 if index == BREAK_AT and self.odd == "damage" else 0
            picture = ArrayPicture(np.full((*size, 3), 120, np.uint8))
            device_s = 100 + index * PERIOD_S + leap_s
            yield Captured(picture, device_s, time.monotonic_ns(), skipped)

    def close(self):
        pass


@pytest.mark.parametrize(
    ("odd", "discontinuity", "cause", "reaction"),
    [
        ("size", Discontinuity.SOURCE, Cause.SIZE, "reset"),
        ("forward", Discontinuity.GAP, Cause.GAP, "hold"),
        ("backward", Discontinuity.GAP, Cause.GAP, "hold"),
        ("damage", Discontinuity.GAP, Cause.GAP, "hold"),
    ],
)
def test_it_is_marked_treated_and_written(
    tmp_path, tiny_bundle, odd, discontinuity, cause, reaction
):
    bundle = load_bundle(tiny_bundle)
    labels = tmp_path / "out.jsonl"
    source = LiveSource(INFO, Camera(odd), None, clock=LiveClock(), lossless=True)
    predictor = Predictor(bundle, create_backend(bundle, "onnxruntime"))
    sink = JsonlSink(labels, LabelHeader.of(bundle.manifest, INFO, "test"))
    pipeline = Pipeline(source, predictor, [sink])
    pipeline.start()
    status = pipeline.wait(20)
    assert status.state is RunState.ENDED
    frames = [line for line in read_labels(labels) if line["type"] == "frame"]
    assert len(frames) == FRAMES
    times = [line["pts_s"] for line in frames]
    assert all(0 < b - a < 2 for a, b in pairwise(times))
    marked = [line for line in frames[1:] if line["discontinuity"] is not None]
    assert len(marked) == 1
    assert marked[0]["discontinuity"] == discontinuity.value
    assert marked[0]["memory"]["cause"] == cause.value
    assert marked[0]["memory"]["reaction"] == reaction
    assert frames.index(marked[0]) == BREAK_AT
    assert status.source.damaged == (7 if odd == "damage" else 0)
