"""Qt's messages are logged, and nobody is told what nobody can mend."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from app.qt_log import NO_FAULT, install_qt_log


@pytest.mark.no_qt_log
def test_what_qt_says_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    former = qInstallMessageHandler(lambda kind, context, text: said.append(text))
    restore = install_qt_log()
    qWarning("QLayout: already has one")
    qWarning(f"{NO_FAULT}raise()")
    restore()
    qWarning("afterwards")
    qInstallMessageHandler(former)
    logged = [(r.levelno, r.getMessage().partition(": ")[2]) for r in caplog.records]
    assert logged == [
        (logging.WARNING, "QLayout: already has one"),
        (logging.DEBUG, f"{NO_FAULT}raise()"),
    ]
    assert said == ["afterwards"]
