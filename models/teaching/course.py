"""From takes to a tested head: what teaching comes down to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.teaching.fit import Examples, fit_head
from models.teaching.judge import leave_one_out
from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.teaching.head import TaughtHead
    from models.teaching.judge import Verdict
    from models.teaching.takes import Take

_TEST_SHARE: Final = 0.8
_FIT_STEPS: Final = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: the share done, 0..1, and the loss while the head itself is fitted."""

    share: float
    loss: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """A head, and how it did on takes that it had not seen.

    Attributes
    ----------
    labels
        Of the head, in order: the actions, then `BACKGROUND` if there were takes of it.
    """

    head: TaughtHead
    verdict: Verdict
    labels: tuple[str, ...]


def teach(
    takes: Sequence[Take],
    actions: Sequence[str],
    progress: Callable[[Progress], None] | None = None,
) -> Taught:
    """Test by leaving takes out, then fit a head on all of them.

    Parameters
    ----------
    actions
        The labels to learn; every one needs takes.
    progress
        Whatever it raises ends the work.

    Raises
    ------
    ValueError
        If an action has no take, or there is nothing to tell it from.
    """
    known = {take.label for take in takes}
    if missing := [action for action in actions if action not in known]:
        raise ValueError(f"there are no takes of {', '.join(missing)}")
    labels = (*actions, *([BACKGROUND] if BACKGROUND in known else []))
    if len(labels) < 2:
        raise ValueError("there is nothing to tell it from")

    def tell_test(share: float) -> None:
        if progress is not None:
            progress(Progress(_TEST_SHARE * share))

    steps = 0

    def tell_fit(loss: float) -> None:
        nonlocal steps
        steps += 1
        if progress is not None:
            rest = min(1.0, steps / _FIT_STEPS) * (1 - _TEST_SHARE)
            progress(Progress(_TEST_SHARE + rest, loss))

    verdict = leave_one_out(takes, labels, tell_test)
    order = {label: index for index, label in enumerate(labels)}
    examples = Examples(
        [take.examples() for take in takes], [order[take.label] for take in takes], len(labels)
    )
    return Taught(fit_head(examples, tell_fit), verdict, labels)
