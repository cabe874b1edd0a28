"""Copies a recording's streams into Matroska without re-encoding, with subtitles if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
from av.stream import Disposition
from av.subtitles.stream import SubtitleStream

from engine.errors import SinkError, SourceError
from engine.sinks.part_file import write_error
from engine.sources.cursor import clock_origin_s
from engine.sources.opening import open_media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream

_COPIED: Final = ("video", "audio")
_SUBTITLE_TITLE: Final = "Longtake"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a recording is copied, seconds on the clock of its frames.

    Attributes
    ----------
    start_s
        Copying begins at the last key frame up to here.
    end_s
        Frames from here on are left out, but for those that earlier ones are made from; None is
        the end.
    """

    start_s: float = 0.0
    end_s: float | None = None


def first_copied_s(source: Path, part: Part) -> float:
    """Return when a copy of `part` would begin: at a key frame, or 0 for the whole recording.

    Raises
    ------
    SourceError
        When `source` cannot be read.
    """
    if part.start_s <= 0:
        return 0.0
    with open_media(str(source), title=source.name) as container:
        _seek(container, part.start_s)
        video = container.streams.video[0]
        origin_s = clock_origin_s(container)
        try:
            for packet in container.demux(video):
                if packet.pts is not None:
                    return max(0.0, _seconds(packet, packet.pts) - origin_s)
        except av.error.FFmpegError as error:
            raise SourceError(f"{source.name} cannot be read: it is damaged.") from error
    return 0.0


def copy_part(source: Path, target: Path, part: Part, subtitles: Path | None = None) -> None:
    """Write video and audio of `source` to `target` as they are, as Matroska.

    Parameters
    ----------
    target
        Replaced without asking; its suffix does not matter.
    subtitles
        ASS file on the clock of the copy, which begins at `first_copied_s`; becomes a track that
        players show until it is switched off.

    Raises
    ------
    SourceError
        When `source` cannot be read.
    SinkError
        When `target` cannot be written, or Matroska cannot hold the streams.
    """
    zero_s = first_copied_s(source, part)
    with open_media(str(source), title=source.name) as container:
        try:
            with av.open(str(target), "w", format="matroska") as output:
                _Copy(container, output, zero_s, subtitles).run(part)
        except av.error.FFmpegError as error:
            reason = error.strerror or "its streams do not fit into Matroska"
            raise write_error(target, OSError(error.errno or 0, reason)) from error
        except ValueError as error:  # of PyAV, for codecs that the container has no name for
            raise SinkError(
                f"{source.name} cannot be copied: its streams do not fit into Matroska.",
                "Export it as MP4 instead.",
            ) from error


class _Copy:
    """One copy under way."""

    def __init__(
        self,
        container: InputContainer,
        output: OutputContainer,
        zero_s: float,
        subtitles: Path | None,
    ) -> None:
        self._input, self._output = container, output
        self._zero_s, self._origin_s = zero_s, clock_origin_s(container)
        self._streams: dict[int, Stream] = {}
        for stream in container.streams:
            if stream.type in _COPIED and not _is_cover(stream):
                copy = output.add_stream_from_template(stream)
                copy.disposition = stream.disposition
                self._streams[stream.index] = copy
        self._cues = _Cues(subtitles, output) if subtitles is not None else None

    def run(self, part: Part) -> None:
        """Copy packets in their order, subtitles in between."""
        if self._zero_s > 0:
            _seek(self._input, part.start_s)
        for packet in self._packets(part.end_s):
            if self._cues is not None and packet.stream.type == "video" and packet.dts is not None:
                self._cues.advance(_seconds(packet, packet.dts) - self._origin_s - self._zero_s)
            self._write(packet)
        if self._cues is not None:
            self._cues.advance(None)

    def _packets(self, end_s: float | None) -> Iterator[Packet[Any]]:
        """Yield the packets of the part; ends once every stream is past its end."""
        going = set(self._streams)
        for packet in self._input.demux(*(self._input.streams[i] for i in self._streams)):
            time = packet.dts if packet.dts is not None else packet.pts
            if time is None or packet.stream.index not in going:
                continue
            time_s = _seconds(packet, time) - self._origin_s
            if end_s is not None and time_s >= end_s:
                going.discard(packet.stream.index)
                if not going:
                    return
            elif packet.stream.type == "video" or self._zero_s <= 0 or time_s >= self._zero_s:
                yield packet

    def _write(self, packet: Packet[Any]) -> None:
        assert packet.time_base is not None
        shift = round((self._origin_s + self._zero_s) / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts = None if packet.dts is None else packet.dts - shift
        packet.stream = self._streams[packet.stream.index]
        self._output.mux(packet)


class _Cues:
    """A file of subtitles on its way into a track."""

    def __init__(self, path: Path, output: OutputContainer) -> None:
        self._input = av.open(str(path), format="ass")
        source = self._input.streams.subtitles[0]
        track = output.add_stream_from_template(source)
        assert isinstance(track, SubtitleStream)
        track.metadata["title"] = _SUBTITLE_TITLE
        track.disposition = Disposition.default
        self._output, self._track = output, track
        self._packets = (p for p in self._input.demux(source) if p.pts is not None)
        self._waiting = next(self._packets, None)

    def advance(self, until_s: float | None) -> None:
        """Write what is shown before `until_s`; None: everything, and close."""
        while (packet := self._waiting) is not None:
            assert packet.pts is not None
            if until_s is not None and _seconds(packet, packet.pts) >= until_s:
                return
            packet.stream = self._track
            self._output.mux(packet)
            self._waiting = next(self._packets, None)
        if until_s is None:
            self._input.close()


def _seek(container: InputContainer, start_s: float) -> None:
    video = container.streams.video[0]
    assert video.time_base is not None
    place = (start_s + clock_origin_s(container)) / video.time_base
    container.seek(int(place), stream=video)


def _seconds(packet: Packet[Any], stamp: int) -> float:
    assert packet.time_base is not None
    return float(stamp * packet.time_base)


def _is_cover(stream: Stream) -> bool:
    """Tell a picture that goes with an audio file from a video."""
    return bool(stream.disposition & Disposition.attached_pic)
