"""Decoding by real time, and changes that are the same for a whole clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.data.clip_augment import augment_clip
from models.data.clips import ClipError, read_clip

if TYPE_CHECKING:
    from pathlib import Path


def test_times_are_those_of_the_recording(tmp_path: Path, make_clip) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=40, rate=20, vfr=True, b_frames=True)
    clip = read_clip(path, (64, 48), most_hz=1000)
    assert clip.frames.shape == (40, 48, 64, 3)
    gaps = np.diff(clip.times_s)
    assert clip.times_s[0] == 0 and (gaps > 0).all()
    assert gaps.max() > 1.3 * gaps.min()


def test_no_faster_than_asked(tmp_path: Path, make_clip) -> None:
    clip = read_clip(make_clip(tmp_path / "a.mp4", frames=60, rate=30), (64, 48), most_hz=10)
    assert len(clip.times_s) == 20
    np.testing.assert_allclose(np.diff(clip.times_s), 0.1, atol=1e-6)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film at all" * 100)
    with pytest.raises(ClipError, match=r"broken\.mp4"):
        read_clip(tmp_path / "broken.mp4", (64, 48))


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    rng = np.random.default_rng(0)
    small = rng.integers(40, 200, (1, 6, 8, 3), dtype=np.uint8)
    still = small.repeat(12, axis=1).repeat(12, axis=2)
    return still.repeat(4, axis=0)


def test_first_variants_are_the_clip_and_its_mirror_image(frames: np.ndarray) -> None:
    np.testing.assert_array_equal(augment_clip(frames, 0, 1), frames)
    np.testing.assert_array_equal(augment_clip(frames, 1, 1), frames[:, :, ::-1])


def test_random_variants_can_be_repeated(frames: np.ndarray) -> None:
    np.testing.assert_array_equal(augment_clip(frames, 2, 9), augment_clip(frames, 2, 9))
    assert (augment_clip(frames, 2, 9) != augment_clip(frames, 2, 10)).any()
    assert (augment_clip(frames, 2, 9) != augment_clip(frames, 4, 9)).any()


@pytest.mark.parametrize("seed", range(4))
def test_a_still_clip_stays_still(frames: np.ndarray, seed: int) -> None:
    """One change per clip: only sensor noise may differ between its frames."""
    changed = augment_clip(frames, 2, seed).astype(float)
    assert changed.shape == frames.shape
    assert np.abs(changed - changed.mean(axis=0)).mean() < 8
    assert np.abs(changed[0] - frames[0]).mean() > 2
