"""Which frames of a recording are taken, and what happens to recordings that are broken."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.data.clips import Clip, ClipError
from models.data.examples import BalancedExamples, RecordingExamples, Timing
from models.data.recordings import load_readable, read_recording
from models.data.splits import DataError, LabelledFile
from tests.fixtures.clips import read_index

_SIZE = (320, 240)


def _file(path, span_s=None):
    return LabelledFile(path, "it", "group", span_s)


def _indices(clip: Clip) -> list[int]:
    return [read_index(frame) for frame in clip.frames]


def test_frames_are_taken_by_their_time_stamps(tmp_path, make_clip):
    path = make_clip(tmp_path / "vfr.mp4", frames=40, rate=20, vfr=True)
    clip = read_recording(_file(path), _SIZE, 10.0, 60.0)
    # Intervals of 50, 100, 50, 150 ms: at most ten frames a second leave out the short ones.
    assert np.diff(clip.times_s).min() >= 0.099
    assert _indices(clip) == list(range(0, 40, 2))
    assert clip.times_s[-1] > 3.0


def test_only_the_stretch_asked_for_is_read(tmp_path, make_clip):
    path = make_clip(tmp_path / "a.mp4", frames=40, rate=20)
    clip = read_recording(_file(path, (0.5, 1.0)), _SIZE, 31.0, 60.0)
    assert _indices(clip) == list(range(10, 21))
    assert clip.times_s[0] == 0
    with pytest.raises(ClipError, match=r"a\.mp4 has no frame from 7\.00 to 9\.00 s"):
        read_recording(_file(path, (7.0, 9.0)), _SIZE, 31.0, 60.0)


def test_of_a_long_recording_the_middle_is_kept(tmp_path, make_clip):
    path = make_clip(tmp_path / "a.mp4", frames=41, rate=20)
    clip = read_recording(_file(path), _SIZE, 31.0, 0.5)
    assert _indices(clip) == list(range(15, 26))


def test_a_folder_of_pictures_is_a_recording(tmp_path):
    for index in range(24):
        cv2.imwrite(str(tmp_path / f"{index + 1:05}.png"), np.full((8, 8, 3), index * 10, np.uint8))
    clip = read_recording(_file(tmp_path), (4, 4), 6.0, 60.0)
    assert clip.frames[:, 0, 0, 0].tolist() == list(range(0, 240, 20))
    np.testing.assert_allclose(np.diff(clip.times_s), 1 / 6)
    (tmp_path / "00003.png").write_bytes(b"no picture")
    with pytest.raises(ClipError, match="00003"):
        read_recording(_file(tmp_path), (4, 4), 6.0, 60.0)


def test_broken_files_are_left_out_counted_and_named(tmp_path, make_clip, caplog):
    good, broken, empty = (tmp_path / name for name in ("good.mp4", "broken.mp4", "empty.mp4"))
    make_clip(good, frames=10)
    broken.write_bytes(b"\0\0\0\x18ftypmp42 and then nothing that could be decoded")
    empty.touch()
    files = [_file(path) for path in (broken, good, empty)]
    kept, clips, skipped = load_readable(files, lambda f: read_recording(f, (32, 24), 31.0, 60.0))
    assert [file.path for file in kept] == [good]
    assert len(clips) == 1
    assert len(skipped) == 2
    assert "2 of 3 files skipped" in caplog.text
    assert "broken.mp4" in caplog.text
    assert "empty.mp4" in caplog.text
    with pytest.raises(DataError, match=r"broken\.mp4"):
        load_readable(files[:1], lambda f: read_recording(f, (32, 24), 31.0, 60.0))


def test_in_testing_the_middle_is_taken_at_the_rate_asked_for():
    times_s = np.arange(100) / 25
    picked = Timing(frames=8, rate_hz=5.0).pick(times_s, None)
    assert np.diff(picked).tolist() == [5] * 7
    assert abs((picked[0] + picked[-1]) / 2 - 49.5) <= 1


def test_a_recording_that_is_too_short_stands_still_at_its_end():
    picked = Timing(frames=6, rate_hz=10.0).pick(np.arange(3) / 10, None)
    assert picked.tolist() == [0, 1, 2, 2, 2, 2]


def test_in_training_place_rate_and_losses_vary_but_time_never_runs_back():
    times_s, timing = np.arange(200) / 25, Timing(frames=8, rate_hz=5.0, stretch=1.5, drop=0.2)
    drawn = [timing.pick(times_s, np.random.default_rng(seed)) for seed in range(200)]
    assert all((np.diff(picked) >= 0).all() and len(picked) == 8 for picked in drawn)
    steps = np.concatenate([np.diff(picked) for picked in drawn])
    assert steps.min() <= 4
    assert steps.max() >= 9, "nothing was ever dropped"
    assert np.std([picked[0] for picked in drawn]) > 20


def test_rare_classes_come_as_often_as_the_most_frequent():
    labels = np.array([0] * 9 + [1] * 2 + [2])
    clips = [Clip(np.full((1, 2, 2, 3), n, np.uint8), np.zeros(1)) for n in range(12)]
    examples = RecordingExamples(clips, labels, Timing(1))
    balanced = BalancedExamples(examples, labels)
    frames, _, drawn = balanced.batch(np.arange(len(balanced)), None)
    assert np.bincount(drawn.numpy()).tolist() == [9, 9, 9]
    assert set(frames[:, 0, 0, 0, 0].tolist()) == set(range(12))
