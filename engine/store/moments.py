"""When, as people write it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

_AGO: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([mhdw])")
_UNIT_S: Final = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


def parse_moment(text: str, now_s: float) -> float:
    """Return seconds since 1970.

    Parameters
    ----------
    text
        ``30m``, ``2h``, ``7d`` or ``1w`` before now; or a date, ``2026-11-21``, with or without a
        time, ``2026-11-21 14:30``, in local time unless it names another zone.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if ago := _AGO.fullmatch(text.strip().lower()):
        return now_s - float(ago[1]) * _UNIT_S[ago[2]]
    return datetime.fromisoformat(text.strip()).timestamp()
