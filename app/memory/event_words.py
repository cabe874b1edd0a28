"""What was done with memory, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from engine.frame import Cause
from engine.state import Reaction

if TYPE_CHECKING:
    from app.record.history import Mark
    from engine.state import StateEvent


def cause_words() -> dict[Cause, str]:
    """Return the name of every cause."""
    translate = QCoreApplication.translate
    return {
        Cause.START: translate("Memory", "Start"),
        Cause.SEEK: translate("Memory", "Jump"),
        Cause.GAP: translate("Memory", "Frames missing in the source"),
        Cause.DROP: translate("Memory", "Frames dropped: the model was too slow"),
        Cause.SCENE_CUT: translate("Memory", "Scene cut"),
        Cause.RECONNECT: translate("Memory", "Source lost and back"),
        Cause.SOURCE: translate("Memory", "Another source"),
        Cause.SIZE: translate("Memory", "Another picture size"),
        Cause.BACKEND: translate("Memory", "Another runtime"),
    }


def reaction_words() -> dict[Reaction, str]:
    """Return the name of everything that can be done."""
    translate = QCoreApplication.translate
    return {
        Reaction.RESET: translate("Memory", "Empty memory"),
        Reaction.HOLD: translate("Memory", "Keep memory"),
        Reaction.DECAY: translate("Memory", "Fade memory"),
        Reaction.REPLAY: translate("Memory", "Replay what came before"),
    }


def event_words(event: StateEvent) -> str:
    """Say what happened and what was done about it."""
    translate = QCoreApplication.translate
    done = {
        Reaction.RESET: translate("Memory", "memory emptied"),
        Reaction.HOLD: translate("Memory", "memory kept"),
        Reaction.DECAY: translate("Memory", "memory faded to {0} %").format(
            f"{100 * event.kept:.0f}"
        ),
        Reaction.REPLAY: translate("Memory", "memory replayed"),
    }
    return f"{cause_words()[event.cause]} · {done[event.reaction]}"


def mark_words(mark: Mark) -> str:
    """Say what a mark on the timeline stands for."""
    if mark.event is not None:
        return event_words(mark.event)
    return cause_words()[Cause(mark.kind.value)]
