"""Qt's own messages go to the log, where diagnostics find them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QMessageLogContext

log = logging.getLogger(__name__)

NO_FAULT: Final = "This plugin does not support "
"""How Qt begins what it says of every window where there is no screen; nobody could mend that."""

_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def install_qt_log() -> Callable[[], None]:
    """Log what Qt says from now on; return what puts the former handler back.

    It has to be put back before Python ends: Qt goes on talking after that.
    """
    former = qInstallMessageHandler(_log)

    def restore() -> None:
        qInstallMessageHandler(former)

    return restore


def _log(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    level = logging.DEBUG if text.startswith(NO_FAULT) else _LEVELS[kind]
    log.log(level, "%s: %s", context.category or "qt", text)
