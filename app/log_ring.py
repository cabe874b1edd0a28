"""Keeps the last lines of the log in memory, for diagnostics; nothing is written by itself."""

from __future__ import annotations

import logging
from collections import deque
from typing import Final

from engine.redact import RedactingFilter

_LINES: Final = 2000
_FORMAT: Final = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


class LogRing(logging.Handler):
    """The newest lines, without passwords."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=_LINES)
        self.addFilter(RedactingFilter())
        self.setFormatter(logging.Formatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self._lines.append(self.format(record))

    def text(self) -> str:
        """Return what is kept, oldest first."""
        return "".join(f"{line}\n" for line in list(self._lines))


def install_log_ring() -> LogRing:
    """Keep what is logged from now on; other handlers go on showing what they showed."""
    root, ring = logging.getLogger(), LogRing()
    for handler in root.handlers:
        handler.setLevel(max(handler.level, root.level))
    if root.level == logging.NOTSET or root.level > logging.INFO:
        root.setLevel(logging.INFO)
    root.addHandler(ring)
    return ring


def installed_log_ring() -> LogRing | None:
    """Return what `install_log_ring` installed last."""
    rings = [handler for handler in logging.getLogger().handlers if isinstance(handler, LogRing)]
    return rings[-1] if rings else None
