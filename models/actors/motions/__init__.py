"""Everything the actors can do, by name."""

from typing import Final

from models.actors.motions import deeds, falls, gestures, locomotion, postures
from models.actors.motions.action import LIE, SIT, STAND, Action, Posture

ACTIONS: Final = {
    action.name: action
    for module in (postures, locomotion, gestures, deeds, falls)
    for action in module.ACTIONS
}
"""Actions by their English name."""

LABELS: Final = tuple(
    dict.fromkeys([*ACTIONS, *(label for action in ACTIONS.values() for label in action.also)])
)
"""Every label that a clip can carry."""

__all__ = ["ACTIONS", "LABELS", "LIE", "SIT", "STAND", "Action", "Posture"]
