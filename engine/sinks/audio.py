"""Audio of a recording, passed through to an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import av
import av.error

from engine.sources.cursor import clock_origin_s

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av import AudioStream, Packet
    from av.container import OutputContainer

    AudioPacket = Packet[AudioStream]

_CARRIED_BY_MP4: Final = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "alac", "flac"})

_CLOCK_ROUNDING_S: Final = 1e-6


class AudioPassThrough:
    """Copies audio packets up to the moment the pictures have reached.

    Packets are copied as they are where MP4 can carry their codec, and re-encoded to AAC elsewhere.
    Audio that cannot be read ends there: pictures matter more.

    Parameters
    ----------
    path
        Recording with the audio.
    container
        Export under way; gets one audio stream.
    zero_s
        Stream time of the first picture, on the clock of the frames: becomes time 0.
    """

    def __init__(self, path: Path, container: OutputContainer, zero_s: float) -> None:
        self._input = av.open(str(path), metadata_errors="replace")
        audio = self._input.streams.audio[0]
        self._copied = audio.codec_context.name in _CARRIED_BY_MP4
        self._output: AudioStream = (
            container.add_stream_from_template(audio)
            if self._copied
            else container.add_stream("aac", rate=audio.rate)
        )
        self._container = container
        self._zero_s = zero_s + clock_origin_s(self._input)
        self._packets = self._timed(audio)
        self._waiting = next(self._packets, None)

    def advance(self, until_s: float) -> None:
        """Write what sounds before `until_s` seconds of the export."""
        while self._waiting is not None and self._waiting[0] - self._zero_s < until_s:
            _, packet = self._waiting
            self._write(packet)
            self._waiting = next(self._packets, None)

    def close(self) -> None:
        """Write what the encoder still holds."""
        if not self._copied:
            self._container.mux(self._output.encode(None))
        self._input.close()

    def _timed(self, audio: AudioStream) -> Iterator[tuple[float, AudioPacket]]:
        """Yield packets from the zero on, with their times in seconds."""
        try:
            if self._zero_s > 1:
                self._input.seek(int((self._zero_s - 1) * av.time_base))
            for packet in self._input.demux(audio):
                if packet.pts is None or packet.time_base is None:
                    continue
                time_s = float(packet.pts * packet.time_base)
                # A packet that began earlier would move all audio against the pictures: a
                # fragmented file cannot say that it sounds from its middle on.
                if time_s >= self._zero_s - _CLOCK_ROUNDING_S:
                    yield time_s, packet
        except av.error.FFmpegError:
            return

    def _write(self, packet: AudioPacket) -> None:
        assert packet.time_base is not None
        shift = round(self._zero_s / packet.time_base)
        if self._copied:
            if packet.pts is not None:
                packet.pts -= shift
            if packet.dts is not None:
                packet.dts -= shift
            packet.stream = self._output
            self._container.mux(packet)
            return
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            return  # a damaged packet is a moment of silence
        for frame in frames:
            frame.pts = None if frame.pts is None else frame.pts - shift
            self._container.mux(self._output.encode(frame))
