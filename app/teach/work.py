"""What teaching does in threads: looking at takes, and learning from them. Knows no Qt."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.teach.draft import AUTOMATIC, draft_of
from engine.lessons.material import TeachingError
from models.teaching.course import Progress, teach
from models.teaching.fit import CancelledError
from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from app.teach.draft import Draft
    from engine.bundle import Bundle
    from engine.lessons.store import Lesson
    from engine.lessons.viewing import Moment, Part, Viewer
    from models.spec import Label
    from models.teaching.course import Taught
    from models.teaching.takes import Take

_PIECES: Final = 4


@dataclass(eq=False)
class Ticket:
    """A piece of work under way: read by the window, written by the thread.

    Attributes
    ----------
    losses
        One after each step of the fit.
    """

    share: float = 0.0
    losses: list[float] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """End the work if nobody wants it any more."""
        if self.cancelled.is_set():
            raise CancelledError

    def note(self, progress: Progress) -> None:
        """Take progress from `models.teaching.course.teach`."""
        self.check()
        self.share = progress.share
        if progress.loss is not None:
            self.losses.append(progress.loss)


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What was learnt, and the background that was looked at for it.

    Attributes
    ----------
    addresses
        Of the background, by the ids of its takes.
    """

    taught: Taught
    rest: tuple[Take, ...]
    addresses: dict[str, str]


class Workbench:
    """A runtime of its own, loaded when first needed; one piece of work at a time.

    Parameters
    ----------
    bundle
        Address of the bundle to teach; lessons on it are left out.
    """

    def __init__(self, bundle: str, backend: str) -> None:
        self._address, self._backend_name = bundle.split("+")[0], backend
        self._lock = threading.Lock()
        self._viewer: Viewer | None = None
        self._bundle: Bundle | None = None

    @property
    def bundle_name(self) -> str:
        """Address of the bundle, without lessons."""
        return self._address

    def look(self, part: Part, ticket: Ticket) -> Take | None:
        """Look at a part of a recording; None when cancelled."""
        with self._lock:
            try:
                return self._viewing().view_part(part, ticket.check)
            except CancelledError:
                return None

    def look_at(self, part: Part, title: str, moments: list[Moment]) -> Take:
        """Look at what was recorded from a camera."""
        with self._lock:
            return self._viewing().view(part, title, moments)

    def learn(self, draft: Draft, ticket: Ticket) -> Learnt | None:
        """Learn; before that, look at what nobody marked as background. None when cancelled.

        Raises
        ------
        TeachingError
            If there is nothing to learn.
        """
        with self._lock:
            try:
                parts = self._parts_of_rest(draft)
                rest = tuple(self._viewing().view_part(part, ticket.check) for part in parts)
                actions = [action.en for action in draft.actions]
                taught = teach([*draft.takes, *rest], actions, ticket.note)
            except CancelledError:
                return None
            except ValueError as error:
                raise TeachingError(
                    f"This cannot be learnt: {error}.",
                    "Record what is none of the actions, or a second action.",
                ) from error
        return Learnt(taught, rest, {part.id: part.address for part in parts})

    def keep(
        self, name: str, title: Label, draft: Draft, taught: Taught, thresholds: dict[str, float]
    ) -> Lesson:
        """Save a lesson; see `engine.lessons.learning.keep_lesson`."""
        from engine.lessons.learning import keep_lesson

        with self._lock:
            viewer = self._viewing()
            if self._bundle is None:
                raise TeachingError("There is no model to keep it for.")
            return keep_lesson(
                name,
                title,
                self._bundle,
                viewer,
                draft.takes,
                taught,
                addresses=draft.addresses or {},
                chinese={action.en: action.zh for action in draft.actions},
                thresholds=thresholds,
            )

    def load(self, name: str) -> tuple[Lesson, Draft]:
        """Return a lesson kept before, and the draft to go on with."""
        from engine.lessons.store import load_lesson, load_takes

        lesson = load_lesson(self._address, name)
        return lesson, draft_of(lesson, load_takes(lesson))

    def close(self) -> None:
        """Release the model, once nothing uses it."""
        with self._lock:
            if self._viewer is not None:
                self._viewer.backend.close()
                self._viewer = None

    def _viewing(self) -> Viewer:
        if self._viewer is None:
            from engine.backends import create_backend
            from engine.bundle import load_bundle
            from engine.lessons.viewing import Viewer

            self._bundle = load_bundle(self._address)
            backend = create_backend(self._bundle, self._backend_name)
            self._viewer = Viewer(self._bundle.manifest, backend)
        return self._viewer

    def _parts_of_rest(self, draft: Draft) -> list[Part]:
        """Return the background of recordings of which none was looked at yet."""
        known = draft.addresses or {}
        done = {known.get(take.id) for take in draft.takes if take.id.startswith(AUTOMATIC)}
        parts: list[Part] = []
        for address in dict.fromkeys(known.values()):
            if address not in done and draft.intervals(address):
                parts += _rest_of(address, draft, len(parts))
        return parts


def _rest_of(address: str, draft: Draft, before: int) -> list[Part]:
    from engine.lessons.viewing import Part, background_parts
    from engine.sources import open_source

    source = open_source(address)
    try:
        duration_s = source.info.duration_s or 0.0
    finally:
        source.close()
    found = background_parts(address, draft.intervals(address), duration_s, _PIECES)
    taken = sum(take.id.startswith(AUTOMATIC) for take in draft.takes) + before
    return [
        Part(f"{AUTOMATIC}{taken + k + 1}", BACKGROUND, address, part.start_s, part.end_s)
        for k, part in enumerate(found)
    ]
