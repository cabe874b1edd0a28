from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from engine.errors import SourceError
from engine.frame import Discontinuity
from engine.sources.base import SourceState
from engine.sources.file import FileSource
from tests.fixtures.clips import make_clip, read_index

if TYPE_CHECKING:
    from pathlib import Path

    from engine.frame import Frame


def flip(path: Path, start: float, end: float, *, share: float = 0.3) -> Path:
    """Turn over some of the bytes of the part from `start` to `end`, as shares of the file."""
    content = bytearray(path.read_bytes())
    dice = random.Random(7)
    for place in range(int(len(content) * start), int(len(content) * end)):
        if dice.random() < share:
            content[place] ^= 0xFF
    path.write_bytes(content)
    return path


def read_all(source: FileSource) -> list[Frame]:
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def test_no_made_up_picture_gets_through(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=90, b_frames=True)
    times = [frame.pts for frame in read_all(FileSource(path))]
    source = FileSource(flip(path, 0.4, 0.5))
    frames = read_all(source)
    numbers = [read_index(frame.picture.rgb(320, 240)) for frame in frames]
    # Each picture shows what its time says, and none of the damaged ones is among them.
    assert [times.index(frame.pts) for frame in frames] == numbers
    assert 40 < len(frames) < 90
    assert numbers[-1] == 89
    assert source.status.damaged > 0
    assert source.status.state is SourceState.ENDED
    holes = [number for last, number in pairwise(numbers) if number != last + 1]
    marked = [number for number, frame in zip(numbers, frames, strict=True) if frame.discontinuity]
    assert holes
    assert marked == [0, *holes]
    assert {frame.discontinuity for frame in frames[1:]} == {None, Discontinuity.GAP}


@pytest.mark.parametrize("suffix", [".mkv", ".ts"])
def test_containers_that_lose_packets_silently(tmp_path: Path, suffix: str) -> None:
    path = make_clip(tmp_path / f"clip{suffix}", frames=90, b_frames=True)
    times = [frame.pts for frame in read_all(FileSource(path))]
    source = FileSource(flip(path, 0.2, 0.8))
    frames = read_all(source)
    shown = [read_index(frame.picture.rgb(320, 240)) for frame in frames]
    wrong = [
        number for number, frame in zip(shown, frames, strict=True) if frame.pts != times[number]
    ]
    # The first picture or two of the damage is concealed so well that the decoder does not tell.
    assert len(wrong) <= 2
    assert shown[-1] == 89
    assert Discontinuity.GAP in {frame.discontinuity for frame in frames}
    assert all(a.pts < b.pts and a.index < b.index for a, b in pairwise(frames))


def test_frames_after_damage_keep_their_number(tmp_path: Path) -> None:
    source = FileSource(flip(make_clip(tmp_path / "clip.mp4", frames=90), 0.4, 0.5))
    played = read_all(source)
    assert [frame.index for frame in played] == [
        read_index(frame.picture.rgb(320, 240)) for frame in played
    ]
    for frame in played[::5]:
        source.seek(frame.pts_s)
        assert source.read().index == frame.index


def test_damage_is_counted_once_however_often_it_is_played(tmp_path: Path) -> None:
    source = FileSource(flip(make_clip(tmp_path / "clip.mp4", frames=90), 0.4, 0.5))
    read_all(source)
    damaged = source.status.damaged
    source.seek(0.0)
    again = read_all(source)
    assert source.status.damaged == damaged > 0
    assert sum(frame.discontinuity is Discontinuity.GAP for frame in again) == 1
    assert str(damaged) in source.status.detail


def test_damage_to_the_very_end_is_counted(tmp_path: Path) -> None:
    source = FileSource(flip(make_clip(tmp_path / "clip.mkv", frames=60), 0.7, 1.0))
    frames = read_all(source)
    assert 0 < len(frames) < 60
    assert source.status.damaged > 0


def test_damaged_from_the_first_picture_to_the_last(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=30)
    content = path.read_bytes()
    start = content.index(b"mdat") + 4
    end = content.index(b"moov", start) - 4
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])
    with pytest.raises(SourceError, match=r'"clip\.mp4" has no picture that can be decoded'):
        FileSource(path)


def test_hundreds_of_failures_in_a_row_are_an_error(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=400, size=(64, 48))
    content = path.read_bytes()
    start = content.index(b"mdat") + 4
    end = content.index(b"moov", start) - 4
    start += (end - start) // 10
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])
    source = FileSource(path)
    with pytest.raises(SourceError, match=r'"clip\.mp4" is damaged beyond reading'):
        read_all(source)
    source.close()
