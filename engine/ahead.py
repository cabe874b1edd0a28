"""Frames read ahead, so that the part of the model that needs no memory runs on several at once.

For recordings that are worked through as fast as they can be. Whoever watches has nothing of it: a
live frame has nobody behind it yet.
"""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from engine.backends.base import Divisible, Sight
from engine.errors import SourceError

if TYPE_CHECKING:
    from engine.backends.base import Backend, Encoder
    from engine.frame import Frame
    from engine.sources.base import Source, SourceInfo, SourceStatus
    from models.spec import InputSpec


def read_ahead(source: Source, backend: Backend, spec: InputSpec) -> Source:
    """Return `source` with its frames encoded ahead, where `backend` can and time allows it.

    Raises
    ------
    engine.errors.BackendError
        When the runtime fails.
    """
    if source.info.live or not isinstance(backend, Divisible):
        return source
    encoder = backend.encoder()
    return source if encoder is None else ReadAhead(source, encoder, spec)


class ReadAhead:
    """A `Source` whose frames carry a `Sight`; results are the same with it as without.

    Parameters
    ----------
    source
        Closed with this.
    """

    def __init__(self, source: Source, encoder: Encoder, spec: InputSpec) -> None:
        self._source, self._encoder, self._spec = source, encoder, spec
        self._pool = ThreadPoolExecutor(encoder.lanes, "longtake-ahead")
        self._waiting: deque[tuple[Frame, Future[Sight]]] = deque()
        self._broken: SourceError | None = None
        self._ended = False

    @property
    def info(self) -> SourceInfo:
        """What is known of the source."""
        return self._source.info

    @property
    def status(self) -> SourceStatus:
        """A snapshot of its health, a few frames ahead."""
        return self._source.status

    def read(self) -> Frame | None:
        """Return the next frame; see `engine.sources.base.Source.read`.

        Raises
        ------
        SourceError
            When the source broke, after its last frame.
        engine.errors.BackendError
            When the runtime fails.
        """
        self._fill()
        if not self._waiting:
            if self._broken is not None:
                raise self._broken
            return None
        frame, sight = self._waiting.popleft()
        try:
            return replace(frame, sight=sight.result())
        except CancelledError:
            return None

    def seek(self, pts_s: float) -> None:
        """Go on from `pts_s`; see `engine.sources.base.Source.seek`."""
        self._forget()
        self._broken, self._ended = None, False
        self._source.seek(pts_s)

    def close(self) -> None:
        """Release everything. Idempotent."""
        self._source.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _fill(self) -> None:
        # One frame more than there are lanes, so that none waits for the next to be decoded.
        while not self._ended and len(self._waiting) <= self._encoder.lanes:
            try:
                frame = self._source.read()
            except SourceError as error:
                self._broken, frame = error, None
            if frame is None:
                self._ended = True
                return
            try:
                self._waiting.append((frame, self._pool.submit(self._look, frame)))
            except RuntimeError:  # closed meanwhile
                self._ended = True
                self._forget()

    def _forget(self) -> None:
        while self._waiting:
            self._waiting.popleft()[1].cancel()

    def _look(self, frame: Frame) -> Sight:
        begun_ns = time.perf_counter_ns()
        rgb = frame.picture.rgb(self._spec.width, self._spec.height)
        encoded = self._encoder.encode(rgb[np.newaxis])
        spent_ns = time.perf_counter_ns() - begun_ns
        return Sight(rgb, partial(self._encoder.advance, encoded), spent_ns)
