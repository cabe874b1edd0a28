from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.frame import Discontinuity
from engine.sources import open_source
from engine.sources.base import SourceKind, SourceState
from engine.sources.folder import FolderSource

if TYPE_CHECKING:
    from pathlib import Path

    from engine.frame import Frame


def save(path: Path, grey: int, size: tuple[int, int] = (32, 24)) -> Path:
    encoded = cv2.imencode(path.suffix, np.full((size[1], size[0], 3), grey, np.uint8))[1]
    path.write_bytes(encoded.tobytes())
    return path


def read_all(source: FolderSource) -> list[Frame]:
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def grey_of(frame: Frame) -> int:
    return int(frame.picture.rgb(8, 8)[4, 4, 1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, grey in (("img10.png", 100), ("img2.png", 20), ("IMG1.PNG", 10), ("last.png", 200)):
        save(tmp_path / name, grey)
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "folder.png").mkdir()
    return tmp_path


def test_natural_order_one_per_second_each_on_its_own(folder: Path) -> None:
    source = FolderSource(folder)
    frames = read_all(source)
    assert [grey_of(frame) for frame in frames] == [10, 20, 100, 200]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.pts_s for frame in frames] == [0.0, 1.0, 2.0, 3.0]
    marks = [frame.discontinuity for frame in frames]
    assert marks == [Discontinuity.START] + [Discontinuity.SOURCE] * 3
    assert source.status.state is SourceState.ENDED


def test_what_is_known(folder: Path) -> None:
    info = FolderSource(folder).info
    assert info.kind is SourceKind.FOLDER
    assert info.title == folder.name
    assert (info.width, info.height) == (32, 24)
    assert (info.frame_count, info.duration_s, info.rate_hz) == (4, 4.0, 1.0)
    assert not info.related
    assert not info.live
    assert info.seekable
    assert info.audio_path is None


def test_unreadable_images_are_skipped_and_keep_their_number(folder: Path) -> None:
    (folder / "IMG1.PNG").write_bytes(b"broken")
    (folder / "img10.png").write_bytes(b"")
    source = FolderSource(folder)
    frames = read_all(source)
    assert [(frame.index, grey_of(frame)) for frame in frames] == [(1, 20), (3, 200)]
    assert frames[0].discontinuity is Discontinuity.START
    source.seek(0.0)
    read_all(source)
    assert source.status.damaged == 2
    assert "2 images" in source.status.detail


def test_seek(folder: Path) -> None:
    source = FolderSource(folder)
    read_all(source)
    for pts_s, index in ((2.0, 2), (0.5, 1), (-3.0, 0), (99.0, 3)):
        source.seek(pts_s)
        frame = source.read()
        assert (frame.index, frame.discontinuity) == (index, Discontinuity.SEEK)
    assert source.read() is None


def test_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    image = np.zeros((24, 48, 3), np.uint8)
    image[:, :24] = 255
    encoded = cv2.imencode(".jpg", image)[1].tobytes()
    # An EXIF segment of one entry: Orientation (0x0112), SHORT, 6 = turn by 90° clockwise.
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / "held.jpg").write_bytes(encoded[:2] + segment + encoded[2:])
    source = FolderSource(tmp_path)
    assert (source.info.width, source.info.height) == (24, 48)
    shown = source.read().picture.rgb(24, 48)
    assert shown[4, 12].min() > 240  # what was left is above
    assert shown[43, 12].max() < 15


def test_a_single_image_is_a_folder_of_one(folder: Path) -> None:
    source = open_source(folder / "img2.png")
    frames = read_all(source)
    assert [(frame.index, grey_of(frame)) for frame in frames] == [(0, 20)]
    assert source.info.title == "img2.png"


def test_names_beyond_ascii(tmp_path: Path) -> None:
    save(tmp_path / "图像 é.png", 77)
    assert grey_of(FolderSource(tmp_path).read()) == 77


def test_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see")
    with pytest.raises(SourceError, match="no images in the folder"):
        open_source(tmp_path)


def test_folder_of_broken_images(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"broken")
    with pytest.raises(SourceError, match=r"No image in .* can be read"):
        open_source(tmp_path)


def test_close_ends_reading(folder: Path) -> None:
    source = FolderSource(folder)
    source.read()
    source.close()
    assert source.read() is None
    assert source.status.state is SourceState.ENDED
