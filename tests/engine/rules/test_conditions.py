"""When rules fire, by the time of the stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.frame import Discontinuity
from engine.results import Detections, FrameResult
from engine.rules.conditions import Judge
from engine.rules.geometry import crossing, inside, side
from engine.rules.model import RuleBook, RuleError, load_rules
from models.spec import HeadKind, HeadSpec, Label

HEADS = (
    HeadSpec(
        name="objects",
        kind=HeadKind.BOXES,
        labels=(Label(en="person", zh="人"), Label(en="chair", zh="椅子")),
        thresholds=(0.3, 0.3),
    ),
    HeadSpec(
        name="actions",
        kind=HeadKind.ACTIONS,
        labels=(Label(en="standing", zh="站立"), Label(en="falling", zh="跌倒")),
        thresholds=(0.5, 0.5),
    ),
)
SIZE = (200, 100)
LEFT_HALF = {"name": "left", "points": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}
DOOR = {"name": "door", "start": [0.5, 0], "end": [0.5, 1]}


def book(when: dict, **rule: object) -> RuleBook:
    rules = [{"name": "r", "when": when, "cool_down_s": 0, **rule}]
    return RuleBook.model_validate({"rules": rules, "zones": [LEFT_HALF], "lines": [DOOR]})


def result(
    pts_s: float, falling: float = 0.0, feet: tuple[float, ...] = (), mark=None
) -> FrameResult:
    """People, tracks 1, 2, …, whose feet are at so many shares of the width."""
    boxes = [[x * 200 - 10, 20, x * 200 + 10, 80] for x in feet]
    n = len(feet)
    found = Detections(
        np.array(boxes, np.float32).reshape(n, 4),
        np.full(n, 0.9, np.float32),
        np.zeros(n, np.int32),
        np.arange(1, n + 1, dtype=np.int32),
    )
    actions = {"actions": np.array([0.1, falling], np.float32)}
    return FrameResult(round(pts_s * 30), pts_s, found, actions, mark)


def fired_at(rules: RuleBook, results) -> list[float]:
    judge = Judge(rules, HEADS)
    return [one.pts_s for one in results if judge.update(one, SIZE)]


FALL = {"kind": "action", "label": "falling", "at_least": 0.6, "for_s": 1.0}


def test_an_action_has_to_last_by_the_stream_not_by_frames() -> None:
    for rate in (5, 30):
        steps = [i / rate for i in range(3 * rate)]
        falls = [result(t, 0.7 if t >= 0.5 else 0.2) for t in steps]
        (when_s,) = fired_at(book(FALL), falls)
        assert when_s == pytest.approx(1.5, abs=1e-6 + 1 / rate / 2)


def test_an_interruption_begins_anew() -> None:
    falls = [result(i / 10, 0.0 if i == 7 else 0.9) for i in range(25)]
    assert fired_at(book(FALL), falls) == [pytest.approx(1.8)]


def test_it_fires_once_while_it_holds_and_again_the_next_time() -> None:
    shape = [0.9] * 30 + [0.1] + [0.9] * 30
    falls = [result(i / 10, p) for i, p in enumerate(shape)]
    assert fired_at(book(FALL), falls) == [pytest.approx(1.0), pytest.approx(4.1)]
    assert fired_at(book(FALL, cool_down_s=3.5), falls) == [pytest.approx(1.0)]


@pytest.mark.parametrize("mark", [Discontinuity.SEEK, Discontinuity.SOURCE])
def test_breaks_begin_anew(mark: Discontinuity) -> None:
    falls = [result(i / 10, 0.9, mark=mark if i == 8 else None) for i in range(15)]
    assert fired_at(book(FALL), falls) == []


def test_gaps_begin_anew_and_going_back_forgets_the_cool_down() -> None:
    times = [0.0, 0.5, 3.0, 3.5]
    assert fired_at(book(FALL), [result(t, 0.9) for t in times]) == []
    times = [10, 10.5, 11, 1, 1.5, 2.0]
    assert fired_at(book(FALL, cool_down_s=60), [result(t, 0.9) for t in times]) == [11, 2.0]


def test_an_action_in_a_zone_needs_somebody_there() -> None:
    rules = book(FALL | {"for_s": 0, "zone": "left"})
    assert fired_at(rules, [result(0, 0.9, (0.8,)), result(0.1, 0.9)]) == []
    assert fired_at(rules, [result(0, 0.9, (0.8, 0.3))]) == [0]


def test_presence_counts() -> None:
    rules = book({"kind": "present", "label": "person", "count": 2, "for_s": 0, "zone": "left"})
    frames = [result(0, feet=(0.2, 0.7)), result(0.1, feet=(0.2, 0.3)), result(0.2, feet=(0.1,))]
    assert fired_at(rules, frames) == [0.1]


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("any", [0.2, 0.4]), ("to-left", [0.2]), ("to-right", [0.4])],
)
def test_crossing_a_line_by_direction(direction: str, expected: list[float]) -> None:
    # Walking down the line from its start at the top, the left of the picture is on the right.
    places = [0.3, 0.45, 0.55, 0.7, 0.4]
    frames = [result(i / 10, feet=(x,)) for i, x in enumerate(places)]
    rules = book({"kind": "crosses", "line": "door", "direction": direction})
    assert fired_at(rules, frames) == pytest.approx(expected)


def test_a_track_that_is_lost_for_a_moment_still_crosses() -> None:
    frames = [result(0, feet=(0.4,)), result(0.1), result(0.2), result(0.3, feet=(0.6,))]
    assert fired_at(book({"kind": "crosses", "line": "door"}), frames) == [0.3]


def test_unknown_labels_are_told_and_switched_off_rules_rest() -> None:
    rules = book({"kind": "action", "label": "flying", "for_s": 0})
    assert Judge(rules, HEADS).unknown == ["r"]
    assert fired_at(rules, [result(0, 1.0)]) == []
    assert fired_at(book(FALL | {"for_s": 0}, enabled=False), [result(0, 1.0)]) == []


SQUARE = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
shares = st.floats(0, 1, allow_nan=False)


@given(shares, shares)
def test_inside_a_square(x: float, y: float) -> None:
    if min(abs(x - 0.2), abs(x - 0.8), abs(y - 0.2), abs(y - 0.8)) > 1e-6:
        assert inside((x, y), SQUARE) is (0.2 < x < 0.8 and 0.2 < y < 0.8)


@given(st.tuples(shares, shares), st.tuples(shares, shares))
def test_a_crossing_back_is_the_opposite_one(a: tuple, b: tuple) -> None:
    line = ((0.5, 0.1), (0.6, 0.9))
    if all(abs(side(p, *line)) > 1e-6 for p in (a, b)):
        assert crossing(a, b, *line) == -crossing(b, a, *line)


def test_passing_beyond_the_end_of_a_line_is_no_crossing() -> None:
    assert crossing((0, 0.95), (1, 0.95), (0.5, 0), (0.5, 0.9)) == 0
    assert crossing((0, 0.5), (1, 0.5), (0.5, 0), (0.5, 0.9)) == -1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "JSON"),
        ('{"rules":[{"name":"a","when":{"kind":"dance"}}]}', "rules.0.when"),
        ('{"rules":[{"name":"a","when":{"kind":"crosses","line":"x"}}]}', "line that is not there"),
        ('{"zones":[{"name":"z","points":[[0,0],[1,1]]}]}', "zones.0.points"),
        ('{"rools":[]}', "rools"),
    ],
)
def test_what_is_wrong_in_a_file_is_told(tmp_path, text: str, told: str) -> None:
    (tmp_path / "rules.json").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=rf"(?s)rules\.json.*{told}"):
        load_rules(tmp_path / "rules.json")


def test_a_missing_file_is_told(tmp_path) -> None:
    with pytest.raises(RuleError, match="cannot be read"):
        load_rules(tmp_path / "rules.json")
