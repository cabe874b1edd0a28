"""Lessons that are not kept yet: they outlive the dialog, and with it a window in another look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.teach.draft import Drafting

if TYPE_CHECKING:
    from app.session import Session
    from app.teach.draft import Draft


@dataclass(eq=False)
class Lecture:
    """A lesson on the bench: its draft with all that can be undone, and the name typed for it.

    Attributes
    ----------
    saved
        The draft as it was kept last.
    """

    drafting: Drafting = field(default_factory=Drafting)
    title: str = ""
    saved: Draft | None = None

    @property
    def unsaved(self) -> bool:
        """Whether there is something that is not kept."""
        return self.drafting.can_undo and self.drafting.now is not self.saved


class Unfinished(QObject):
    """The lessons that were begun since the start, by bundle and by the name they are kept under.

    Belongs to the session. A take costs its maker more than its bytes: nothing is thrown away
    because a dialog was closed, by Esc perhaps, or another lesson was looked at.

    Attributes
    ----------
    last
        The name of the lesson worked on last, by bundle; empty for one not kept yet.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._lectures: dict[tuple[str, str], Lecture] = {}
        self.last: dict[str, str] = {}

    @classmethod
    def of(cls, session: Session) -> Unfinished:
        """Return those of a session."""
        return session.findChild(cls) or cls(session)

    @property
    def any_unsaved(self) -> bool:
        """Whether any of them has something that is not kept."""
        return any(lecture.unsaved for lecture in self._lectures.values())

    def find(self, bundle: str, name: str) -> Lecture | None:
        """Return a lesson that was begun."""
        return self._lectures.get((bundle, name))

    def put(self, bundle: str, name: str, lecture: Lecture) -> None:
        """Keep a lesson, in the place of one of that name."""
        self._lectures[bundle, name] = lecture
        self.last[bundle] = name

    def drop(self, bundle: str, name: str) -> None:
        """Forget a lesson."""
        self._lectures.pop((bundle, name), None)
