"""What passes between the one who plans and those who work. All of it can be pickled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setup:
    """How every recording is watched.

    Attributes
    ----------
    bundle
        As `engine.bundle.load_bundle` takes it.
    backend
        Runtime, by name; never ``auto``, so that all workers use the same.
    threads
        Per worker; None lets the runtime find out what is fastest, for one worker alone.
    confidence
        Least confidence of a box, 0..1; None takes the bundle's thresholds.
    """

    bundle: str
    backend: str
    threads: int | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Task:
    """A recording, or a part of one, to be watched.

    Attributes
    ----------
    file_id
        Of the recording, in the ledger.
    labels
        File that the labels go to. It appears when they are complete, not before.
    start_s, end_s
        The part with start_s ≤ time < end_s; None is the beginning or the end.
    warm_up_s
        Watched before `start_s` to fill the memory, and not written down.
    """

    file_id: int
    source: Path
    labels: Path
    start_s: float | None = None
    end_s: float | None = None
    warm_up_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task.

    Attributes
    ----------
    reason
        Why it failed, one sentence for people; empty when it did not.
    frames, damaged
        Watched, and left out because they could not be decoded.
    seconds
        Of the recording, watched.
    wall_s
        That it took.
    """

    task: Task
    reason: str = ""
    frames: int = 0
    damaged: int = 0
    seconds: float = 0.0
    wall_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a task is: 0..1 of it."""

    task: Task
    share: float


class Engine(Protocol):
    """Somebody who has tasks done."""

    def run(self, tasks: Iterable[Task], setup: Setup) -> Generator[Outcome | Advance, None, None]:
        """Do all tasks, in any order; yield one `Outcome` for each, and how far they are.

        Closing the iterator ends the work.

        Raises
        ------
        engine.errors.LongtakeError
            When no task at all can be done.
        """
