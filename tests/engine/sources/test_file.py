from __future__ import annotations

import random
import shutil
import struct
import threading
import time
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from engine.errors import SourceError
from engine.frame import Discontinuity, Frame
from engine.sources.base import SourceKind, SourceState
from engine.sources.file import FileSource
from tests.fixtures.clips import make_clip, picture, read_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def frames_of(source: FileSource) -> Iterator[Frame]:
    while (frame := source.read()) is not None:
        yield frame


def written(frame: Frame) -> int:
    """Return the number drawn into the picture."""
    return read_index(frame.picture.rgb(320, 240))


def test_reads_every_frame_with_its_own_time(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=40, vfr=True, b_frames=True, audio=True)
    source = FileSource(path)
    frames = list(frames_of(source))
    assert [written(frame) for frame in frames] == list(range(40))
    assert [frame.index for frame in frames] == list(range(40))
    steps = [round((b.pts_s - a.pts_s) * 30) for a, b in pairwise(frames)]
    assert steps == [(1, 2, 1, 3)[index % 4] for index in range(39)]
    assert [frame.discontinuity for frame in frames] == [Discontinuity.START] + [None] * 39
    assert source.status.state is SourceState.ENDED
    assert source.read() is None


def test_tells_what_is_known(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=30, audio=True)
    info = FileSource(path).info
    assert info.title == "clip.mp4"
    assert info.kind is SourceKind.FILE
    assert (info.width, info.height) == (320, 240)
    assert info.rate_hz == pytest.approx(30)
    assert info.duration_s == pytest.approx(1.0, abs=0.04)
    assert info.frame_count == 30
    assert info.seekable
    assert info.related
    assert not info.live
    assert info.audio_path == path
    assert FileSource(make_clip(tmp_path / "silent.mp4", frames=3)).info.audio_path is None


@pytest.mark.parametrize(
    ("suffix", "vfr"),
    [(".mp4", False), (".mp4", True), (".mkv", True), (".ts", True), (".avi", False)],
)
def test_a_sought_frame_is_the_played_one(tmp_path: Path, suffix: str, vfr: bool) -> None:
    # AVI knows neither B-frames nor varying intervals.
    options = {} if suffix == ".avi" else {"vfr": vfr, "b_frames": True}
    source = FileSource(make_clip(tmp_path / f"clip{suffix}", frames=90, **options))
    played = [(frame.index, frame.pts, written(frame)) for frame in frames_of(source)]
    assert [entry[2] for entry in played] == list(range(90))
    tick_s = float(FileSource(tmp_path / f"clip{suffix}").read().time_base)
    order = random.Random(5).sample(range(90), 62)
    for number in order:
        source.seek(played[number][1] * tick_s)
        frame = source.read()
        assert (frame.index, frame.pts, written(frame)) == played[number]
        assert frame.discontinuity is Discontinuity.SEEK
        following = source.read()
        if number < 89:
            assert (following.index, following.pts, written(following)) == played[number + 1]
            assert following.discontinuity is None
        else:
            assert following is None


def test_seek_between_before_and_beyond_frames(tmp_path: Path) -> None:
    source = FileSource(make_clip(tmp_path / "clip.mp4", frames=30, b_frames=True))
    source.seek(10 / 30 + 0.001)
    assert source.read().index == 11
    source.seek(-5)
    assert source.read().index == 0
    for beyond_s in (1e6, 29 / 30 + 0.01, 1.5):  # from the last frame, too, it is the last
        source.seek(beyond_s)
        assert source.read().index == 29
    assert source.read() is None
    source.seek(0.5)
    assert source.status.state is SourceState.OPEN
    assert source.read().index == 15
    source.seek(0.1)
    source.seek(0.2)
    assert source.read().index == 6
    assert source.read().index == 7


def test_long_groups_of_pictures(tmp_path: Path) -> None:
    """The only key frame is the first, minutes of decoding time before the target."""
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=5, options={"g": "999", "bf": "2"})
        stream.width, stream.height = 64, 64
        for index in range(200):
            frame = av.VideoFrame.from_ndarray(picture(index, (64, 64)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = FileSource(path)
    for number in (150, 3, 199):
        source.seek(number / 5)
        frame = source.read()
        assert (frame.index, frame.pts_s) == (number, pytest.approx(number / 5))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotation_is_applied(tmp_path: Path, rotation: int) -> None:
    upright = FileSource(make_clip(tmp_path / "0.mp4", frames=2)).read().picture
    source = FileSource(make_clip(tmp_path / "r.mp4", frames=2, rotation=rotation))
    shown = source.read().picture
    assert (source.info.width, source.info.height) == (shown.width, shown.height)
    # make_clip's rotation is clockwise, numpy's is not.
    expected = np.rot90(upright.bgra(), -rotation // 90)
    assert np.array_equal(shown.bgra(), expected)
    assert (shown.width, shown.height) == expected.shape[1::-1]


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    path = tmp_path / "wide.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        frame = av.VideoFrame.from_ndarray(picture(1, (160, 120)), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = FileSource(path)
    assert (source.info.width, source.info.height) == (214, 120)
    assert source.read().picture.bgra().shape == (120, 214, 4)


def test_change_of_size_is_another_source(tmp_path: Path) -> None:
    joined = tmp_path / "joined.h264"
    with joined.open("wb") as out:
        for name, size in (("a.h264", (320, 240)), ("b.h264", (160, 120))):
            out.write(make_clip(tmp_path / name, frames=12, size=size).read_bytes())
    frames = list(frames_of(FileSource(joined)))
    marks = {frame.index: frame.discontinuity for frame in frames if frame.discontinuity}
    assert marks == {0: Discontinuity.START, 12: Discontinuity.SOURCE}
    assert frames[12].picture.width == 160
    assert all(a.pts < b.pts for a, b in pairwise(frames))


def test_a_splice_in_time_is_a_gap(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.ts", frames=60).read_bytes()
    (tmp_path / "twice.ts").write_bytes(clip + clip)
    frames = list(frames_of(FileSource(tmp_path / "twice.ts")))
    # The end of the first half may count as incomplete, as nothing tells that it is not.
    assert 118 <= len(frames) <= 120
    marks = {frame.index: frame.discontinuity for frame in frames if frame.discontinuity}
    assert marks == {0: Discontinuity.START, 60: Discontinuity.GAP}
    assert [written(frame) for frame in frames[-60:]] == list(range(60))
    # The second recording counts from zero again; here time goes on.
    assert all(a.pts < b.pts for a, b in pairwise(frames))
    assert frames[-1].pts_s == pytest.approx(119 / 30, abs=0.1)


def test_streams_without_times_get_some(tmp_path: Path) -> None:
    path = tmp_path / "raw.h264"
    with av.open(str(path), "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = 64, 48
        for index in range(10):
            frame = av.VideoFrame.from_ndarray(picture(index, (64, 48)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = FileSource(path)
    times = [frame.pts_s for frame in frames_of(source)]
    assert times == pytest.approx([index / 25 for index in range(10)])
    assert not source.info.seekable
    with pytest.raises(SourceError, match=r"raw\.h264"):
        source.seek(0.1)


def test_a_file_whose_stamps_are_all_alike_gets_times(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=30)
    content = bytearray(path.read_bytes())
    box = content.index(b"stts") + 4
    assert struct.unpack(">II", content[box + 8 : box + 16]) == (30, 3000)  # one run of samples
    content[box + 12 : box + 16] = bytes(4)
    box = content.index(b"mdhd") + 4
    content[box + 16 : box + 20] = struct.pack(">I", 3000)
    path.write_bytes(content)
    source = FileSource(path)
    assert source.info.rate_hz == pytest.approx(30)
    assert source.info.duration_s == pytest.approx(1.0)
    times = [frame.pts_s for frame in frames_of(source)]
    assert times == pytest.approx([index / 30 for index in range(30)], abs=1e-3)


def test_cover_art_is_not_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=48_000)
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        image = av.VideoFrame.from_ndarray(picture(0, (64, 64)), format="rgb24")
        container.mux(cover.encode(image.reformat(format="yuvj420p")))
        tone = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp")
        tone.sample_rate = 48_000
        container.mux(sound.encode(tone))
        container.mux(sound.encode(None))
    with pytest.raises(SourceError, match=r'"song\.mp4" holds only sound'):
        FileSource(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.mp4", b"", r'"empty\.mp4" is empty'),
        ("text.mp4", b"This is a letter, not a video.\n" * 50, r'"text\.mp4" cannot be opened'),
        ("noise.mkv", random.Random(1).randbytes(5000), r'"noise\.mkv" cannot be opened'),
    ],
)
def test_what_is_no_video_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message) as failure:
        FileSource(tmp_path / name)
    assert failure.value.hint
    assert failure.value.__context__ is None


def test_a_recording_cut_short_is_told_as_such(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "cut.mp4", frames=30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match="cut short"):
        FileSource(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"There is no file .*nowhere\.mp4"):
        FileSource(tmp_path / "nowhere.mp4")


def test_close_from_another_thread_ends_reading(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=60)
    source = FileSource(path)
    ended = threading.Event()

    def read_on() -> None:
        while source.read() is not None:
            source.seek(0.0)
        ended.set()

    thread = threading.Thread(target=read_on)
    thread.start()
    time.sleep(0.1)
    started = time.monotonic()
    source.close()
    assert ended.wait(1.0)
    assert time.monotonic() - started < 1.0
    thread.join()
    source.close()
    assert source.read() is None
    assert source.status.state is SourceState.ENDED


def test_pictures_outlive_their_source(tmp_path: Path) -> None:
    source = FileSource(make_clip(tmp_path / "clip.mp4", frames=20))
    frames = list(frames_of(source))
    source.close()
    shutil.rmtree(tmp_path)
    assert [written(frame) for frame in frames] == list(range(20))
