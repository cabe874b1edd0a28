"""The screen of this computer, or a part of it."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from typing import Final

from engine.errors import SourceError
from engine.sources.av_connection import AvConnection
from engine.sources.base import SourceInfo, SourceKind
from engine.sources.clocks import LiveClock
from engine.sources.live import Backoff, LiveSource

_RATE_HZ: Final = 25
_TIMEOUT_S: Final = (5.0, 5.0)
_LEAST_PX: Final = 16
_REGION: Final = re.compile(r"(\d{1,5})x(\d{1,5})([+-]\d{1,5})([+-]\d{1,5})")
_WRITE: Final = "Write screen: for all of it, or screen:640x480+100+50 for a part."


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the screen: device pixels, from the top left corner of the whole desktop."""

    width: int
    height: int
    left: int
    top: int

    def __str__(self) -> str:
        """Write it as X11 does: ``640x480+100+50``."""
        return f"{self.width}x{self.height}{self.left:+d}{self.top:+d}"

    @classmethod
    def parse(cls, text: str) -> Region | None:
        """Return what `text` says, None of an empty one.

        Raises
        ------
        SourceError
            When it is no region, or a tiny one.
        """
        if not text:
            return None
        match = _REGION.fullmatch(text)
        if match is None:
            raise SourceError(f'"screen:{text}" is no part of the screen.', _WRITE)
        width, height, left, top = (int(number) for number in match.groups())
        if min(width, height) < _LEAST_PX:
            raise SourceError(
                f'"screen:{text}" is too small to see anything.',
                f"Take at least {_LEAST_PX} x {_LEAST_PX} pixels.",
            )
        # Most encoders take even sizes only.
        return cls(width - width % 2, height - height % 2, left, top)


def why_not() -> SourceError | None:
    """Return why the screen cannot be captured here; None where it can."""
    if platform.system() != "Linux":
        return None
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        return SourceError(
            "Under Wayland no program may look at the screen.",
            "Log in with an X11 session, or record the screen with the desktop's own recorder "
            "and open the file.",
        )
    if not os.environ.get("DISPLAY"):
        return SourceError("There is no screen here.", "Start it within a desktop session.")
    return None


def open_screen(region: str) -> LiveSource:
    """Capture the screen as a camera is captured.

    Parameters
    ----------
    region
        As `Region` writes it; empty for the whole screen.

    Raises
    ------
    SourceError
        When there is no such region, or the screen cannot be captured.
    """
    part = Region.parse(region)
    refusal = why_not()
    if refusal is not None:
        raise refusal
    title = f"screen:{part or ''}"

    def connect() -> AvConnection:
        return _connect(part, title)

    first = connect()
    info = SourceInfo(
        title=title,
        kind=SourceKind.SCREEN,
        width=first.width,
        height=first.height,
        rate_hz=first.rate_hz,
        live=True,
    )
    return LiveSource(info, first, connect, clock=LiveClock(), backoff=Backoff())


def _connect(part: Region | None, title: str) -> AvConnection:
    format, address, options = grabber(platform.system(), part)
    return AvConnection(
        address,
        title=title,
        format=format,
        options={"framerate": str(_RATE_HZ), **options},
        timeout_s=_TIMEOUT_S,
        hint="Check that the part lies on the screen, and that programs may look at it.",
        ends=False,
    )


def grabber(system: str, part: Region | None) -> tuple[str, str, dict[str, str]]:
    """Return FFmpeg's capture device for `platform.system()`, its address and its options.

    Raises
    ------
    SourceError
        Of a part on a Mac, whose device gives the whole screen alone.
    """
    size = {} if part is None else {"video_size": f"{part.width}x{part.height}"}
    if system == "Windows":
        place = {"offset_x": str(part.left), "offset_y": str(part.top)} if part else {}
        return "gdigrab", "desktop", {**size, **place}
    if system == "Darwin":
        if part is not None:
            raise SourceError("On a Mac a part of the screen cannot be captured.", "Open screen:")
        return "avfoundation", "Capture screen 0:none", {"capture_cursor": "1"}
    display = os.environ.get("DISPLAY", "")
    corner = f"+{part.left},{part.top}" if part else ""
    return "x11grab", f"{display}{corner}", size
