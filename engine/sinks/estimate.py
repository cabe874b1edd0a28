"""How large an export is going to be, from a few samples of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import av
import av.error

from engine.errors import LongtakeError
from engine.sinks.encoders import ENCODERS, VideoOptions, make_codec
from engine.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.codeccontext import VideoCodecContext

    from engine.sources.base import Source

# As long as a stretch between two key frames of an export, so that it holds as large a share.
_SAMPLE_S: Final = 0.8
_SAMPLES: Final = 3


def estimate_bytes(
    address: str,
    part_s: tuple[float, float],
    quality: int,
    options: VideoOptions,
    given_up: threading.Event | None = None,
) -> int | None:
    """Return about how many bytes an annotated MP4 of a part has; None where nothing can be said.

    Encodes stretches of the recording as it is: what is drawn on it adds some. Takes about as long
    as encoding two seconds; not for a window's thread.

    Parameters
    ----------
    part_s
        Beginning and end of the part, the end above the beginning.
    given_up
        Set by another thread when nobody wants to know any more; the answer is None then.
    """
    start_s, end_s = part_s
    given_up = given_up or threading.Event()
    try:
        source = open_source(address)
    except LongtakeError:
        return None
    try:
        if not source.info.seekable:
            return None
        rates = [
            _sample(source, start_s + (end_s - start_s) * share, quality, options, given_up)
            for share in ((i + 0.5) / _SAMPLES for i in range(_SAMPLES))
        ]
        sound = _audio_rate(source.info.audio_path) if options.audio else 0.0
    except (LongtakeError, av.error.FFmpegError):
        return None
    finally:
        source.close()
    known = [rate for rate in rates if rate is not None]
    if not known or given_up.is_set():
        return None
    return round((sum(known) / len(known) + sound) * (end_s - start_s))


def _sample(
    source: Source, at_s: float, quality: int, options: VideoOptions, given_up: threading.Event
) -> float | None:
    """Return the bytes a second of a stretch that begins at `at_s`."""
    source.seek(at_s)
    codec: VideoCodecContext | None = None
    encoder = ENCODERS[options.encoder]
    size, first_s, last_s, frames = 0, 0.0, 0.0, 0
    while not given_up.is_set() and (frame := source.read()) is not None:
        if codec is None:
            picture = frame.picture
            codec = make_codec(encoder, options.size(picture.width, picture.height), quality)
            first_s = frame.pts_s
        elif frame.pts_s >= first_s + _SAMPLE_S:
            break
        converted = encoder.convert(options.scaled(frame.picture.bgra()))
        converted.pts = round((frame.pts_s - first_s) * 90_000)
        converted.time_base = codec.time_base
        size += sum(packet.size for packet in codec.encode(converted))
        last_s, frames = frame.pts_s, frames + 1
    if codec is None or frames < 2:
        return None
    size += sum(packet.size for packet in codec.encode(None))
    return size / ((last_s - first_s) * frames / (frames - 1))


def _audio_rate(path: Path | None) -> float:
    """Return the bytes a second of the sound."""
    if path is None:
        return 0.0
    with av.open(str(path)) as container:
        return (container.streams.audio[0].bit_rate or 128_000) / 8
