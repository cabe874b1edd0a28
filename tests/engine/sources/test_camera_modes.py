"""Sizes and rates of cameras, as a driver would tell them."""

from __future__ import annotations

import struct

import pytest

from engine.errors import SourceError
from engine.sources.camera_modes import (
    ENUM_FORMATS,
    ENUM_INTERVALS,
    ENUM_SIZES,
    CameraMode,
    list_modes,
    split_mode,
)

DISCRETE, STEPWISE = 1, 3
MJPG, YUYV, ODD = (struct.unpack("<I", code)[0] for code in (b"MJPG", b"YUYV", b"WXYZ"))


class Webcam:
    """Answers as a driver does: one entry a request, None after the last."""

    def __init__(self) -> None:
        self.formats = (MJPG, YUYV, ODD)
        self.sizes = {MJPG: ((1280, 720), (640, 480)), YUYV: "any"}
        self.rates = {
            (MJPG, 1280, 720): ((1, 30), (1, 15)),
            (MJPG, 640, 480): ((1001, 30000),),
        }

    def ask(self, request: int, data: bytes) -> bytes | None:
        return {ENUM_FORMATS: self.format, ENUM_SIZES: self.size, ENUM_INTERVALS: self.interval}[
            request
        ](data)

    def format(self, data: bytes) -> bytes | None:
        index = struct.unpack_from("I", data)[0]
        if index >= len(self.formats):
            return None
        return struct.pack("3I32sI4I", index, 1, 0, b"a format", self.formats[index], 0, 0, 0, 0)

    def size(self, data: bytes) -> bytes | None:
        index, code = struct.unpack_from("2I", data)
        sizes = self.sizes[code]
        if sizes == "any":
            return struct.pack("11I", index, code, STEPWISE, 320, 800, 16, 200, 600, 16, 0, 0)
        if index >= len(sizes):
            return None
        return struct.pack("11I", index, code, DISCRETE, *sizes[index], *[0] * 6)

    def interval(self, data: bytes) -> bytes | None:
        index, code, width, height = struct.unpack_from("4I", data)
        rates = self.rates.get((code, width, height), ())
        if index >= len(rates):
            return None
        return struct.pack("13I", index, code, width, height, DISCRETE, *rates[index], *[0] * 6)


def test_what_a_webcam_offers() -> None:
    assert list_modes("/dev/video0", Webcam().ask) == [
        CameraMode(1280, 720, 30.0, "mjpeg"),
        CameraMode(1280, 720, 15.0, "mjpeg"),
        CameraMode(640, 480, 29.97, "mjpeg"),
        CameraMode(640, 480, 0.0, "yuyv422"),
        CameraMode(320, 240, 0.0, "yuyv422"),
    ]


def test_a_driver_that_answers_nothing_offers_nothing() -> None:
    assert list_modes("/dev/video0", lambda request, data: None) == []
    assert list_modes("/dev/no-such-camera") == []


def test_a_mode_goes_into_the_address_and_comes_out_again() -> None:
    mode = CameraMode(1280, 720, 29.97, "mjpeg")
    address = mode.address("camera:/dev/video0")
    assert address == "camera:/dev/video0?size=1280x720&rate=29.97&format=mjpeg"
    assert split_mode(address.removeprefix("camera:")) == ("/dev/video0", mode)
    assert split_mode("/dev/video0") == ("/dev/video0", None)
    assert mode.wishes() == {
        "video_size": "1280x720",
        "framerate": "29.97",
        "input_format": "mjpeg",
    }
    assert CameraMode(640, 480).wishes() == {"video_size": "640x480"}


@pytest.mark.parametrize("query", ["size=1280", "size=axb", "rate=30", "size=1x2&rate=fast"])
def test_nonsense_is_refused(query: str) -> None:
    with pytest.raises(SourceError, match="mode"):
        split_mode(f"/dev/video0?{query}")
