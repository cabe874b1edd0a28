from __future__ import annotations

import numpy as np
import pytest

from benchmarks.scene_cut import Tally as Cuts
from benchmarks.scene_cut import choose, count, read_clip, splices
from engine.scene_cut import SceneCutDetector


def _scene(seed, brightness):
    """A still scene of large patches, (224, 224, 3) RGB."""
    patches = np.random.default_rng(seed).integers(-40, 40, (7, 7, 1)) + brightness
    return np.repeat(np.kron(patches, np.ones((32, 32, 1))), 3, axis=2).astype(np.uint8)


def _found(frames, detector=None):
    detector = detector or SceneCutDetector()
    return [i for i, frame in enumerate(frames) if detector.update(frame)]


A, B = _scene(0, 80), _scene(1, 170)


def test_a_cut_is_found_at_its_frame_and_once():
    assert _found([A] * 5 + [B] * 5 + [A] * 5) == [5, 10]


def test_a_still_picture_has_none():
    assert _found([A] * 20) == []


def test_a_pan_has_none():
    wide = np.hstack((A, B, A))
    assert _found([wide[:, i * 4 : i * 4 + 224].copy() for i in range(60)]) == []


def test_a_fade_has_none():
    shares = np.linspace(0, 1, 40)
    assert _found([(A * (1 - s) + B * s).astype(np.uint8) for s in shares]) == []


def test_a_cut_amid_motion_is_found():
    wide = np.hstack((A, A[:, ::-1]))
    moving = [wide[:, i * 2 : i * 2 + 224].copy() for i in range(20)]
    assert _found([*moving, *(255 - frame for frame in moving)]) == [20]


@pytest.mark.parametrize("size", [(64, 48), (320, 320), (20, 16)])
def test_any_size_of_input_will_do(size):
    height, width = size[1], size[0]
    assert _found([A[:height, :width]] * 4 + [(255 - A)[:height, :width]] * 2) == [4]


def test_reset_forgets_the_scene():
    detector = SceneCutDetector()
    _found([A] * 5, detector)
    detector.reset()
    assert not detector.update(B)


def test_what_is_restored_goes_on_the_same():
    detector = SceneCutDetector()
    random = np.random.default_rng(2)
    frames = [np.clip(A + random.normal(0, 6, A.shape), 0, 255).astype(np.uint8) for _ in range(6)]
    _found(frames, detector)
    state = detector.snapshot()
    rest = [*frames[3:], B, B, A]
    first = _found(rest, detector)
    detector.restore(state)
    assert _found(rest, detector) == first == [3, 5]


@pytest.mark.shared
def test_splices_of_held_out_recordings(shared_dir):
    clips = [read_clip(path) for path in choose(shared_dir / "data", test=True)["tennis"][:4]]
    cuts = Cuts()
    for frames, cut in splices(clips):
        count(cuts, frames, cut)
    assert cuts.right == 4
    assert cuts.wrong <= 1
