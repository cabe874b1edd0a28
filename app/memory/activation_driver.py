"""Keeps the activation view in step with the stream, as far as a share of the time allows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from app.memory.activation import Activation

if TYPE_CHECKING:
    from app.memory.activation_view import ActivationView
    from app.memory.look_probe import Look
    from app.session import Session
    from app.stream import Stream
    from engine.errors import LongtakeError

_SHARE: Final = 0.15
_LEAST_S: Final = 0.2
_AGAIN_S: Final = 5.0
"""After a failure."""


class ActivationDriver(QObject):
    """One map at a time, in a thread; nothing at all while the view is off or hidden."""

    def __init__(self, session: Session, view: ActivationView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self._activation = Activation()
        self._busy = False
        self._due_s = self._again_s = 0.0
        self._shown: tuple[Look, tuple[str, int]] | None = None
        view.changed.connect(self._ask)
        # Methods, not functions: those are let go of together with the view.
        session.opened.connect(self._show_heads)
        session.status_changed.connect(self._follow)
        if session.stream is not None:  # a window in another look comes later than the stream
            self._show_heads(session.stream)

    def refresh(self) -> None:
        """Work out another map, if it is wanted and due."""
        stream, chosen = self._session.stream, self._view.chosen
        wanted = chosen is not None and self._view.isVisible()
        if stream is None:
            return
        stream.look.want(wanted)
        look = stream.look.newest()
        if not wanted or chosen is None or look is None or self._busy:
            return
        now_s = begun_s = time.monotonic()
        # A picture that stands still takes no time from others: it is looked at at once.
        resting = now_s < (self._due_s if self._session.playing else self._again_s)
        if resting or self._shown == (look, chosen):
            return
        self._busy = True
        address = stream.request.bundle
        self._session.background(
            lambda: self._activation.map(address, look, *chosen),
            lambda found: self._show(look, chosen, found, begun_s),
            self._fail,
            owner=self,
        )

    def _show_heads(self, stream: Stream) -> None:
        self._view.show_heads(stream.predictor.action_heads)

    def _follow(self, _: object) -> None:
        self.refresh()

    def _ask(self) -> None:
        self._due_s, self._again_s, self._shown = 0.0, 0.0, None
        self.refresh()
        if self._view.on.isChecked():
            self._session.show_again()

    def _show(self, look: Look, chosen: tuple[str, int], found: object, begun_s: float) -> None:
        self._busy = False
        now_s = time.monotonic()
        self._due_s = now_s + max(_LEAST_S, (now_s - begun_s) / _SHARE)
        if self._view.chosen == chosen:
            self._shown = (look, chosen)
            self._view.show_map(look.rgb, found)  # type: ignore[arg-type]

    def _fail(self, error: LongtakeError) -> None:
        self._busy = False
        self._due_s = self._again_s = time.monotonic() + _AGAIN_S
        self._view.say(f"{error.message} {error.hint}".strip())
