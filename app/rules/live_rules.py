"""The user's rules, followed while streams play in the window."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from engine.errors import LongtakeError
from engine.sources.base import SourceKind

if TYPE_CHECKING:
    from engine.rules.actions import Perform
    from engine.rules.dispatch import Dispatcher
    from engine.rules.model import Line, Notify, Rule, RuleBook, Sound, Zone
    from engine.rules.occasion import Occasion, RuleLog
    from engine.rules.secrets import Secrets
    from engine.rules.sink import RuleSink
    from engine.sinks.base import Sink
    from engine.sources.base import SourceInfo
    from models.spec import Manifest

log = logging.getLogger(__name__)

_CLOSE_TIMEOUT_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class UnsavedRules:
    """As `engine.rules.model.RuleBook`, but it need not fit together yet."""

    rules: tuple[Rule, ...]
    zones: tuple[Zone, ...]
    lines: tuple[Line, ...]
    act_on_recordings: bool


class LiveRules(QObject):
    """Watches whatever is on show, by the rules that are kept beside the settings.

    `watch` is called from the thread that opens a stream, everything else from the GUI's. What
    rules do happens in threads of `engine.rules.dispatch`.
    """

    notified = Signal(str, str)
    """A rule wants to tell the user something: its name, and what happened."""
    unsaved: UnsavedRules | None = None
    """What was written into the dialog and not saved, until it is opened again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.RLock()
        self._book: RuleBook | None = None
        self._dispatcher: Dispatcher | None = None
        self._sink: RuleSink | None = None
        self._beside: list[RuleSink] = []
        self._live: set[RuleSink] = set()
        self._beeps = _Beeper(self)

    @property
    def book(self) -> RuleBook:
        """The rules that are followed."""
        with self._lock:
            if self._book is None:
                self._book = self._read()
            return self._book

    @property
    def log(self) -> RuleLog:
        """What rules did."""
        return self.dispatcher.log

    @property
    def dispatcher(self) -> Dispatcher:
        """What does what rules say."""
        from app.rules.store import user_secrets
        from engine.rules.dispatch import Dispatcher
        from engine.rules.occasion import RuleLog

        with self._lock:
            if self._dispatcher is None:
                performers: dict[str, Perform] = {"notify": self._notify, "sound": self._sound}
                self._dispatcher = Dispatcher(RuleLog(), user_secrets(), performers)
            return self._dispatcher

    def reload(self) -> None:
        """Follow what is kept now: somebody may have edited the file."""
        with self._lock:
            self._book = self._read()
            self._tell_sinks()

    def set_book(self, book: RuleBook) -> None:
        """Keep rules and follow them from the next frame on.

        Raises
        ------
        RuleError
            When they cannot be kept; the old ones go on.
        """
        from app.rules.store import save_book

        save_book(book)
        with self._lock:
            self._book = book
            self._tell_sinks()

    def watch(self, address: str, info: SourceInfo, manifest: Manifest) -> list[Sink]:
        """Return what watches a stream that is being opened, in place of the one before."""
        with self._lock:
            self._sink = self._make_sink(address, info, manifest)
            return [self._sink]

    def watch_beside(self, address: str, info: SourceInfo, manifest: Manifest) -> list[Sink]:
        """Return what watches one more stream, as in the grid."""
        with self._lock:
            sink = self._make_sink(address, info, manifest)
            self._beside = [*(one for one in self._beside if not one.over), sink]
            return [sink]

    def close(self) -> None:
        """Follow no rules any more; actions under way have half a second."""
        with self._lock:
            sinks, self._sink, self._beside = self._sinks(), None, []
            dispatcher, self._dispatcher = self._dispatcher, None
        for sink in sinks:
            sink.close()
        if dispatcher is not None:
            dispatcher.close(_CLOSE_TIMEOUT_S)

    def _read(self) -> RuleBook:
        """Read the rules; a file that cannot be followed is set aside, and the log tells."""
        from app.rules.store import load_book, set_aside
        from engine.rules.model import RuleBook

        try:
            return load_book()
        except LongtakeError as error:
            self.dispatcher.log.add("", "", str(error), failed=True)
            set_aside()
            return RuleBook()

    def _make_sink(self, address: str, info: SourceInfo, manifest: Manifest) -> RuleSink:
        from app.rules.follow import recording_of
        from engine.rules.sink import RuleSink

        recording = recording_of(address) if info.kind is SourceKind.FILE else None
        live = info.live and recording is None  # in the grid recordings play as if they were live
        sink = RuleSink(
            self.book,
            manifest.heads,
            info.title,
            self.dispatcher,
            recording=recording,
            acting=live or self.book.act_on_recordings,
        )
        self._live = {one for one in self._live if not one.over}
        if live:
            self._live.add(sink)
        return sink

    def _sinks(self) -> list[RuleSink]:
        return [one for one in (self._sink, *self._beside) if one is not None]

    def _tell_sinks(self) -> None:
        if self._book is not None:
            for sink in self._sinks():
                acting = sink in self._live or self._book.act_on_recordings
                sink.set_book(self._book, acting=acting)

    def _notify(self, action: Notify, occasion: Occasion, secrets: Secrets) -> str:
        self.notified.emit(occasion.rule, f"{occasion.detail} · {occasion.source}")
        return QGuiApplication.applicationDisplayName() or "Longtake"

    def _sound(self, action: Sound, occasion: Occasion, secrets: Secrets) -> str:
        from engine.rules.actions.desktop import sound

        try:
            return sound(action, occasion, secrets)
        except LongtakeError:
            self._beeps.wanted.emit()
            return "beep"


class _Beeper(QObject):
    """Rings the system's bell, in the GUI's thread."""

    wanted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.wanted.connect(QApplication.beep)
