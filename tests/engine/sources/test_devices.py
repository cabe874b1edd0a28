from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from engine.errors import SourceError
from engine.frame import Discontinuity
from engine.sources import camera, devices, list_cameras, open_source
from engine.sources.av_connection import AvConnection
from engine.sources.base import SourceKind, SourceState
from engine.sources.camera import CvConnection, open_camera
from engine.sources.devices import CameraDevice, captures, list_v4l2_cameras
from engine.sources.live import Backoff

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Backoff(first_s=0.02, longest_s=0.05, jitter=0.0)


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    for node, name in (
        ("video10", "Desk"),
        ("video0", "Front"),
        ("video1", "Front"),
        ("video2", ""),
    ):
        (tmp_path / node).mkdir()
        (tmp_path / node / "name").write_text(f"{name}\n")
    (tmp_path / "video3").mkdir()
    (tmp_path / "radio0").mkdir()
    return tmp_path


def test_lists_what_captures_by_name_in_order(sysfs: Path) -> None:
    cameras = list_v4l2_cameras(sysfs, can_capture=lambda device: device.name != "video1")
    assert cameras == [
        CameraDevice("camera:/dev/video0", "Front"),
        CameraDevice("camera:/dev/video2", "video2"),
        CameraDevice("camera:/dev/video3", "video3"),
        CameraDevice("camera:/dev/video10", "Desk"),
    ]


def test_devices_that_are_gone_are_not_listed(sysfs: Path) -> None:
    (sysfs / "video0").rename(sysfs / "video990")
    assert "camera:/dev/video990" not in [c.address for c in list_v4l2_cameras(sysfs)]
    assert list_v4l2_cameras(sysfs / "nowhere") == []


@pytest.mark.parametrize(
    ("device_capabilities", "expected"),
    [(0x04200001, True), (0x04A00000, False), (0x04201000, True), (0x04200002, False)],
)
def test_reads_what_the_driver_says(device_capabilities: int, expected: bool) -> None:
    # The whole card can capture (third number); what counts is this node (fourth).
    answer = struct.pack(
        "16s32s32sIII12x",
        b"uvcvideo",
        b"Front",
        b"usb-1",
        0x060100,
        0x84A00001,
        device_capabilities,
    )
    assert len(answer) == 104
    assert captures(answer) is expected


def test_other_systems_are_asked_through_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    class Device:
        def __init__(self, name: str, description: str, default: bool, kinds: list[str]) -> None:
            self.name, self.description = name, description
            self.is_default, self.media_types = default, kinds

    found = [
        Device("0", "Desk", False, ["video"]),
        Device("1", "Front", True, ["video", "audio"]),
        Device("2", "Microphone", False, ["audio"]),
    ]
    asked = []
    monkeypatch.setattr(devices.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(av, "enumerate_input_devices", lambda format: asked.append(format) or found)
    assert list_cameras() == [CameraDevice("camera:1", "Front"), CameraDevice("camera:0", "Desk")]
    assert asked == ["avfoundation"]


def test_systems_that_cannot_list_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.platform, "system", lambda: "Plan9")
    assert list_cameras() == []


def test_no_camera_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "list_cameras", list)
    with pytest.raises(SourceError, match="No camera was found"):
        open_source("camera:")


class FakeCamera:
    """Stands in for v4l2: test pictures, refusing what is asked until nothing is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, lasts_s: float = 60.0) -> None:
        self.asked: list[tuple[str, str | None, dict[str, str]]] = []
        self.plugged = threading.Event()
        self.plugged.set()
        self.lasts_s = lasts_s
        monkeypatch.setattr(camera, "AvConnection", self.connect)
        monkeypatch.setattr(camera.platform, "system", lambda: "Linux")
        monkeypatch.setattr(
            camera, "list_cameras", lambda: [CameraDevice("camera:/dev/video0", "Front")]
        )

    def connect(
        self, address: str, *, format: str | None, options: dict[str, str], title: str, **_: object
    ) -> AvConnection:
        self.asked.append((address, format, options))
        if options or not self.plugged.is_set():
            raise SourceError(f'"{title}" cannot be opened: invalid argument.')
        graph = f"testsrc2=size=160x120:rate=100:duration={self.lasts_s},realtime"
        return AvConnection(graph, format="lavfi", title=title, ends=False)


def refuse(device: str, *, title: str) -> CvConnection:
    raise SourceError(f'"{title}" cannot be opened.')


def test_opens_with_what_the_driver_grants(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeCamera(monkeypatch)
    source = open_camera("")
    assert source.info.kind is SourceKind.CAMERA
    assert source.info.title == "Front"
    assert source.info.live
    assert [address for address, *_ in fake.asked] == ["/dev/video0"] * 3
    assert {format for _, format, _ in fake.asked} == {"v4l2"}
    assert fake.asked[0][2]["input_format"] == "mjpeg"
    assert source.read().picture.width == 160
    source.close()


def test_an_unplugged_camera_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeCamera(monkeypatch, lasts_s=0.05)
    monkeypatch.setattr(camera, "CvConnection", refuse)
    source = open_camera("0", backoff=QUICK)
    assert fake.asked[0][0] == "/dev/video0"
    fake.plugged.clear()  # before the first read: nothing is captured until then
    frames = [source.read() for _ in range(3)]

    def plug_in() -> None:
        while source.status.state is SourceState.OPEN:
            pause.wait(0.01)
        pause.wait(0.1)
        fake.plugged.set()

    pause = threading.Event()
    helper = threading.Thread(target=plug_in)
    helper.start()
    while frames[-1].discontinuity is not Discontinuity.SOURCE:
        frames.append(source.read())
    helper.join()
    source.close()
    assert frames[-1].pts_s - frames[-2].pts_s > 0.1


class FakeCapture:
    """Stands in for cv2.VideoCapture: three pictures, then none."""

    def __init__(self, device: int | str) -> None:
        self.device = device
        self.left = 4
        self.released = False

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.left -= 1
        return (True, np.full((30, 40, 3), 9, np.uint8)) if self.left >= 0 else (False, None)

    def get(self, _: int) -> float:
        return 25.0

    def release(self) -> None:
        self.released = True


def test_opencv_where_ffmpeg_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeCamera(monkeypatch)
    fake.plugged.clear()
    captures: list[FakeCapture] = []
    monkeypatch.setattr(
        camera.cv2,
        "VideoCapture",
        lambda device: captures.append(FakeCapture(device)) or captures[-1],
    )
    source = open_camera("1", backoff=QUICK)
    assert captures[0].device == 1
    assert (source.info.width, source.info.height, source.info.rate_hz) == (40, 30, 25.0)
    frames = [source.read() for _ in range(4)]
    assert Discontinuity.SOURCE in [frame.discontinuity for frame in frames]
    assert captures[0].released
    source.close()


def test_a_camera_nobody_can_open_tells_ffmpegs_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeCamera(monkeypatch)
    fake.plugged.clear()
    monkeypatch.setattr(FakeCapture, "read", lambda _: (False, None))
    monkeypatch.setattr(camera.cv2, "VideoCapture", FakeCapture)
    with pytest.raises(SourceError, match='"Front" cannot be opened: invalid argument'):
        open_camera("/dev/video0")
    with pytest.raises(SourceError, match="cannot be opened"):
        CvConnection("7", title="camera:7")
