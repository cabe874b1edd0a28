"""What a frame, a recording and a worker cost on this machine, each measured alone."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2

from benchmarks.media import benchmark_clip
from engine.backends.choice import PROVIDERS
from engine.bundle import load_bundle
from engine.predictor import Predictor
from engine.sinks.labels import JsonlSink, LabelHeader
from engine.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bundle import Bundle
    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.sources.base import Source

_SAMPLE_FRAMES: Final = 90
_FEW_FRAMES: Final = 2
_SEVERAL: Final = 9


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured.

    Attributes
    ----------
    decode_ms, infer_ms, store_ms
        CPU time of a frame. Inferring is all from the decoded picture to the result, with the
        model on one thread; storing is writing its labels.
    wide_ms, wide_threads
        CPU time of inferring with the model on so many threads.
    start_s
        CPU time of a batch besides its recordings: the leader, and a worker until it is ready.
    file_s
        CPU time of a recording besides its frames: opening, settling, putting labels in place.
    rate_hz
        Of the video.
    """

    decode_ms: float
    infer_ms: float
    wide_ms: float
    wide_threads: int
    store_ms: float
    start_s: float
    file_s: float
    rate_hz: float = 30.0

    @property
    def frame_s(self) -> float:
        """CPU time of a frame, in seconds."""
        return (self.decode_ms + self.infer_ms + self.store_ms) / 1e3


class Busy:
    """Counts what other programs take of the machine from now on."""

    def __init__(self) -> None:
        self._begun_s, self._busy_s = time.monotonic(), _busy_s()

    def left_to(self, ours_s: float) -> float:
        """Return the share of the machine that was left to us, who used `ours_s` of CPU time."""
        whole_s = (time.monotonic() - self._begun_s) * (os.cpu_count() or 1)
        others_s = max(0.0, _busy_s() - self._busy_s - ours_s)
        return max(0.01, 1.0 - others_s / whole_s)


def _busy_s() -> float:
    """Return the CPU time that all programs have had since the start of the machine (Linux)."""
    with Path("/proc/stat").open(encoding="ascii") as file:
        user, nice, system = (int(ticks) for ticks in file.readline().split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def measure_costs(bundle_name: str, backend: str, frames: int) -> Costs:
    """Measure on the benchmark clip."""
    cv2.setNumThreads(1)
    bundle, clip = load_bundle(bundle_name), benchmark_clip(frames)
    cores = os.cpu_count() or 1
    decode_ms = _decode_ms(clip, frames)
    infer_ms, results = _infer_ms(bundle, backend, clip, 1)
    wide_ms, _ = _infer_ms(bundle, backend, clip, cores)
    store_ms = _store_ms(bundle, clip, results)
    one_s, several_s = _batch_cpu_s(backend, 1), _batch_cpu_s(backend, _SEVERAL)
    few_s = _FEW_FRAMES * (decode_ms + infer_ms + store_ms) / 1e3
    file_s = (several_s - one_s) / (_SEVERAL - 1) - few_s
    return Costs(
        decode_ms,
        infer_ms,
        wide_ms,
        cores,
        store_ms,
        start_s=one_s - file_s - few_s,
        file_s=max(0.0, file_s),
    )


def _frames(source: Source) -> Iterator[Frame]:
    while (frame := source.read()) is not None:
        yield frame


def _decode_ms(clip: Path, frames: int) -> float:
    begun_s = time.process_time()
    with closing(open_source(clip)) as source:
        for _ in _frames(source):
            pass
    return (time.process_time() - begun_s) * 1e3 / frames


def _infer_ms(
    bundle: Bundle, backend: str, clip: Path, threads: int
) -> tuple[float, list[tuple[Frame, FrameResult]]]:
    """Return the CPU time of a frame, and what came of the frames."""
    with closing(open_source(clip)) as source:
        sample = list(islice(_frames(source), _SAMPLE_FRAMES))
    with closing(PROVIDERS[backend].create(bundle, threads, None)) as runtime:
        predictor = Predictor(bundle, runtime)
        predictor.process(sample[0])  # the first step of a runtime takes longer
        begun_s = time.process_time()
        results = [(frame, predictor.process(frame)) for frame in sample[1:]]
        taken_s = time.process_time() - begun_s
    return taken_s * 1e3 / len(results), results


def _store_ms(bundle: Bundle, clip: Path, results: list[tuple[Frame, FrameResult]]) -> float:
    with tempfile.TemporaryDirectory() as folder, closing(open_source(clip)) as source:
        header = LabelHeader.of(bundle.manifest, source.info, "")
        begun_s = time.process_time()
        sink = JsonlSink(Path(folder) / "labels.jsonl", header)
        for frame, result in results:
            sink.write(frame, result)
        sink.close()
        return (time.process_time() - begun_s) * 1e3 / len(results)


def _batch_cpu_s(backend: str, clips: int) -> float:
    """Return the CPU time of a batch of clips that are nearly empty."""
    from benchmarks.batch import copies_of, measure

    with copies_of(benchmark_clip(_FEW_FRAMES), clips) as folder:
        return measure("", folder, 1, backend).cpu_s
