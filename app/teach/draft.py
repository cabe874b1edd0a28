"""A lesson in the making: actions and takes, every change of which can be undone. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.lessons.store import Lesson
    from models.spec import Label
    from models.teaching.course import Taught
    from models.teaching.takes import Take

_UNDO_LIMIT: Final = 100
AUTOMATIC: Final = "rest-"
"""Beginning of the ids of takes that were cut out of what nobody marked."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Everything there is to a lesson before it is kept.

    Attributes
    ----------
    actions
        In the order they were named.
    addresses
        Of takes that can be looked at again, by their ids.
    taught
        What was learnt from exactly these takes; None after a change.
    """

    actions: tuple[Label, ...] = ()
    takes: tuple[Take, ...] = ()
    addresses: Mapping[str, str] | None = None
    taught: Taught | None = None

    def of(self, label: str) -> list[Take]:
        """Return the takes of an action, or of `BACKGROUND`."""
        return [take for take in self.takes if take.label == label]

    @property
    def ready(self) -> bool:
        """Whether every action has a take."""
        return bool(self.actions) and all(self.of(action.en) for action in self.actions)

    def intervals(self, address: str) -> list[tuple[float, float]]:
        """Return what is marked in a recording, what is background by a mark included."""
        known = self.addresses or {}
        return [
            (take.start_s, take.end_s)
            for take in self.takes
            if known.get(take.id) == address and not take.id.startswith(AUTOMATIC)
        ]


class Drafting:
    """The draft as it is now, and as it was before each change."""

    def __init__(self, draft: Draft | None = None) -> None:
        self._now = draft or Draft()
        self._past: list[Draft] = []

    @property
    def now(self) -> Draft:
        """The draft as it is."""
        return self._now

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to take back."""
        return bool(self._past)

    def undo(self) -> None:
        """Take the last change back."""
        if self._past:
            self._now = self._past.pop()

    def name_action(self, label: Label) -> bool:
        """Add an action; False if there is one of this name."""
        if label.en == BACKGROUND or any(label.en == action.en for action in self._now.actions):
            return False
        self._change(actions=(*self._now.actions, label))
        return True

    def drop_action(self, name: str) -> None:
        """Remove an action with its takes."""
        gone = {take.id for take in self._now.of(name)}
        self._change(
            actions=tuple(action for action in self._now.actions if action.en != name),
            takes=tuple(take for take in self._now.takes if take.label != name),
            addresses={k: v for k, v in (self._now.addresses or {}).items() if k not in gone},
        )

    def add_takes(self, takes: Sequence[Take], addresses: Mapping[str, str]) -> None:
        """Add takes; what was background by itself and overlaps one of an action goes."""
        kept = [take for take in self._now.takes if not self._overruled(take, takes, addresses)]
        known = {**(self._now.addresses or {}), **addresses}
        self._change(takes=(*kept, *takes), addresses=known)

    def drop_take(self, take_id: str) -> None:
        """Remove one take."""
        self._change(takes=tuple(take for take in self._now.takes if take.id != take_id))

    def learnt(
        self, taught: Taught, rest: Sequence[Take] = (), addresses: Mapping[str, str] | None = None
    ) -> None:
        """Note what was learnt from the draft as it is, with background that nobody marked."""
        self._change(
            takes=(*self._now.takes, *rest),
            addresses={**(self._now.addresses or {}), **(addresses or {})},
        )
        self._now = replace(self._now, taught=taught)

    def new_id(self, stem: str) -> str:
        """Return an id that no take has."""
        taken = {take.id for take in self._now.takes}
        number = 1
        while f"{stem}-{number}" in taken:
            number += 1
        return f"{stem}-{number}"

    def _change(self, **changes: object) -> None:
        self._past = [*self._past[-_UNDO_LIMIT:], self._now]
        self._now = replace(self._now, taught=None, **changes)  # type: ignore[arg-type]

    def _overruled(self, take: Take, newer: Sequence[Take], addresses: Mapping[str, str]) -> bool:
        if not take.id.startswith(AUTOMATIC):
            return False
        address = (self._now.addresses or {}).get(take.id)
        return any(
            addresses.get(other.id) == address
            and not other.id.startswith(AUTOMATIC)
            and take.start_s < other.end_s
            and other.start_s < take.end_s
            for other in newer
        )


def draft_of(lesson: Lesson, takes: Sequence[Take]) -> Draft:
    """Return a kept lesson as a draft, to be gone on with."""
    return Draft(
        lesson.manifest.labels,
        tuple(takes),
        {record.id: record.address for record in lesson.manifest.takes if record.address},
    )
