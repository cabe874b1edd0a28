"""Cyclic garbage is collected in the window's thread alone.

Python collects in whichever thread happens to allocate next. What it finds may hold Qt's objects,
and those must go in the thread that they live in: destroyed in another, they may take the process
along.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_CHECK_MS: Final = 200


class GarbageCollector:
    """Collects when Python would have, but from a timer of this thread, until `close`.

    What is there now, modules mostly, is taken to stay: it is not looked through again.
    """

    def __init__(self, parent: QObject) -> None:
        gc.disable()
        gc.freeze()
        self._timer = QTimer(parent, interval=_CHECK_MS)
        self._timer.timeout.connect(collect_what_is_due)
        self._timer.start()

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.collect()  # here, while that is this thread
        gc.unfreeze()
        gc.enable()


def collect_what_is_due() -> None:
    """Collect the oldest generation whose threshold is passed, and the younger ones with it."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    due = [old for old in range(3) if thresholds[old] and counts[old] > thresholds[old]]
    if due:
        gc.collect(due[-1])
