from __future__ import annotations

import numpy as np

from engine.scene_cut import SceneCutDetector


def scene(seed, shift=0):
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 256, (9, 12, 3), dtype=np.uint8) // (1 + seed % 3) + 20 * (seed % 4)
    return np.roll(np.kron(blocks, np.ones((32, 32, 1), np.uint8)).astype(np.uint8), shift, axis=1)


def run(frames):
    detector = SceneCutDetector()
    return [detector.update(picture) for picture in frames]


def test_a_cut_is_found_at_its_first_frame_and_only_there():
    found = run([*(scene(0, t) for t in range(20)), *(scene(1, t) for t in range(20))])
    assert np.flatnonzero(found).tolist() == [20]


def test_motion_is_no_cut():
    assert not any(run(scene(2, 6 * t) for t in range(60)))


def test_a_slow_fade_is_no_cut():
    start, end = scene(0).astype(float), scene(1).astype(float)
    fade = [(start + (end - start) * t / 40).astype(np.uint8) for t in range(41)]
    assert not any(run(fade))


def test_the_first_frame_is_no_cut_and_reset_forgets():
    detector = SceneCutDetector()
    assert not detector.update(scene(0))
    detector.reset()
    assert not detector.update(scene(1))


def test_restore_goes_on_exactly():
    frames = [scene(t // 9, t) for t in range(60)]
    detector = SceneCutDetector()
    first, states = [], []
    for picture in frames:
        states.append(detector.snapshot())
        first.append(detector.update(picture))
    assert any(first)
    for start in (0, 7, 9, 30):
        detector.restore(states[start])
        assert [detector.update(picture) for picture in frames[start:]] == first[start:]
