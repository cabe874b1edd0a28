"""A bundle measured on recordings of which stretches are labelled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.evaluation import bundle as measuring
from models.evaluation.bundle import Request, evaluate
from models.evaluation.graph import RunNetwork
from models.spec import (
    Activation,
    HeadKind,
    HeadSpec,
    InputSpec,
    Label,
    Manifest,
    Provenance,
    TensorSpec,
)

if TYPE_CHECKING:
    from pathlib import Path

_RATE_HZ = 20.0
_SEGMENT_S = (1.0, 2.0)


def _run(frame, dt_s, state):
    """Count the seconds; say ``nap`` in those of the segment, else ``rest``."""
    seconds = state["it.clock.h"] + dt_s[:, None]
    since_first = seconds[:, 0] - 1 / _RATE_HZ
    napping = (since_first >= _SEGMENT_S[0] - 1e-3) & (since_first <= _SEGMENT_S[1] + 1e-3)
    probability = np.stack((napping, ~napping), axis=1).astype(np.float32)
    return {"it.probability": probability}, {"it.clock.h": seconds.astype(np.float32)}


def _manifest() -> Manifest:
    labels = (Label(en="nap", zh="小睡"), Label(en="rest", zh="休息"))
    head = HeadSpec(
        name="it",
        kind=HeadKind.ACTIONS,
        labels=labels,
        thresholds=(0.5, 0.5),
        activation=Activation.SIGMOID,
    )
    return Manifest(
        name="clock",
        version="1",
        title=Label(en="Clock", zh="钟"),
        input=InputSpec(width=32, height=32, rate_hz=_RATE_HZ),
        state=(TensorSpec(name="it.clock.h", shape=(1,)),),
        heads=(head,),
        files={"model.onnx": "0" * 64},
        provenance=Provenance(created="2026-01-01", command="none", data=()),
        metrics={},
    )


@pytest.fixture
def naps(tmp_path: Path, make_clip) -> Path:
    """Recordings of three seconds, in the middle of which somebody naps."""
    database = {}
    for n, subset in enumerate(("training", "training", "validation", "testing")):
        make_clip(tmp_path / f"v_rec{n}.mp4", frames=60, rate=20, size=(32, 32))
        stretch = {"segment": [*_SEGMENT_S], "label": "nap"}
        others = [{"segment": [0, 0.95], "label": "rest"}, {"segment": [2.05, 3], "label": "rest"}]
        database[f"rec{n}"] = {"subset": subset, "annotations": [stretch, *others]}
    (tmp_path / "labels.json").write_text(json.dumps({"database": database}))
    return tmp_path


def test_the_whole_recording_is_watched_and_events_are_told_by_their_times(naps: Path):
    manifest = _manifest()
    request = Request(naps, manifest, naps, RunNetwork(manifest, _run), "here", rates_hz=(10.0,))
    report = evaluate(request)
    assert report.examples == 1
    assert report.warnings == ()
    seen, forgetful = report.figures["memory"], report.figures["no_memory"]
    assert "clip_accuracy" not in seen
    assert seen["event_f1_iou_0.5"] == 1.0
    assert seen["events_found"] == seen["events"] == 3
    assert seen["median_delay_s"] == pytest.approx(0, abs=0.06)
    assert seen["false_alarms_per_hour"] == 0
    assert report.figures["at_10_fps"]["event_f1_iou_0.5"] == 1.0
    assert forgetful["event_f1_iou_0.5"] < 0.7


def test_of_a_long_recording_the_beginning_is_watched_and_that_is_said(naps: Path, monkeypatch):
    monkeypatch.setattr(measuring, "_LONGEST_S", 2.0)
    manifest = _manifest()
    report = evaluate(Request(naps, manifest, naps, RunNetwork(manifest, _run), "", rates_hz=()))
    assert report.warnings == ("Of 1 recordings only the first 2 seconds were looked at.",)
    assert report.figures["memory"]["frame_accuracy"] == 1.0
