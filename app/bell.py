"""Wakes the window's thread from any other, without touching a Qt object there."""

from __future__ import annotations

import socket
import weakref
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSocketNotifier

if TYPE_CHECKING:
    from collections.abc import Callable

_RINGS: Final = 64


class Bell:
    """Something that is rung in any thread and heard in the thread that made it.

    A byte goes through a pair of sockets, to which the event loop listens. Rings that were not
    heard yet count as one. A queued signal would have the ringing thread touch a Qt object, whose
    end it cannot know.

    Parameters
    ----------
    heard
        Called from the event loop; no later than what else is waiting there.
    parent
        Whose thread listens.
    """

    def __init__(self, heard: Callable[[], None], parent: QObject) -> None:
        self._heard = heard
        self._mouth, self._ear = socket.socketpair()
        self._closing = weakref.finalize(self, _close, self._mouth, self._ear)
        self._mouth.setblocking(False)
        self._ear.setblocking(False)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, parent)
        self._notifier.activated.connect(self._listen)

    def ring(self) -> None:
        """Wake the listener; from any thread, also after `close`."""
        try:
            self._mouth.send(b"!")
        except OSError:  # closed, or so full of rings that one more says nothing
            return

    def close(self) -> None:
        """Hear nothing any more; for the thread that listens. Idempotent."""
        self._notifier.setEnabled(False)
        self._closing()

    def _listen(self) -> None:
        try:
            self._ear.recv(_RINGS)
        except BlockingIOError:
            return
        self._heard()


def _close(*ends: socket.socket) -> None:
    for end in ends:
        end.close()
