from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest

from engine.picture import ArrayPicture, AvPicture, Scaler
from tests.fixtures.clips import picture as draw


def quadrants(width: int, height: int) -> np.ndarray:
    """Red, green / blue, white: tells every turn and mirroring apart."""
    image = np.zeros((height, width, 3), np.uint8)
    top, left = slice(None, height // 2), slice(None, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    image[top, left] = (255, 0, 0)
    image[top, right] = (0, 255, 0)
    image[bottom, left] = (0, 0, 255)
    image[bottom, right] = (255, 255, 255)
    return image


def picture(rgb: np.ndarray, *, rotation: int = 0, layout: str = "yuv444p") -> AvPicture:
    height, width = rgb.shape[:2]
    if rotation % 180:
        width, height = height, width
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    frame = frame.reformat(format=layout)
    return AvPicture(frame, Scaler(), rotation=rotation, width=width, height=height)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("layout", ["yuv444p", "rgb24", "bgra"])
def test_turns_counter_clockwise(rotation: int, layout: str) -> None:
    stored = quadrants(96, 64)
    expected = np.rot90(stored, rotation // 90)
    shown = picture(stored, rotation=rotation, layout=layout)
    rgb = shown.rgb(shown.width, shown.height)
    bgra = shown.bgra()
    assert rgb.shape == expected.shape
    # Colours bleed where the quadrants meet, since chroma is halved on the way.
    inner = (np.indices(expected.shape[:2]) % 16 // 4 % 3 > 0).all(axis=0)
    assert np.abs(rgb.astype(int) - expected)[inner].max() <= 6
    assert np.abs(bgra[..., 2::-1].astype(int) - expected)[inner].max() <= 6
    assert rgb.flags.c_contiguous
    assert bgra.flags.c_contiguous


def test_size_and_layout_of_results() -> None:
    shown = picture(quadrants(100, 60), rotation=90)
    assert (shown.width, shown.height) == (60, 100)
    small = shown.rgb(33, 47)
    assert small.shape == (47, 33, 3)
    assert small.dtype == np.uint8
    assert small.flags.c_contiguous
    assert small[2, 2].tolist() == pytest.approx([0, 255, 0], abs=6)  # top right came to top left


@pytest.mark.parametrize("layout", ["yuva420p", "bgra", "rgba"])
def test_alpha_is_opaque_even_where_the_picture_is_not(layout: str) -> None:
    rgba = np.zeros((32, 32, 4), np.uint8)
    frame = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format=layout)
    shown = AvPicture(frame, Scaler(), rotation=0, width=32, height=32)
    assert (shown.bgra()[..., 3] == 255).all()


@pytest.mark.parametrize("layout", ["yuv420p", "bgra"])
def test_drawing_on_a_result_does_not_show_in_the_next(layout: str) -> None:
    shown = picture(quadrants(64, 64), layout=layout)
    before = shown.bgra().copy()
    shown.bgra()[:] = 7
    assert np.array_equal(shown.bgra(), before)


def test_same_bits_in_every_thread_and_order() -> None:
    scaler = Scaler()
    frames = [
        av.VideoFrame.from_ndarray(draw(index, (642, 362)), format="rgb24").reformat(
            format="yuv420p"
        )
        for index in range(4)
    ]
    shown = [AvPicture(f, scaler, rotation=0, width=642, height=362) for f in frames]
    sizes = [(224, 224), (320, 320), (641, 361), (33, 17)]
    fresh = {
        (index, size): AvPicture(frames[index], Scaler(), rotation=0, width=642, height=362).rgb(
            *size
        )
        for index in range(4)
        for size in sizes
    }

    def differs(turn: int) -> bool:
        index, size = turn % 4, sizes[turn // 4 % 4]
        shown[index].bgra()
        return not np.array_equal(shown[index].rgb(*size), fresh[index, size])

    with ThreadPoolExecutor(4) as threads:
        assert not any(threads.map(differs, range(160)))


@pytest.mark.parametrize("width", range(174, 192, 2))
def test_the_last_columns_are_the_pictures_whatever_its_width(width: int) -> None:
    colours = np.random.default_rng(width).integers(0, 256, (24, width, 3), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(colours, format="rgb24").reformat(format="yuv420p")
    shown = AvPicture(frame, Scaler(), rotation=0, width=width, height=24)
    drawn = shown.bgra()[..., 2::-1].astype(int)
    assert np.abs(drawn - shown.rgb(width, 24)).max() <= 4
    assert drawn.shape == (24, width, 3)


def test_array_picture() -> None:
    rgb = quadrants(40, 20)
    shown = ArrayPicture(np.ascontiguousarray(rgb[..., ::-1]))
    assert (shown.width, shown.height) == (40, 20)
    assert np.array_equal(shown.rgb(40, 20), rgb)
    assert shown.rgb(10, 8).shape == (8, 10, 3)
    image = shown.bgra()
    assert np.array_equal(image[..., 2::-1], rgb)
    assert (image[..., 3] == 255).all()
    image[:] = 0
    assert np.array_equal(shown.rgb(40, 20), rgb)
