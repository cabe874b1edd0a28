"""Opens media with FFmpeg and says in plain words why it cannot."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING

import av
import av.error

from engine.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.container import InputContainer
    from av.video.stream import VideoStream

# PyAV's errors hold the address, password included, in their text: they are never passed on, nor
# chained; only what kind they are is told.
SILENCE = "no answer came in time"
_REASONS: dict[type[av.FFmpegError], str] = {
    av.error.FileNotFoundError: "there is nothing there",
    av.error.PermissionError: "access is denied",
    av.error.ConnectionRefusedError: "the connection was refused",
    av.error.ConnectionResetError: "the connection was reset",
    av.error.TimeoutError: SILENCE,
    av.error.ExitError: SILENCE,
    av.error.InvalidDataError: "it is damaged or no video",
    av.error.EOFError: "the stream ended",
    av.error.HTTPBadRequestError: "the server does not understand the address",
    av.error.HTTPUnauthorizedError: "the user name or password is missing or wrong",
    av.error.HTTPForbiddenError: "access is denied",
    av.error.HTTPNotFoundError: "the server has nothing there",
    av.error.HTTPServerError: "the server has a fault",
    av.error.ProtocolNotFoundError: "this kind of address is not supported",
    av.error.DemuxerNotFoundError: "this container format is not supported",
    av.error.BlockingIOError: "the device is busy",
}


def reason(error: av.FFmpegError) -> str:
    """Return why `error` happened, as a clause that holds no address and no password."""
    known = _REASONS.get(type(error))
    if known is None and error.errno == errno.EIO:
        return "it cannot be reached"
    return known or (error.strerror or "nobody knows why").lower()


def open_media(
    address: str,
    *,
    title: str,
    format: str | None = None,
    options: Mapping[str, str] | None = None,
    timeout_s: tuple[float, float] | None = None,
    hint: str = "",
) -> InputContainer:
    """Open `address` for reading.

    Parameters
    ----------
    title
        What messages call it; without a password.
    format
        FFmpeg's name of the container format or device; None to find out.
    timeout_s
        For opening, and for each read; None to wait for ever.
    hint
        What the user can do when it fails.

    Raises
    ------
    SourceError
        When FFmpeg cannot open it.
    """
    started_s = time.monotonic()
    try:
        return av.open(
            address,
            format=format,
            options=dict(options or {}),
            timeout=timeout_s,
            metadata_errors="replace",
        )
    except av.FFmpegError as error:
        waited_s = time.monotonic() - started_s
        # Some protocols report their interruption as invalid data.
        late = timeout_s is not None and waited_s >= timeout_s[0]
        why = SILENCE if late else reason(error)
    except ValueError:
        why = "this computer does not support it"
    # Raised outside the handler: the original, with the address in it, is not even the context.
    raise SourceError(f'"{title}" cannot be opened: {why}.', hint)


def pick_video(container: InputContainer, title: str) -> VideoStream:
    """Return the stream of moving pictures; cover art does not count.

    Raises
    ------
    SourceError
        When there is none, or none that can be decoded.
    """
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic
    ]
    if not streams:
        held = "only sound" if container.streams.audio else "no pictures"
        raise SourceError(f'"{title}" holds {held}.', "Choose a file with moving pictures.")
    # Annotated as never None, but it is where FFmpeg lacks a decoder.
    decodable = [stream for stream in streams if stream.codec_context is not None]
    if not decodable:
        raise SourceError(f'"{title}" is coded in a way that cannot be decoded here.')
    chosen = decodable[0]
    if chosen.codec_context.codec_tag == "encv":
        raise SourceError(f'"{title}" is encrypted.', "Open an unprotected copy.")
    return chosen
