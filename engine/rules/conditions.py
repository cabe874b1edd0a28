"""Whether the conditions of rules hold, frame after frame, by the time of the stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.frame import Discontinuity
from engine.rules.geometry import crossing, inside
from engine.rules.model import ActionHolds, Crosses, Present, RuleBook
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.results import FrameResult
    from engine.rules.model import Rule
    from models.spec import HeadSpec

_BREAKS: Final = (Discontinuity.START, Discontinuity.SEEK, Discontinuity.SOURCE)
_LONGEST_GAP_S: Final = 2.0
# The tracker, too, looks so long for who was lost.
_LOST_S: Final = 1.0
_PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class Thing:
    """A box: what, which track (-1: none), and where it stands, as fractions of the picture."""

    label: str
    track_id: int
    foot: tuple[float, float]


class Judge:
    """Follows one stream and says which rules fire. One thread.

    A rule fires when its condition comes to hold, once, and then not before its cool-down is over.
    Jumps, other sources and gaps of more than two seconds make all conditions begin anew.

    Parameters
    ----------
    heads
        Of the model; a rule about a label that none has never fires and is in `unknown`.
    """

    def __init__(self, book: RuleBook, heads: Sequence[HeadSpec]) -> None:
        self._book, self._heads = book, tuple(heads)
        self._zones = {zone.name: zone.points for zone in book.zones}
        self._lines = {line.name: line for line in book.lines}
        boxes = next((head for head in heads if head.kind is HeadKind.BOXES), None)
        self._names = tuple(label.en for label in boxes.labels) if boxes else ()
        self._rules = [rule for rule in book.rules if rule.enabled and self._knows(rule)]
        self._since_s: dict[str, float] = {}
        self._fired_s: dict[str, float] = {}
        self._told: set[str] = set()
        self._feet: dict[int, tuple[tuple[float, float], float]] = {}
        self._last_s: float | None = None

    @property
    def unknown(self) -> list[str]:
        """Names of the rules about labels that the model does not have."""
        return [rule.name for rule in self._book.rules if not self._knows(rule)]

    def update(self, result: FrameResult, size: tuple[int, int]) -> list[tuple[Rule, str]]:
        """Take the next frame of `size` (width, height) and return who fires, and on what."""
        if not self._rules:
            return []
        self._begin_anew_after_breaks(result)
        things = self._things(result, size)
        fired = []
        for rule in self._rules:
            detail = self._detail(rule, result, things)
            if detail is not None and self._is_cool(rule, result.pts_s):
                self._fired_s[rule.name] = result.pts_s
                fired.append((rule, detail))
        self._note_feet(things, result.pts_s)
        self._last_s = result.pts_s
        return fired

    def _note_feet(self, things: list[Thing], pts_s: float) -> None:
        self._feet.update({one.track_id: (one.foot, pts_s) for one in things if one.track_id >= 0})
        self._feet = {t: foot for t, foot in self._feet.items() if pts_s - foot[1] <= _LOST_S}

    def _begin_anew_after_breaks(self, result: FrameResult) -> None:
        last_s = self._last_s
        gap = last_s is not None and not 0 <= result.pts_s - last_s <= _LONGEST_GAP_S
        if gap or result.discontinuity in _BREAKS:
            self._since_s.clear()
            self._told.clear()
            self._feet.clear()
            # Going back in a recording must not have to wait until the time is reached again.
            self._fired_s = {n: t for n, t in self._fired_s.items() if t <= result.pts_s}

    def _detail(self, rule: Rule, result: FrameResult, things: list[Thing]) -> str | None:
        """Return what makes a rule fire in this frame, in words; None where nothing does."""
        when = rule.when
        if isinstance(when, Crosses):
            return self._crossing(when, things)
        seen = (
            self._action(when, result, things)
            if isinstance(when, ActionHolds)
            else self._presence(when, things)
        )
        if seen is None:
            self._since_s.pop(rule.name, None)
            self._told.discard(rule.name)
            return None
        since_s = self._since_s.setdefault(rule.name, result.pts_s)
        # Time stamps are rounded: a second of frames must count as a second.
        if result.pts_s - since_s < when.for_s - 1e-6 or rule.name in self._told:
            return None
        self._told.add(rule.name)
        return seen

    def _action(self, when: ActionHolds, result: FrameResult, things: list[Thing]) -> str | None:
        chances = (
            float(result.actions[head.name][index])
            for head, index in self._places(when)
            if head.name in result.actions
        )
        p = max(chances, default=0.0)
        if p < when.at_least:
            return None
        if when.zone is not None and not self._count(_PERSON, when.zone, things):
            return None
        return f"{when.label} {p:.0%}"

    def _presence(self, when: Present, things: list[Thing]) -> str | None:
        count = self._count(when.label, when.zone, things)
        return f"{count} × {when.label}" if count >= when.count else None

    def _crossing(self, when: Crosses, things: list[Thing]) -> str | None:
        line, wanted = self._lines[when.line], {"to-right": 1, "to-left": -1}.get(when.direction)
        for one in things:
            before = self._feet.get(one.track_id)
            if one.label != when.label or before is None:
                continue
            way = crossing(before[0], one.foot, line.start, line.end)
            if way and wanted in (None, way):
                return f"{when.label} #{one.track_id} {'to-right' if way > 0 else 'to-left'}"
        return None

    def _count(self, label: str, zone: str | None, things: list[Thing]) -> int:
        return sum(
            one.label == label and (zone is None or inside(one.foot, self._zones[zone]))
            for one in things
        )

    def _is_cool(self, rule: Rule, pts_s: float) -> bool:
        fired_s = self._fired_s.get(rule.name)
        return fired_s is None or pts_s - fired_s >= rule.cool_down_s

    def _knows(self, rule: Rule) -> bool:
        when = rule.when
        if isinstance(when, ActionHolds):
            boxless_zone = when.zone is not None and _PERSON not in self._names
            return bool(self._places(when)) and not boxless_zone
        return when.label in self._names

    def _places(self, when: ActionHolds) -> list[tuple[HeadSpec, int]]:
        """Return the heads that have the label, and where."""
        return [
            (head, index)
            for head in self._heads
            if head.kind is HeadKind.ACTIONS and when.head in (None, head.name)
            for index, label in enumerate(head.labels)
            if label.en == when.label
        ]

    def _things(self, result: FrameResult, size: tuple[int, int]) -> list[Thing]:
        found = result.detections
        rows = zip(
            found.xyxy.tolist(), found.class_id.tolist(), found.track_id.tolist(), strict=True
        )
        return [
            Thing(
                self._names[class_id], track_id, ((box[0] + box[2]) / 2 / size[0], box[3] / size[1])
            )
            for box, class_id, track_id in rows
        ]
