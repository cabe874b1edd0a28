"""CPU time of each stage of the pipeline alone: what a machine cannot be faster than."""

from __future__ import annotations

import time
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from app.overlay import OverlayPainter
from engine.backends import initial_state
from engine.postprocess import decode_boxes
from engine.predictor import Predictor
from engine.scene_cut import SceneCutDetector
from engine.sinks.mp4 import Mp4Sink
from engine.sources import open_source
from engine.tracking import ByteTracker
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.backends import Backend
    from engine.bundle import Bundle
    from engine.frame import Frame

_SAMPLE_FRAMES = 90


class _CpuClock:
    """Milliseconds of CPU time per frame, all threads of the process counted."""

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self.ms = 0.0

    def __enter__(self) -> _CpuClock:
        self._begun = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.ms = (time.process_time() - self._begun) * 1e3 / self._frames


def stage_cpu_ms(clip: Path, bundle: Bundle, backend: Backend, frames: int) -> dict[str, float]:
    """Return CPU milliseconds per frame of each stage, run alone.

    Decoding reads all `frames` of `clip`; the others go through some from its middle.
    """
    with closing(open_source(clip)) as source, _CpuClock(frames) as decode:
        for _ in _frames(source):
            pass
    sample = _sample(clip, frames // 2)
    spec = bundle.manifest.input
    with _CpuClock(len(sample)) as preprocess:
        pictures = [frame.picture.rgb(spec.width, spec.height) for frame in sample]
    with _CpuClock(len(sample)) as model:
        outputs = _step_all(bundle, backend, pictures)
    with _CpuClock(len(sample)) as postprocess:
        _postprocess_all(bundle, sample, pictures, outputs)
    return {
        "decode": decode.ms,
        "preprocess": preprocess.ms,
        "model": model.ms,
        "postprocess": postprocess.ms,
    }


def writing_cpu_ms(clip: Path, bundle: Bundle, backend: Backend, target: Path) -> float:
    """Return CPU milliseconds per frame of drawing, encoding and writing an annotated clip.

    All that comes before it is done beforehand, and not counted.
    """
    predictor, painter = Predictor(bundle, backend), OverlayPainter(bundle.manifest)
    sample = _sample(clip, 0)
    seen = [(frame, predictor.process(frame)) for frame in sample]
    with closing(open_source(clip)) as source:
        info = source.info
    target.unlink(missing_ok=True)
    with _CpuClock(len(sample)) as writing:
        sink = Mp4Sink(target, info, draw=painter.paint)
        for frame, result in seen:
            sink.write(frame, result)
        sink.close()
    return writing.ms


def bare_model_fps(bundle: Bundle, backend: Backend, steps: int) -> float:
    """Return how many frames a second a loop makes that does nothing but step the model."""
    spec = bundle.manifest.input
    grey = np.full((spec.height, spec.width, 3), 127, np.uint8)
    begun_s = time.perf_counter()
    _step_all(bundle, backend, [grey] * steps)
    return steps / (time.perf_counter() - begun_s)


def _frames(source) -> Iterator[Frame]:
    while (frame := source.read()) is not None:
        yield frame


def _sample(clip: Path, first: int) -> list[Frame]:
    with closing(open_source(clip)) as source:
        return list(islice(_frames(source), first, first + _SAMPLE_FRAMES))


def _step_all(bundle: Bundle, backend: Backend, pictures: list[NDArray[np.uint8]]) -> list:
    dt_s = np.full(1, 1 / bundle.manifest.input.rate_hz, np.float32)
    state, heads = initial_state(bundle.manifest), []
    for picture in pictures:
        output = backend.step(picture[None], dt_s, state)
        state = output.state
        heads.append(output.heads)
    return heads


def _postprocess_all(
    bundle: Bundle, sample: list[Frame], pictures: list[NDArray[np.uint8]], outputs: list
) -> None:
    cuts, tracker = SceneCutDetector(), ByteTracker()
    head = next((h for h in bundle.manifest.heads if h.kind is HeadKind.BOXES), None)
    for frame, picture, heads in zip(sample, pictures, outputs, strict=True):
        cuts.update(picture)
        if head is None:
            continue
        thresholds = np.asarray(head.thresholds, np.float32)
        found = decode_boxes(
            heads,
            head,
            frame.picture.width,
            frame.picture.height,
            confidence=float(thresholds.min()) * ByteTracker.LOW_FRACTION,
        )
        tracker.update(found, found.confidence >= thresholds[found.class_id], frame.pts_s)
