"""How takes come about: a marked part, a recording from a camera, a correction."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.i18n.engine_words import translated
from app.recent import without_credentials
from app.teach.work import Ticket
from engine.lessons.viewing import LEAD_S, Part
from engine.sources.base import SourceKind
from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.session import Session
    from app.stream import Stream
    from app.teach.dialog_parts import DialogParts
    from app.teach.draft import Drafting
    from app.teach.work import Workbench
    from engine.errors import LongtakeError
    from engine.lessons.viewing import Moment
    from models.teaching.takes import Take

COUNT_DOWN_S: Final = 3.0
_POLL_MS: Final = 100
_RECORDINGS: Final = (SourceKind.FILE, SourceKind.FOLDER)


class Taking(QObject):
    """Makes takes of the action chosen, and puts them into the draft."""

    changed = Signal()

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        drafting: Callable[[], Drafting],
        parts: DialogParts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._bench, self._drafting, self._parts = session, bench, drafting, parts
        self._looking = 0
        self._begun_s: float | None = None
        self._label = BACKGROUND
        self._clock = QTimer(self, interval=_POLL_MS)
        self._clock.timeout.connect(self._count)
        parts.take_part.clicked.connect(self.take_part)
        parts.correct.clicked.connect(self.correct)
        parts.record.clicked.connect(self.record)
        # Methods, not functions: those are let go of together with the dialog.
        session.marks_changed.connect(self.refresh)
        session.opened.connect(self._follow)
        session.frame_ready.connect(self._follow)
        session.closed.connect(self.refresh)

    @property
    def looking(self) -> bool:
        """Whether takes are being looked at."""
        return self._looking > 0

    def refresh(self) -> None:
        """Enable what can be done with what is open."""
        stream, parts = self._session.stream, self._parts
        recording = stream is not None and stream.info.kind in _RECORDINGS
        live = stream is not None and stream.info.live
        marked = self._session.in_s is not None and self._session.out_s is not None
        parts.take_part.setVisible(not live)
        parts.take_part.setEnabled(recording and marked)
        parts.correct.setVisible(not live)
        parts.correct.setEnabled(recording and self._here() is not None)
        for widget in (parts.record, parts.seconds):
            widget.setVisible(live)
        parts.record.setEnabled(self._begun_s is None)

    def take_part(self) -> None:
        """Add the part between the in and the out point."""
        start_s, end_s = self._session.in_s, self._session.out_s
        if start_s is not None and end_s is not None:
            self._look(start_s, end_s)
            self._session.set_marks(None, None)

    def correct(self) -> None:
        """Add the stretch that something was recognised in, here, as what it really shows."""
        if (here := self._here()) is not None:
            self._look(*here)

    def record(self) -> None:
        """Count down, then keep what the camera shows; what came before is background."""
        stream = self._session.stream
        if stream is not None and self._begun_s is None:
            self._label = self._parts.material.chosen
            self._begun_s = time.monotonic()
            stream.recorder.begin()
            self._clock.start()
            self._count()
            self.refresh()

    def stop(self) -> None:
        """Forget what is being recorded."""
        self._clock.stop()
        self._begun_s = None
        if self._session.stream is not None:
            self._session.stream.recorder.end()

    # -- inside ----------------------------------------------------------------------------------

    def _follow(self, _: object) -> None:
        self.refresh()

    def _here(self) -> tuple[float, float] | None:
        """Return the taught action recognised at the playhead."""
        stream, now_s = self._session.stream, self._session.position_s
        if stream is None:
            return None
        taught = stream.request.bundle.split("+")[1:]
        if not taught:
            return None
        for found in stream.history.intervals():
            if found.head in taught and found.start_s - 0.1 <= now_s <= found.end_s + 0.1:
                return found.start_s, found.end_s
        return None

    def _look(self, start_s: float, end_s: float) -> None:
        request = self._session.request
        if request is None:
            return
        part = Part(self._new_id(), self._parts.material.chosen, request.address, start_s, end_s)
        known = without_credentials(request.address)
        addresses = {part.id: known} if known == request.address else {}
        ticket = Ticket()
        self._begin_looking()
        self._session.background(
            lambda: self._bench.look(part, ticket),
            lambda take: self._add([take] if take else [], addresses),
            self._fail,
            ticket.cancelled.set,
            owner=self,
        )

    def _count(self) -> None:
        if self._begun_s is None:
            return
        passed_s = time.monotonic() - self._begun_s
        left_s = COUNT_DOWN_S - passed_s
        length_s = float(self._parts.seconds.value())
        if left_s > 0:
            self._parts.say(self.tr("Get ready: {0}").format(int(left_s) + 1))
            self._parts.count_down.setText(f"{int(left_s) + 1}")
        elif passed_s < COUNT_DOWN_S + length_s:
            self._parts.say(self.tr("Recording… show it now"))
            self._parts.count_down.setText(f"●  {int(left_s + length_s) + 1}")
        else:
            self._finish_recording(length_s)

    def _finish_recording(self, length_s: float) -> None:
        self._parts.count_down.clear()
        self._clock.stop()
        self._begun_s = None
        stream = self._session.stream
        moments = stream.recorder.end() if stream is not None else []
        if stream is None or not moments:
            self._parts.say(self.tr("The camera gave no pictures."), bad=True)
            self.refresh()
            return
        self._look_at(stream, moments, moments[-1][0] - length_s)

    def _look_at(self, stream: Stream, moments: list[Moment], start_s: float) -> None:
        """Look at a recording: its end shows the action, its beginning nothing."""
        title, drafting = stream.info.title, self._drafting()
        shown = Part(self._new_id(), self._label, "", start_s, moments[-1][0])
        idle = Part(drafting.new_id("idle"), BACKGROUND, "", moments[0][0], start_s - LEAD_S / 2)
        takes_idle = self._label != BACKGROUND and (idle.end_s or 0.0) - moments[0][0] > LEAD_S

        def work() -> list[Take]:
            lead = [moment for moment in moments if moment[0] >= start_s - LEAD_S]
            takes = [self._bench.look_at(shown, title, lead)]
            if takes_idle:
                before = [moment for moment in moments if moment[0] <= (idle.end_s or 0.0)]
                takes.append(self._bench.look_at(idle, title, before))
            return takes

        self._begin_looking()
        self._session.background(work, lambda takes: self._add(takes, {}), self._fail, owner=self)

    def _begin_looking(self) -> None:
        self._looking += 1
        self._parts.say(self.tr("Looking at the take…"))
        self.refresh()

    def _add(self, takes: list[Take], addresses: dict[str, str]) -> None:
        self._looking -= 1
        self._parts.say("")
        if takes:
            self._drafting().add_takes(takes, addresses)
        self.changed.emit()

    def _fail(self, error: LongtakeError) -> None:
        self._looking -= 1
        self._parts.say(translated(f"{error.message} {error.hint}".strip()), bad=True)
        self.changed.emit()

    def _new_id(self) -> str:
        # Several may be on their way: their number tells them apart.
        return self._drafting().new_id(f"take-{self._looking}")
