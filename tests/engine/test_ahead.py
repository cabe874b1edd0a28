from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.ahead import ReadAhead, read_ahead
from engine.backends import create_backend
from engine.backends.base import Divisible
from engine.backends.choice import PROVIDERS
from engine.backends.halves import part
from engine.backends.stepper import Stepper
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
def test_reading_ahead_changes_nothing(runtime: str, tmp_path: Path, monkeypatch) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=24, vfr=True)
    bundle = load_bundle("default")
    monkeypatch.setattr("engine.backends.cpu_backend.usable_cores", lambda: 2)
    backend = PROVIDERS[runtime].create(bundle, 1, None)
    assert isinstance(backend, Divisible)
    plain = run(FileSource(clip), bundle, backend)
    source = read_ahead(FileSource(clip), backend, bundle.manifest.input)
    assert isinstance(source, ReadAhead)
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


def test_the_encoder_is_in_memory_once_and_all_cores_run_ahead(monkeypatch) -> None:
    monkeypatch.setattr("engine.backends.cpu_backend.usable_cores", lambda: 2)
    stepper = PROVIDERS["openvino"].create(load_bundle("default"), 1, None).encoder()
    assert stepper is not None
    assert stepper.lanes == 2
    assert stepper._first is stepper._many


class Sums:
    """A runtime whose sums depend on how many threads a call has."""

    def __init__(self) -> None:
        self.loads: list[tuple[int, int]] = []

    def load(self, graph, outputs, *, threads, at_once, sizes=None, exact=False):
        self.loads.append((threads, at_once))
        mean = np.float32(threads / at_once)
        return lambda given: {name: np.full(1, mean) for name in outputs}


@pytest.mark.parametrize("threads", [1, 2])
def test_nothing_is_read_ahead_where_that_would_change_anything(threads: int) -> None:
    graph = str(load_bundle("default").model_path)
    stepper = Stepper(graph, [], (8, 8), runtime := Sums(), threads=threads, lanes=2)
    assert (stepper.encoder() is stepper) == (threads == 1)
    assert runtime.loads[-1] == ((2, 2) if threads == 1 else (2, 1))


def test_on_one_core_nothing_is_read_ahead(tiny_bundle: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("engine.backends.cpu_backend.usable_cores", lambda: 1)
    bundle = load_bundle(str(tiny_bundle))
    backend = create_backend(bundle, "onnxruntime")
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
