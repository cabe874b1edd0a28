"""Figures of identities, and recordings whose objects keep their names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.data.splits import DataError
from models.data.track_sets import holds_tracks, read_tracked
from models.evaluation.tracks import Followed, count_tracks, track_figures

if TYPE_CHECKING:
    from pathlib import Path

_LEFT, _RIGHT = [0.1, 0.1, 0.3, 0.5], [0.6, 0.1, 0.8, 0.5]


def frames(*ids: tuple[int, int]) -> list[Followed]:
    """Return frames with one object on the left and one on the right, by their identities."""
    boxes = np.array([_LEFT, _RIGHT])
    return [Followed(np.array(pair), boxes) for pair in ids]


_TRUTH = frames(*[(1, 2)] * 10)


def test_whoever_is_always_called_the_same_is_right_whatever_the_name():
    counts = count_tracks(_TRUTH, frames(*[(70, 30)] * 10))
    assert track_figures([counts], 60.0) == {
        "idf1": 1.0,
        "switches_per_minute": 0.0,
        "recall": 1.0,
        "precision": 1.0,
    }


def test_a_swap_half_way_is_two_switches_and_half_of_the_names():
    counts = count_tracks(_TRUTH, frames(*[(7, 8)] * 5, *[(8, 7)] * 5))
    assert (counts.switches, counts.right) == (2, 10)
    assert track_figures([counts, counts], 30.0)["switches_per_minute"] == 8.0
    assert track_figures([counts], 30.0)["idf1"] == 0.5


def test_a_new_name_after_a_while_unseen_is_a_switch_and_the_old_one_is_none():
    none = Followed(np.zeros(0, np.int64), np.zeros((0, 4)))
    seen = frames(*[(7, 8)] * 4)
    back, renamed = ([*seen, none, none, *frames(*[pair] * 4)] for pair in ((7, 8), (7, 9)))
    assert count_tracks(_TRUTH, back).switches == 0
    counts = count_tracks(_TRUTH, renamed)
    assert counts.switches == 1
    assert (counts.true, counts.found, counts.matched) == (20, 16, 16)
    assert track_figures([counts], 60.0)["idf1"] == pytest.approx(2 * 12 / 36)


def test_who_is_matched_stays_matched_while_boxes_overlap():
    """A second box that fits better does not take the name away."""
    truth = [Followed(np.array([1]), np.array([_LEFT]))] * 3
    near = np.array([[0.12, 0.1, 0.32, 0.5], _LEFT])
    seen = [
        Followed(np.array([5]), near[:1]),
        Followed(np.array([5, 6]), near),
        Followed(np.array([5, 6]), near),
    ]
    assert count_tracks(truth, seen).switches == 0


def test_mot_sequences(tmp_path: Path):
    truth = tmp_path / "MOT-01/gt/gt.txt"
    truth.parent.mkdir(parents=True)
    (tmp_path / "MOT-01/seqinfo.ini").write_text(
        "[Sequence]\nname=MOT-01\nimDir=img1\nframeRate=10\nseqLength=2\nimWidth=100\nimHeight=50\n"
    )
    truth.write_text(
        "1,3,11,6,20,10,1,1,1\n2,3,21,6,20,10,1,1,1\n2,4,1,1,9,9,0,1,1\n2,5,1,1,9,9,1,8,1\n"
    )
    assert holds_tracks(tmp_path)
    (sequence,) = read_tracked(tmp_path)
    assert (sequence.path, sequence.rate_hz) == (tmp_path / "MOT-01/img1", 10.0)
    assert sequence.times_s.tolist() == [0.0, 0.1]
    assert [frame.ids.tolist() for frame in sequence.frames] == [[3], [3]]
    np.testing.assert_allclose(sequence.frames[0].xyxy, [[0.1, 0.1, 0.3, 0.3]])


def test_label_lines_beside_recordings(tmp_path: Path):
    (tmp_path / "a.mp4").write_bytes(b"")
    detection = {"xyxy": [10, 20, 30, 40], "label": "person", "confidence": 1.0, "track_id": 2}
    lines = [
        {"type": "header", "source": {"width": 100, "height": 200}},
        {"type": "frame", "pts_s": 0.5, "detections": [detection, detection | {"track_id": None}]},
        {"type": "summary"},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (recording,) = read_tracked(tmp_path)
    assert recording.frames[0].ids.tolist() == [2]
    assert recording.frames[0].labels == ("person",)
    np.testing.assert_allclose(recording.frames[0].xyxy, [[0.1, 0.1, 0.3, 0.2]])
    (tmp_path / "a.jsonl").write_text("{}\n")
    with pytest.raises(DataError, match=r"a\.jsonl holds no tracks"):
        read_tracked(tmp_path)
