"""A sink that keeps what is seen while it happens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from engine.errors import SinkError
from engine.store.collect import Collector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.store.seen import Recording, SeenStore
    from models.spec import Manifest

_WRITE_EVERY_S: Final = 5.0

log = logging.getLogger(__name__)


class StoreSink:
    """Keeps sightings as they end, at most some seconds late, so that little is lost in a crash.

    A store that fails stops being written to, and the stream goes on: what is watched now matters
    more than what is remembered of it.

    Parameters
    ----------
    open_store
        Called with the first frame, in the pipeline's thread.
    """

    def __init__(
        self, open_store: Callable[[], SeenStore], recording: Recording, manifest: Manifest
    ) -> None:
        self._open_store = open_store
        self._recording = recording
        self._collector = Collector(manifest)
        self._store: SeenStore | None = None
        self._key = 0
        self._failed = False
        self._written_s: float | None = None

    @property
    def path(self) -> Path | None:
        """Where it is written to; None before the first frame."""
        return self._store.path if self._store else None

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Take one frame's result."""
        if self._failed:
            return
        self._collector.update(result)
        last_s = self._written_s
        if last_s is None or not 0 <= result.pts_s - last_s < _WRITE_EVERY_S:
            self._written_s = result.pts_s
            self._keep(result.pts_s)

    def close(self) -> None:
        """Keep the rest."""
        if not self._failed:
            self._keep(None)
        if self._store is not None:
            self._store.close()

    def abort(self) -> None:
        """Keep the rest: what was seen was seen, however the stream ended. Never raises."""
        self.close()

    def _keep(self, now_s: float | None) -> None:
        try:
            if self._store is None:
                self._store = self._open_store()
                self._key = self._store.begin(self._recording)
            finished = (
                self._collector.finish() if now_s is None else self._collector.take_finished(now_s)
            )
            if finished:
                self._store.add(self._key, self._recording, finished)
        except SinkError as error:
            log.warning("%s", error)
            self._failed = True
