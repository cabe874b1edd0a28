"""Stream time as people read it."""

from __future__ import annotations

import math
import re
from typing import Final

_CLOCK: Final = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,2}(?:\.\d+)?)")


def clock(seconds: float, *, decimals: int = 0) -> str:
    """Return ``m:ss`` or ``h:mm:ss``, with `decimals` digits of the second, rounded down."""
    scale = 10**decimals
    total = math.floor(max(0.0, seconds) * scale + 1e-6) / scale
    minutes, rest = divmod(total, 60)
    hours, minutes = divmod(int(minutes), 60)
    width = 3 + decimals if decimals else 2
    tail = f"{rest:0{width}.{decimals}f}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def parse_clock(text: str) -> float | None:
    """Return the seconds of ``[[h:]m:]s[.fff]``; None when it is no time."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
