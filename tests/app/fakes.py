"""Stand-ins for model and bundle: results that a test can foresee, and that look like something."""

from __future__ import annotations

import math
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from app.stream import EngineServices
from engine.frame import Discontinuity
from engine.results import Detections, FrameResult
from engine.state import StatePolicy
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
    from engine.frame import Frame

ACTIONS = (
    ("standing", "站立"),
    ("walking", "走动"),
    ("sitting", "坐着"),
    ("falling", "跌倒"),
    ("lying", "躺着"),
)
OBJECTS = (("person", "人"), ("chair", "椅子"), ("tv", "电视"))


def _labels(pairs: tuple[tuple[str, str], ...]) -> tuple[Label, ...]:
    return tuple(Label(en=en, zh=zh) for en, zh in pairs)


def make_manifest() -> Manifest:
    fight = (("fight", "打斗"), ("normal", "平常"))
    return Manifest(
        name="fake",
        version="1",
        title=Label(en="Fake model", zh="假模型"),
        input=InputSpec(width=64, height=48, rate_hz=30.0),
        state=(TensorSpec(name="actions.lstm1.h", shape=(4,)),),
        heads=(
            HeadSpec(
                name="objects", kind=HeadKind.BOXES, labels=_labels(OBJECTS), thresholds=(0.3,) * 3
            ),
            HeadSpec(
                name="actions",
                kind=HeadKind.ACTIONS,
                labels=_labels(ACTIONS),
                thresholds=(0.5,) * 5,
            ),
            HeadSpec(
                name="fight",
                kind=HeadKind.ACTIONS,
                labels=_labels(fight),
                thresholds=(0.5, 0.5),
                activation=Activation.SOFTMAX,
                quiet=("normal",),
            ),
        ),
        files={},
        provenance=Provenance(created="2026-11-21", command="tests"),
    )


def make_result(pts_s: float, width: int, height: int, **changes: Any) -> FrameResult:
    """Two people and a chair who move with time, and action probabilities that rise and fall."""
    sway = 0.05 * math.sin(pts_s * 2)
    boxes = np.array(
        [
            [0.30 + sway, 0.18, 0.48 + sway, 0.92],
            [0.58 - sway, 0.25, 0.74 - sway, 0.95],
            [0.05, 0.55, 0.22, 0.98],
        ],
        np.float32,
    ) * np.array([width, height, width, height], np.float32)
    waves = [0.5 + 0.5 * math.sin(pts_s * 0.7 + phase) for phase in range(len(ACTIONS))]
    fight = 0.3 + 0.25 * math.sin(pts_s)
    fields: dict[str, Any] = {
        "index": round(pts_s * 30),
        "pts_s": pts_s,
        "detections": Detections(
            boxes,
            np.array([0.91, 0.78, 0.46], np.float32),
            np.array([0, 0, 1], np.int32),
            np.array([3, 7, -1], np.int32),
        ),
        "actions": {
            "actions": np.array(waves, np.float32),
            "fight": np.array([fight, 1 - fight], np.float32),
        },
        "inference_ns": 3_400_000,
    }
    return FrameResult(**(fields | changes))


class FakePredictor:
    """Recognises by the clock alone."""

    def __init__(self, confidence: float | None = None, step_s: float = 0.002) -> None:
        self.manifest = make_manifest()
        self.backend = SimpleNamespace(name="fake", device="no device")
        self.confidence = confidence
        self.box_head = self.manifest.head("objects")
        self.action_heads = (self.manifest.head("actions"), self.manifest.head("fight"))
        self.step_s = step_s
        self._since_s: float | None = None
        self._age_s = self._pts_s = 0.0
        self.exact = True
        self.policy = StatePolicy()

    def reset(self, *, exact: bool = True) -> None:
        self._since_s, self.exact = None, exact

    def snapshot(self, frame: Frame) -> Any:
        cell = np.array([[math.sin(self._age_s), 0.5, -0.5, 0.0]], np.float32)
        state = {"actions.lstm1.h": 0.5 * np.tanh(cell), "actions.lstm1.c": cell}
        return SimpleNamespace(
            nbytes=64,
            since_s=self._since_s,
            mark=frame.mark,
            carry=None
            if self._since_s is None
            else SimpleNamespace(state=state, pts_s=self._pts_s),
        )

    def restore(self, snapshot: Any) -> None:
        self._since_s, self.exact = snapshot.since_s, True

    def process(self, frame: Frame) -> FrameResult:
        time.sleep(self.step_s)
        found = frame.discontinuity
        if self._since_s is None or found is not None:
            self._since_s = frame.pts_s
            found = found or Discontinuity.START
        self._age_s = frame.pts_s - self._since_s
        self._pts_s = frame.pts_s
        return make_result(
            frame.pts_s,
            frame.picture.width,
            frame.picture.height,
            index=frame.index,
            discontinuity=found,
            memory_s=frame.pts_s - self._since_s,
            exact=self.exact,
        )


class FakeModelServices(EngineServices):
    """The engine's sources and pipeline with a model that needs no files."""

    def __init__(self, step_s: float = 0.002) -> None:
        super().__init__()
        self._step_s = step_s
        self.loaded: list[tuple[str, str]] = []

    def load_model(self, bundle: str, backend: str, precision: str = "f32") -> Any:
        self.loaded.append((bundle, backend))
        return SimpleNamespace(folder=Path()), SimpleNamespace(name="fake", device="no device")

    def make_predictor(self, model: Any, confidence: float | None, related: bool) -> Any:
        return FakePredictor(confidence, self._step_s)

    def make_persons(self, request: Any) -> Any:
        return None
