"""Cameras and recordings that come over the network."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.redact import redact
from engine.sources.av_connection import AvConnection
from engine.sources.base import SourceInfo, SourceKind
from engine.sources.clocks import LiveClock, MediaClock
from engine.sources.live import Backoff, LiveSource

if TYPE_CHECKING:
    from collections.abc import Callable

NETWORK_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "tcp", "srt", "rtp")
"""What an address over the network may begin with."""

OPEN_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 4.6
_KNOCK_TIMEOUT_S = 0.5
_PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}
"""Of what runs over TCP."""

_OPTIONS = {
    "rtsp_transport": "tcp",  # UDP loses packets, and each loss smears until the next key frame
    # Looking for longer only delays the first picture. What is read meanwhile is kept: without it
    # ("nobuffer") the first key frame would be lost, and everything up to the next.
    "analyzeduration": "500000",
}
_HINT = "Check the address, the user name and the password, and that the device is on."


def open_stream(address: str, *, backoff: Backoff | None = None) -> LiveSource:
    """Open a camera or recording at a network address.

    What has a known length and comes by HTTP is a recording: it is read without loss and ends.
    All else is live: its end is a loss, after which it is opened again and again.

    Parameters
    ----------
    address
        Such as ``rtsp://user:password@10.0.0.7/live``; messages never hold the password.
    backoff
        The waits before reconnecting; the default ones if None.

    Raises
    ------
    SourceError
        When the first attempt fails, within ten seconds.
    """
    title = redact(address)
    scheme = urlsplit(address).scheme
    by_http, by_rtsp = scheme in ("http", "https"), scheme in ("rtsp", "rtsps")

    def connect() -> AvConnection:
        connection = AvConnection(
            address,
            title=title,
            options=_OPTIONS,
            # FFmpeg's RTSP asks a second time after the first silence: together as long as others.
            timeout_s=(OPEN_TIMEOUT_S, READ_TIMEOUT_S / 2 if by_rtsp else READ_TIMEOUT_S),
            hint=_HINT,
            from_live_edge=True,
        )
        # Servers of live RTSP too state a length now and then.
        connection.ended = connection.ended and by_http
        return connection

    first = connect()
    recording = first.ended
    info = SourceInfo(
        title=title,
        kind=SourceKind.NETWORK,
        width=first.width,
        height=first.height,
        rate_hz=first.rate_hz,
        duration_s=first.duration_s if recording else None,
        live=not recording,
    )
    if recording:
        return LiveSource(info, first, connect, clock=MediaClock(), lossless=True)
    return LiveSource(
        info,
        first,
        connect,
        clock=LiveClock(),
        backoff=backoff or Backoff(),
        knock=_knocker(address),
    )


def _knocker(address: str) -> Callable[[], bool] | None:
    """Return what tells whether the server's port is open; None where there is no telling."""
    parts = urlsplit(address)
    if "@" in parts.path + parts.query:
        return None  # a password with a "/" in it: what looks like the server may be part of that
    try:
        place = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
    except (KeyError, ValueError):
        return None

    def knock() -> bool:
        try:
            socket.create_connection(place, _KNOCK_TIMEOUT_S).close()
        except OSError:
            return False
        return True

    return knock
