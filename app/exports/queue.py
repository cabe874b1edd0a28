"""Exports one after the other, in the background, whatever is on show."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.free_memory import hand_back_free_memory

if TYPE_CHECKING:
    from pathlib import Path

    from app.export import ExportJob, ExportProgress, ExportSummary
    from app.session import Session
    from engine.errors import LongtakeError

_REFRESH_MS: Final = 150


class ExportState(StrEnum):
    """Where an export is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNFINISHED: Final = (ExportState.WAITING, ExportState.RUNNING, ExportState.CANCELLING)


@dataclass(eq=False, slots=True)
class ExportItem:
    """One export in the queue. Changed only in the GUI's thread.

    ::

        WAITING → RUNNING → DONE | FAILED | CANCELLING → CANCELLED      WAITING ─cancel→ CANCELLED
    """

    job: ExportJob
    state: ExportState = ExportState.WAITING
    progress: ExportProgress | None = None
    summary: ExportSummary | None = None
    error: LongtakeError | None = None
    _news: _News = field(default_factory=lambda: _News(), repr=False)

    @property
    def target(self) -> Path | None:
        """The main file written."""
        return self.job.video_path or self.job.labels_path

    @property
    def unfinished(self) -> bool:
        """Whether something is still to be done."""
        return self.state in UNFINISHED

    def refresh(self) -> None:
        """Take the newest progress over."""
        self.progress = self._news.take() or self.progress

    def run(self) -> ExportSummary:
        """Do it; for a thread of its own."""
        try:
            return self.job.run(self._news.put)
        finally:
            hand_back_free_memory()


class ExportQueue(QObject):
    """Runs one export at a time: two would only share the processor."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._items: list[ExportItem] = []
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)

    @property
    def items(self) -> tuple[ExportItem, ...]:
        """Every export, in order."""
        return tuple(self._items)

    @property
    def unfinished(self) -> tuple[ExportItem, ...]:
        """Those that wait or run."""
        return tuple(item for item in self._items if item.unfinished)

    def add(self, job: ExportJob) -> ExportItem:
        """Put an export at the end of the queue."""
        item = ExportItem(job)
        self._items.append(item)
        self._go_on()
        return item

    def cancel(self, item: ExportItem) -> None:
        """Take an export out of the queue, or stop it; what is written so far stays as .part."""
        if item.state is ExportState.WAITING:
            item.state = ExportState.CANCELLED
        elif item.state is ExportState.RUNNING:
            item.state = ExportState.CANCELLING
            item.job.cancel()
        self.changed.emit()

    def cancel_all(self) -> None:
        """Cancel everything that is not finished."""
        for item in self.unfinished:
            self.cancel(item)

    def forget(self, item: ExportItem) -> None:
        """Take a finished export off the list."""
        if not item.unfinished:
            self._items.remove(item)
            self.changed.emit()

    def _go_on(self) -> None:
        running = any(
            item.state in (ExportState.RUNNING, ExportState.CANCELLING) for item in self._items
        )
        waiting = next((i for i in self._items if i.state is ExportState.WAITING), None)
        if not running and waiting is not None:
            self._start(waiting)
        elif not running:
            self._timer.stop()
        self.changed.emit()

    def _start(self, item: ExportItem) -> None:
        item.state = ExportState.RUNNING
        self._timer.start()
        self._session.background(
            item.run,
            lambda summary: self._finish(item, summary),
            lambda error: self._fail(item, error),
            cancel=item.job.cancel,
        )

    def _finish(self, item: ExportItem, summary: ExportSummary) -> None:
        item.summary = summary
        item.state = ExportState.CANCELLED if summary.cancelled else ExportState.DONE
        self._go_on()

    def _fail(self, item: ExportItem, error: LongtakeError) -> None:
        item.error, item.state = error, ExportState.FAILED
        self._go_on()

    def _refresh(self) -> None:
        for item in self.unfinished:
            item.refresh()
        self.changed.emit()


class _News:
    """The newest progress, from the job's thread to the queue's timer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slot: ExportProgress | None = None

    def put(self, progress: ExportProgress) -> None:
        with self._lock:
            self._slot = progress

    def take(self) -> ExportProgress | None:
        with self._lock:
            slot, self._slot = self._slot, None
        return slot
