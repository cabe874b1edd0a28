"""Soft export: streams as they were, and boxes where the labels say, rendered by libass."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import av
import imageio_ffmpeg
import numpy as np
import pytest

from engine.errors import SinkError
from engine.results import Detections, FrameResult
from engine.sinks.label_formats.ass import AssLook
from engine.sinks.labels import LabelHeader
from engine.sinks.remux import Part
from engine.sinks.soft import SoftSink
from engine.sources import open_source
from models.spec import HeadKind, HeadSpec, Label
from tests.engine.sinks.exports import packets

if TYPE_CHECKING:
    from pathlib import Path

    from engine.sources.base import SourceInfo

BOXES = HeadSpec(
    name="objects",
    kind=HeadKind.BOXES,
    labels=(Label(en="person", zh="人"), Label(en="a{\\b1}: \\N,b", zh="椅子")),
    thresholds=(0.4, 0.4),
)
ACTIONS = HeadSpec(
    name="actions",
    kind=HeadKind.ACTIONS,
    labels=(Label(en="standing", zh="站立"),),
    thresholds=(0.5,),
)
ONLY_BOXES = AssLook(labels=False, actions=False)
YELLOW = np.array([0xF0, 0xE4, 0x42])


def box_of(index: int) -> list[int]:
    return [20 + index, 60, 100 + index, 150 + index // 3]


def header(info: SourceInfo) -> LabelHeader:
    size = (info.width, info.height)
    return LabelHeader(info.title, "file", size, "tiny", "1", (BOXES, ACTIONS), "fake")


def soft(clip: Path, target: Path, *, part: Part | None = None, look: AssLook = ONLY_BOXES) -> None:
    """A person, track 3 (yellow), who walks to the right; both labels, everywhere standing."""
    source, part = open_source(clip), part or Part()
    sink = SoftSink(target, clip, header(source.info), part, look)
    source.seek(part.start_s)
    while (frame := source.read()) is not None and frame.pts_s < (part.end_s or 1e9):
        found = Detections(
            np.array([box_of(frame.index), [150, 170, 200, 220]], np.float32),
            np.array([0.9, 0.8], np.float32),
            np.array([0, 1], np.int32),
            np.array([3, -1], np.int32),
        )
        actions = {"actions": np.array([0.75], np.float32)}
        sink.write(frame, FrameResult(frame.index, frame.pts_s, found, actions))
    source.close()
    sink.close()


def render(clip: Path, size: tuple[int, int]) -> np.ndarray:
    """(N, H, W, 3) RGB as a player shows it, subtitles on; by FFmpeg with libass."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(clip), "-vf"]
    command += [f"format=rgb24,subtitles={clip}", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    done = subprocess.run(
        [*command, "-fps_mode", "passthrough", "-"], capture_output=True, check=True, timeout=60
    )
    width, height = size
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3)


def yellow_box(picture: np.ndarray) -> list[int]:
    rows, columns = np.nonzero(np.abs(picture.astype(int) - YELLOW).max(axis=2) < 25)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.mark.parametrize(("rotation", "vfr"), [(0, True), (90, False)])
def test_boxes_lie_where_the_labels_say(make_clip, tmp_path: Path, rotation: int, vfr: bool):
    clip = make_clip(
        tmp_path / "in.mp4", frames=30, rotation=rotation, vfr=vfr, b_frames=True, audio=vfr
    )
    soft(clip, tmp_path / "out.mkv")
    size = (240, 320) if rotation else (320, 240)
    shown = render(tmp_path / "out.mkv", size)
    assert len(shown) == 30
    for index, picture in enumerate(shown):
        assert yellow_box(picture) == pytest.approx(box_of(index), abs=1), index


def test_streams_are_copied_bit_by_bit(make_clip, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", frames=60, audio=True, vfr=True, b_frames=True)
    soft(clip, tmp_path / "out.mkv")
    offsets = []
    for kind in ("video", "audio"):
        before, after = packets(clip, kind), packets(tmp_path / "out.mkv", kind)
        assert after.codec == before.codec
        # Parameter sets lie in the container's header in both, so packets are the same bytes.
        assert after.contents == before.contents
        offset = after.times_s[0] - before.times_s[0]
        offsets.append(offset)
        assert np.subtract(after.times_s, before.times_s) == pytest.approx(offset, abs=2e-3)
    assert offsets[0] == pytest.approx(offsets[1], abs=2e-3)
    assert abs(offsets[0]) < 0.1
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("out.mkv.")]


def test_a_part_begins_at_a_key_frame_and_boxes_stay_in_place(make_clip, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", frames=90, audio=True)  # a key frame every 12 frames
    soft(clip, tmp_path / "out.mkv", part=Part(1.5, 2.5))
    shown = render(tmp_path / "out.mkv", (320, 240))
    # 36 is the key frame before 1.5 s, frame 45.
    assert len(shown) == 75 - 36
    for index in range(45, 75):
        assert yellow_box(shown[index - 36]) == pytest.approx(box_of(index), abs=1), index
    assert (np.abs(shown[5].astype(int) - YELLOW).max(axis=2) >= 25).all()
    sound = packets(tmp_path / "out.mkv", "audio").times_s
    assert sound[0] < 0.05
    assert 1.2 < sound[-1] < 1.35


def test_tags_and_actions_are_shown_and_can_be_switched_off(make_clip, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", frames=12)
    looks = {"none": AssLook(False, False, False), "tags": AssLook(False, True, False)}
    looks["actions"] = AssLook(False, False, True, names={"standing": "站立"})
    shown = {}
    for name, look in looks.items():
        soft(clip, tmp_path / f"{name}.mkv", look=look)
        shown[name] = render(tmp_path / f"{name}.mkv", (320, 240))[6].astype(int)
    tags = np.abs(shown["tags"] - shown["none"]).max(axis=2) > 40
    actions = np.abs(shown["actions"] - shown["none"]).max(axis=2) > 40
    rows, columns = np.nonzero(tags)
    # One above the walker, one above the other box; nothing of the commands in the name works.
    assert columns.min() == pytest.approx(26, abs=4)
    assert 40 < rows.min() < 60
    assert rows.max() < 172
    rows, columns = np.nonzero(actions)
    assert rows.min() > 215
    assert columns.max() < 90


def test_the_track_has_a_name_and_is_on(make_clip, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", frames=12)
    soft(clip, tmp_path / "out.mkv", look=AssLook())
    with av.open(str(tmp_path / "out.mkv")) as container:
        (track,) = container.streams.subtitles
        assert track.metadata["title"] == "Longtake"
        assert track.disposition & av.stream.Disposition.default
        header = track.codec_context.extradata.decode()
    assert "PlayResX: 320\nPlayResY: 240\n" in header.replace("\r", "")


def test_giving_up_leaves_nothing(make_clip, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", frames=12)
    source = open_source(clip)
    source.close()
    SoftSink(tmp_path / "out.mkv", clip, header(source.info), Part(), AssLook()).abort()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["in.mp4"]


def test_the_recording_is_not_overwritten(make_clip, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mkv", frames=12)
    source = open_source(clip)
    source.close()
    with pytest.raises(SinkError, match="overwritten"):
        SoftSink(clip, clip, header(source.info), Part(), AssLook())
