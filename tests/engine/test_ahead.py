from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.ahead import ReadAhead, read_ahead
from engine.backends import create_backend
from engine.backends.base import Divisible
from engine.backends.choice import PROVIDERS
from engine.backends.halves import part
from engine.bundle import load_bundle
from engine.errors import SourceError
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.sources.file import FileSource
from tests.fixtures.clips import make_clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.results import FrameResult
    from engine.sources.base import Source


class Noted:
    """A sink that keeps the results."""

    def __init__(self) -> None:
        self.results: list[FrameResult] = []

    def write(self, frame, result) -> None:
        self.results.append(result)

    def close(self) -> None: ...

    def abort(self) -> None: ...


def run(source: Source, bundle, backend, **options) -> list[FrameResult]:
    noted = Noted()
    pipeline = Pipeline(source, Predictor(bundle, backend), [noted], **options)
    pipeline.start()
    status = pipeline.wait()
    pipeline.stop()
    assert status.error is None
    return noted.results


def same(one: FrameResult, other: FrameResult) -> bool:
    return (
        (one.index, one.pts_s, one.discontinuity, one.memory_s)
        == (other.index, other.pts_s, other.discontinuity, other.memory_s)
        and all(np.array_equal(one.actions[name], other.actions[name]) for name in one.actions)
        and np.array_equal(one.detections.xyxy, other.detections.xyxy)
        and np.array_equal(one.detections.confidence, other.detections.confidence)
        and np.array_equal(one.detections.track_id, other.detections.track_id)
    )


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_reading_ahead_changes_nothing(runtime: str, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=24, vfr=True)
    bundle = load_bundle("default")
    backend = PROVIDERS[runtime].create(bundle, 2, None)
    assert isinstance(backend, Divisible)
    plain = run(FileSource(clip), bundle, backend)
    source = read_ahead(FileSource(clip), backend, bundle.manifest.input)
    # ONNX Runtime adds up in another order on one thread, and so does not read ahead.
    assert isinstance(source, ReadAhead) or runtime == "onnxruntime"
    ahead = run(source, bundle, backend)
    backend.close()
    assert len(plain) == len(ahead) == 24
    assert all(same(*pair) for pair in zip(plain, ahead, strict=True))
    assert all(result.inference_ns > 0 for result in ahead)


def test_the_halves_are_the_whole() -> None:
    bundle = load_bundle("default")
    halves = part(str(bundle.model_path))
    assert halves is not None
    # The encoder, by far the larger part, is in the half that runs ahead.
    assert len(halves.first) > len(halves.second)


def test_the_encoder_is_in_memory_once() -> None:
    bundle = load_bundle("default")
    backend = PROVIDERS["openvino"].create(bundle, 2, None)
    stepper = backend.encoder()
    assert stepper is not None
    assert stepper._first is stepper._many


def test_what_cannot_be_parted_is_left_whole(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = load_bundle(str(tiny_bundle))
    backend = create_backend(bundle, "onnxruntime")  # so quick that one thread does
    source = FileSource(make_clip(tmp_path / "clip.mp4", frames=3))
    assert read_ahead(source, backend, bundle.manifest.input) is source


class Encoder:
    lanes = 2

    def encode(self, frame):
        return {"mean": frame.mean(axis=(1, 2))}

    def advance(self, encoded, dt_s, state):
        raise NotImplementedError


@pytest.fixture
def ahead(tmp_path: Path) -> Iterator[ReadAhead]:
    source = FileSource(make_clip(tmp_path / "clip.mp4", frames=30))
    ahead = ReadAhead(source, Encoder(), load_bundle("default").manifest.input)
    yield ahead
    ahead.close()


def test_seeking_forgets_what_was_read_ahead(ahead: ReadAhead) -> None:
    assert [ahead.read().index for _ in range(3)] == [0, 1, 2]
    ahead.seek(20 / 30)
    indices = []
    while (frame := ahead.read()) is not None:
        assert frame.sight is not None
        indices.append(frame.index)
    assert indices == list(range(20, 30))
    ahead.seek(0.0)  # also from beyond the end
    assert ahead.read().index == 0


def test_closing_ends_reading(ahead: ReadAhead) -> None:
    assert ahead.read() is not None
    ahead.close()
    while ahead.read() is not None:
        pass
    ahead.close()


def test_a_source_that_breaks_gives_its_last_frames_first(ahead: ReadAhead, monkeypatch) -> None:
    inner = ahead._source
    read = inner.read

    def broken():
        frame = read()
        if frame.index == 4:
            raise SourceError("it broke")
        return frame

    monkeypatch.setattr(inner, "read", broken)
    assert [ahead.read().index for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(SourceError, match="it broke"):
        ahead.read()
