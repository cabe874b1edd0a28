"""Labels in time: parsing, what is known, who is split from whom."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.data.action_sets import (
    READERS,
    Interval,
    LabelledClip,
    lacking,
    parse_intervals,
    read_fight,
    read_interaction,
    read_weizmann,
)


def test_a_label_can_hold_in_several_intervals() -> None:
    found = list(parse_intervals("Exercising[0 to 3]; Standing[0 to 0.3; 1.5 to 2.2]"))
    assert found == [
        Interval("exercising", 0.0, 3.0),
        Interval("standing", 0.0, 0.3),
        Interval("standing", 1.5, 2.2),
    ]


@pytest.mark.parametrize(
    "raw", ["Falling (BW)[0.4 to 4]", "Falling (SW) [0.4 to 4] ; ", "Fall (FW)[0.4 to 4]"]
)
def test_every_way_to_fall_is_falling(raw: str) -> None:
    assert list(parse_intervals(raw)) == [Interval("falling", 0.4, 4.0)]


def _clip(*intervals: Interval, **known: frozenset[str]) -> LabelledClip:
    return LabelledClip(Path("a.mp4"), "set", "someone", intervals, **known)


def test_targets_follow_the_intervals_and_leave_their_edges_out() -> None:
    times = np.arange(0, 4, 0.1)
    truth, weight = _clip(Interval("walking", 1.0, 3.0)).targets(("walking", "sitting"), times)
    assert truth[:, 0].tolist() == [float(0.999 < t < 3.001) for t in times]
    assert not truth[:, 1].any()
    unsure = times[weight[:, 0] == 0]
    assert unsure.min() >= 0.84 and unsure.max() <= 3.16 and len(unsure) >= 4
    assert weight[:, 1].all()


def test_what_nobody_annotated_is_unknown_not_absent() -> None:
    times = np.arange(0, 2, 0.5)
    _, weight = _clip(
        Interval("waving one hand", 0, np.inf), unknown=frozenset({"standing"})
    ).targets(("standing", "waving one hand"), times)
    assert not weight[:, 0].any()
    assert weight[:, 1].all()


def test_labels_unknown_outside_intervals_are_known_within() -> None:
    times = np.arange(0, 4, 0.1)
    clip = _clip(Interval("falling", 1.0, 2.0), unknown_outside=frozenset({"walking"}))
    _, weight = clip.targets(("walking", "falling"), times)
    assert weight[(times > 1.01) & (times < 1.99), 0].all()
    assert not weight[(times < 0.99) | (times > 2.01), 0].any()


def _touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_weizmann_is_grouped_by_person(tmp_path: Path) -> None:
    for name in ("wave1/ira_wave1", "walk/ira_walk", "walk/eli_walk"):
        _touch(tmp_path / f"{name}.mp4")
    clips = {clip.key: clip for clip in read_weizmann(tmp_path)}
    assert {clip.group for clip in clips.values()} == {"ira", "eli"}
    assert clips["weizmann-ira_wave1"].intervals[0].label == "waving one hand"
    assert "standing" in clips["weizmann-ira_wave1"].unknown


def test_fight_keeps_neighbouring_numbers_together(tmp_path: Path) -> None:
    for number in range(1, 21):
        _touch(tmp_path / f"fight/fi{number:03}.mp4")
        _touch(tmp_path / f"normal/nofi{number:03}.mp4")
    blocks = [clip.group for clip in read_fight(tmp_path) if "nofi" in clip.path.stem]
    assert blocks == sorted(blocks)
    assert [blocks.count(block) for block in sorted(set(blocks))] == [4] * 5


def test_interaction_keeps_what_was_cut_from_one_sequence_together(tmp_path: Path) -> None:
    for sequence in range(1, 8):
        for number, name in enumerate(("hug", "none")):
            _touch(tmp_path / f"{name}/set1_seq{sequence:02}_{number:03}.mp4")
    groups: dict[str, set[str]] = {}
    for clip in read_interaction(tmp_path):
        groups.setdefault(clip.path.stem[:10], set()).add(clip.group)
    assert all(len(own) == 1 for own in groups.values())
    assert len(set().union(*groups.values())) == 5


def test_a_clip_that_lacks_something_says_nothing_else() -> None:
    times = np.arange(0, 2, 0.5)
    clip = lacking(_clip(Interval("hug", 0, np.inf)), ["falling"], ["falling", "walking"])
    truth, weight = clip.targets(("falling", "walking"), times)
    assert not truth.any()
    assert weight[:, 0].all()
    assert not weight[:, 1].any()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "clips", "groups"),
    [("weizmann", 70, 7), ("room", 15, 2), ("interaction", 187, 5), ("tennis", 301, 5)],
)
def test_real_sets_are_read_whole(shared_dir: Path, name: str, clips: int, groups: int) -> None:
    found = list(READERS[name](shared_dir / "data" / name))
    assert len(found) == clips
    assert len({clip.group for clip in found}) == groups
    assert len({clip.key for clip in found}) == clips
    assert all(clip.path.is_file() for clip in found)
    assert {interval.label for clip in found for interval in clip.intervals} & {
        "walking",
        "hug",
        "serve",
    }
