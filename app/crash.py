"""The last line of defence: a defect is logged, and the user reads one sentence."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from engine.redact import RedactingFilter

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

log = logging.getLogger(__name__)


def install_crash_handler(show: Callable[[str, str], None]) -> Callable[[], None]:
    """Route uncaught errors of the GUI's thread to the log and to `show(message, hint)`.

    Returns
    -------
    Callable
        Puts the former handler back.
    """
    former = sys.excepthook
    guard = RedactingFilter()
    log.addFilter(guard)

    def handle(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            former(kind, error, trace)
            return
        log.error("Uncaught error", exc_info=(kind, error, trace))
        show(
            QCoreApplication.translate("Crash", "Something in Longtake went wrong."),
            QCoreApplication.translate(
                "Crash", "You can go on; if it happens again, please report it with the log."
            ),
        )

    sys.excepthook = handle

    def restore() -> None:
        sys.excepthook = former
        log.removeFilter(guard)

    return restore
