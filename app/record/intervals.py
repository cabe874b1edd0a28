"""Recognised intervals of a stream that may be played in any order, and more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.recognitions import Recognition, RecognitionTracker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.results import FrameResult
    from models.spec import HeadSpec

_LIMIT: Final = 3000
_ROLL_OVER: Final = 300


class IntervalLog:
    """Follows what is recognised over each stretch that is played, and joins the stretches.

    Of a stream that never ends the latest are kept.
    """

    def __init__(self, heads: Sequence[HeadSpec]) -> None:
        self._heads = tuple(heads)
        self._tracker = RecognitionTracker(self._heads)
        self._finished: list[Recognition] = []

    def put(self, result: FrameResult, *, follows: bool) -> None:
        """Take note of a frame; `follows` says that it comes right after the one noted last."""
        many = len(self._tracker.closed) > _ROLL_OVER and not self._tracker.open
        if not follows or many:
            merged = merge([*self._finished, *self._tracker.finish()])
            self._finished = sorted(merged, key=lambda one: one.start_s)[-_LIMIT:]
            self._tracker = RecognitionTracker(self._heads)
        self._tracker.update(result)

    def intervals(self) -> list[Recognition]:
        """Return what was recognised when, the unfinished included."""
        return merge([*self._finished, *self._tracker.closed, *self._tracker.open])


def merge(intervals: Sequence[Recognition]) -> list[Recognition]:
    """Join overlapping intervals of the same label, as replaying a stretch makes them."""
    merged: list[Recognition] = []
    for one in sorted(intervals, key=lambda r: (r.head, r.label, r.start_s)):
        last = merged[-1] if merged else None
        if last and (last.head, last.label) == (one.head, one.label) and one.start_s <= last.end_s:
            merged[-1] = Recognition(
                last.head,
                last.label,
                last.start_s,
                max(last.end_s, one.end_s),
                max(last.peak, one.peak),
            )
        else:
            merged.append(one)
    return merged
