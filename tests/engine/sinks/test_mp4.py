from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import SinkError
from engine.frame import Frame
from engine.picture import ArrayPicture
from engine.sinks import audio as audio_module
from engine.sinks.encoders import ENCODERS, SOFTWARE, VideoOptions, hardware_encoders
from engine.sinks.mp4 import Mp4Sink
from engine.sources.base import SourceInfo, SourceKind
from tests.engine.sinks.exports import decode, export, nothing_seen, packets, read_frames
from tests.fixtures.clips import read_index

ROOT = Path(__file__).resolve().parents[3]


def _info(width=64, height=48, **more):
    return SourceInfo("made", SourceKind.FILE, width, height, 30.0, **more)


def _frame(index, bgr, time_base=Fraction(1, 30)):
    return Frame(index, index, time_base, 0, ArrayPicture(bgr))


def _write(target, pictures, **options):
    height, width = pictures[0].shape[:2]
    sink = Mp4Sink(target, _info(width, height), draw=None, **options)
    for index, picture in enumerate(pictures):
        frame = _frame(index, picture)
        sink.write(frame, nothing_seen(frame))
    sink.close()


def _grey(width=64, height=48, level=100):
    return np.full((height, width, 3), level, np.uint8)


@pytest.mark.parametrize("b_frames", [False, True])
def test_time_stamps_are_the_sources(tmp_path, make_clip, b_frames):
    clip = make_clip(tmp_path / "in.mp4", vfr=True, b_frames=b_frames)
    times = export(clip, tmp_path / "out.mp4")
    written = [frame.time for frame in decode(tmp_path / "out.mp4")]
    assert len(times) == 60
    assert written == pytest.approx([t - times[0] for t in times], abs=1e-9)


def test_time_base_is_carried_over(tmp_path, make_clip):
    clip = make_clip(tmp_path / "in.mp4")
    export(clip, tmp_path / "out.mp4")
    with av.open(str(clip)) as before, av.open(str(tmp_path / "out.mp4")) as after:
        assert after.streams.video[0].time_base == before.streams.video[0].time_base


def test_pictures_are_in_their_places(tmp_path, make_clip):
    export(make_clip(tmp_path / "in.mp4"), tmp_path / "out.mp4")
    shown = [read_index(f.to_ndarray(format="rgb24")) for f in decode(tmp_path / "out.mp4")]
    assert shown == list(range(60))


def test_audio_packets_are_the_sources(tmp_path, make_clip):
    clip = make_clip(tmp_path / "in.mp4", audio=True)
    export(clip, tmp_path / "out.mp4")
    before, after = packets(clip, "audio"), packets(tmp_path / "out.mp4", "audio")
    first = before.contents.index(after.contents[0])
    # The encoder's lead-in sounds before the first picture and is not carried along.
    assert before.times_s[first] == 0
    assert after.contents == before.contents[first:]
    assert after.times_s == pytest.approx(before.times_s[first:], abs=1e-6)


def test_a_range_keeps_sound_and_picture_together(tmp_path, make_clip):
    clip = make_clip(tmp_path / "in.mp4", frames=150, audio=True)
    times = export(clip, tmp_path / "out.mp4", start_s=2.0, end_s=4.0)
    assert (times[0], len(times)) == (pytest.approx(2.0), 60)
    frames = decode(tmp_path / "out.mp4")
    assert [read_index(f.to_ndarray(format="rgb24")) for f in frames] == list(range(60, 120))
    assert frames[0].time == 0
    before, after = packets(clip, "audio"), packets(tmp_path / "out.mp4", "audio")
    shifts = [
        before.times_s[before.contents.index(content)] - time_s
        for content, time_s in zip(after.contents, after.times_s, strict=True)
    ]
    # The first packet is shown from 0 on; all others at their times.
    assert after.times_s[0] == 0
    assert shifts[0] == pytest.approx(2.0, abs=1024 / 48_000)
    assert shifts[1:] == pytest.approx([2.0] * (len(shifts) - 1), abs=1e-4)
    assert 1.95 < after.times_s[-1] < 2.0


def test_audio_that_mp4_cannot_carry_becomes_aac(tmp_path, make_clip, monkeypatch):
    clip = make_clip(tmp_path / "in.mp4", audio=True)
    monkeypatch.setattr(audio_module, "_CARRIED_BY_MP4", frozenset())
    export(clip, tmp_path / "out.mp4")
    sound = packets(tmp_path / "out.mp4", "audio")
    assert sound.codec == "aac"
    assert sound.times_s[-1] == pytest.approx(packets(clip, "audio").times_s[-1], abs=0.05)


def test_a_clip_without_sound_gets_none(tmp_path, make_clip):
    export(make_clip(tmp_path / "in.mp4"), tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_odd_sizes_lose_a_line(tmp_path):
    _write(tmp_path / "out.mp4", [_grey(63, 47)] * 3)
    assert {(f.width, f.height) for f in decode(tmp_path / "out.mp4")} == {(62, 46)}


def test_a_picture_of_another_size_is_fitted(tmp_path):
    _write(tmp_path / "out.mp4", [_grey(), _grey(80, 96), _grey()])
    assert [(f.width, f.height) for f in decode(tmp_path / "out.mp4")] == [(64, 48)] * 3


@pytest.mark.parametrize("size", [(320, 240), (1280, 720)], ids=["small", "HD"])
def test_colours_survive(tmp_path, size):
    patches = [(0, 0, 230), (0, 230, 0), (230, 0, 0), (20, 180, 220), (200, 200, 200), (10, 10, 10)]
    width = size[0] // len(patches)
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    for i, bgr in enumerate(patches):
        picture[:, i * width : (i + 1) * width] = bgr
    _write(tmp_path / "out.mp4", [picture] * 3, quality=10)
    shown = decode(tmp_path / "out.mp4")[1].to_ndarray(format="bgr24")
    for i, bgr in enumerate(patches):
        centre = shown[size[1] // 2, i * width + width // 2].astype(int)
        assert np.abs(centre - bgr).max() <= 4, bgr


def test_what_is_drawn_is_exported_and_the_source_picture_stays(tmp_path):
    def draw(canvas, result, size):
        canvas[:, : canvas.shape[1] // 2, :3] = 255

    picture = _grey()
    sink = Mp4Sink(tmp_path / "out.mp4", _info(), draw=draw)
    sink.write(_frame(0, picture), nothing_seen(_frame(0, picture)))
    sink.close()
    shown = decode(tmp_path / "out.mp4")[0].to_ndarray(format="gray")
    assert shown[24, 10] > 230
    assert abs(int(shown[24, 50]) - 100) < 20
    assert (picture == 100).all()


def test_key_frames_come_by_time(tmp_path):
    sink = Mp4Sink(tmp_path / "out.mp4", _info(), draw=None)
    for index in range(12):
        frame = _frame(index, _grey(level=100 + index), Fraction(1, 2))
        sink.write(frame, nothing_seen(frame))
    sink.close()
    # At two frames a second, every other frame is further than 0.8 s from the last key frame.
    assert [f.key_frame for f in decode(tmp_path / "out.mp4")] == [True, False] * 6


def test_the_name_appears_only_when_complete(tmp_path):
    target = tmp_path / "out.mp4"
    target.write_bytes(b"before")
    sink = Mp4Sink(target, _info(), draw=None)
    frame = _frame(0, _grey())
    sink.write(frame, nothing_seen(frame))
    assert target.read_bytes() == b"before"
    sink.close()
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["out.mp4"]
    assert len(decode(target)) == 1


def test_abort_leaves_a_playable_part(tmp_path):
    sink = Mp4Sink(tmp_path / "out.mp4", _info(), draw=None)
    for index in range(40):
        frame = _frame(index, _grey())
        sink.write(frame, nothing_seen(frame))
    sink.abort()
    assert not (tmp_path / "out.mp4").exists()
    assert len(decode(tmp_path / "out.mp4.part")) == 40


def test_nothing_to_export_leaves_nothing(tmp_path):
    Mp4Sink(tmp_path / "a.mp4", _info(), draw=None).abort()
    with pytest.raises(SinkError, match="no picture"):
        Mp4Sink(tmp_path / "b.mp4", _info(), draw=None).close()
    assert not [p for p in tmp_path.iterdir() if p.is_file()]


_KILLED = """
import sys, time
from pathlib import Path
from tests.engine.sinks.exports import nothing_seen, read_frames
from engine.sinks.mp4 import Mp4Sink
info, frames = read_frames(Path(sys.argv[1]))
sink = Mp4Sink(Path(sys.argv[2]), info, draw=None)
for count, frame in enumerate(frames, 1):
    sink.write(frame, nothing_seen(frame))
    if count == 140:
        print("now", flush=True)
        time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_killed_export_loses_at_most_a_second(tmp_path, make_clip):
    clip = make_clip(tmp_path / "in.mp4", frames=150, audio=True)
    command = [sys.executable, "-c", _KILLED, str(clip), str(tmp_path / "out.mp4")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout.readline() == b"now\n"
        os.kill(process.pid, signal.SIGKILL)
    frames = decode(tmp_path / "out.mp4.part")
    assert len(frames) >= 140 - 30
    assert read_index(frames[-1].to_ndarray(format="rgb24")) == len(frames) - 1
    assert not (tmp_path / "out.mp4").exists()


def test_a_full_disk_is_said_and_stays_said(tmp_path, monkeypatch):
    sink = Mp4Sink(tmp_path / "out.mp4", _info(), draw=None)

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("engine.sinks.mp4.av.open", full)
    frame = _frame(0, _grey())
    with pytest.raises(SinkError, match="disk is full"):
        for _ in range(10):
            sink.write(frame, nothing_seen(frame))
    with pytest.raises(SinkError, match="disk is full"):
        sink.close()
    sink.abort()
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_disk_that_is_really_full(tmp_path):
    (tmp_path / "out.mp4.part").symlink_to("/dev/full")
    sink = Mp4Sink(tmp_path / "out.mp4", _info(), draw=None)
    noise = np.random.default_rng(0)
    with pytest.raises(SinkError, match="disk is full"):
        for index in range(60):
            frame = _frame(index, noise.integers(0, 255, (48, 64, 3), np.uint8))
            sink.write(frame, nothing_seen(frame))
        sink.close()
    sink.abort()
    assert not (tmp_path / "out.mp4").exists()


def test_a_defect_in_drawing_reaches_the_caller(tmp_path):
    def draw(canvas, result, size):
        raise ZeroDivisionError

    sink = Mp4Sink(tmp_path / "out.mp4", _info(), draw=draw)
    frame = _frame(0, _grey())
    with pytest.raises(ZeroDivisionError):
        for _ in range(10):
            sink.write(frame, nothing_seen(frame))
    sink.abort()


def test_bad_targets_fail_before_any_work(tmp_path, make_clip):
    with pytest.raises(SinkError, match="is a folder"):
        Mp4Sink(tmp_path, _info(), draw=None)
    with pytest.raises(SinkError, match="no folder"):
        Mp4Sink(tmp_path / "missing" / "out.mp4", _info(), draw=None)
    (tmp_path / "taken.mp4.part").mkdir()
    with pytest.raises(SinkError, match="cannot be written"):
        Mp4Sink(tmp_path / "taken.mp4", _info(), draw=None)
    clip = make_clip(tmp_path / "in.mp4", audio=True)
    with pytest.raises(SinkError, match="recording itself"):
        Mp4Sink(clip, replace(_info(), audio_path=clip), draw=None)


@pytest.mark.shared
def test_a_real_recording_keeps_its_times(tmp_path, shared_dir):
    clip = next((shared_dir / "data" / "room").glob("*.mp4"))
    info, _ = read_frames(clip)
    times = export(clip, tmp_path / "out.mp4", end_s=3.0)
    written = [frame.time for frame in decode(tmp_path / "out.mp4")]
    assert written == pytest.approx([t - times[0] for t in times], abs=1e-6)
    assert info.width & ~1 == decode(tmp_path / "out.mp4")[0].width


@pytest.mark.parametrize(
    ("size", "side_px", "expected"),
    [((640, 360), 180, (320, 180)), ((360, 640), 180, (180, 320)), ((64, 48), 480, (64, 48))],
)
def test_pictures_come_out_smaller_never_larger(tmp_path, size, side_px, expected):
    options = VideoOptions(side_px=side_px)
    _write(tmp_path / "out.mp4", [_grey(*size)] * 3, options=options)
    (first, *_) = decode(tmp_path / "out.mp4")
    assert (first.width, first.height) == expected == options.size(*size)


def test_the_overlay_is_told_the_size_of_the_source(tmp_path):
    told = []
    sink = Mp4Sink(
        tmp_path / "out.mp4",
        _info(640, 360),
        draw=lambda canvas, result, size: told.append((canvas.shape, size)),
        options=VideoOptions(side_px=90),
    )
    frame = _frame(0, _grey(640, 360))
    sink.write(frame, nothing_seen(frame))
    sink.close()
    assert told == [((90, 160, 4), (640, 360))]


def test_sound_can_be_left_out(tmp_path, make_clip):
    clip = make_clip(tmp_path / "in.mp4", audio=True)
    info, frames = read_frames(clip)
    sink = Mp4Sink(tmp_path / "out.mp4", info, draw=None, options=VideoOptions(audio=False))
    for frame in frames:
        sink.write(frame, nothing_seen(frame))
    sink.close()
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_every_encoder_is_given_what_it_takes():
    for encoder in ENCODERS.values():
        frame = encoder.convert(np.zeros((49, 65, 4), np.uint8))
        assert (frame.format.name, frame.width, frame.height) == (encoder.pixels, 64, 48)
        assert "31" in encoder.options(31).values()
    assert all(one.name != SOFTWARE for one in hardware_encoders())
