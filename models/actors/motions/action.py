"""What an action is: its name, its program, and which posture it begins and ends in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.actors.language import Program


class Posture(StrEnum):
    """How a body is carried between two actions; also the label of doing nothing else."""

    STAND = "standing"
    SIT = "sitting"
    LIE = "lying"


STAND, SIT, LIE = Posture


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    Attributes
    ----------
    name, zh
        The label, in English and Chinese.
    program
        How it is done.
    start, end
        Postures before and after.
    also
        Further labels that hold while this action does, such as ``falling``.
    gesture
        Done with the upper body alone, on top of what the rest of the body does.
    lasting
        Can be kept up for any time.
    keeps
        The posture's own label (``standing``) holds meanwhile.
    prop
        What is held in the hand: ``cup``, ``phone``, ``book``, ``ball`` or nothing.
    """

    name: str
    zh: str
    program: Program
    start: Posture = STAND
    end: Posture = STAND
    also: tuple[str, ...] = ()
    gesture: bool = False
    lasting: bool = True
    keeps: bool = False
    prop: str = ""
