"""What rules can do. Each takes the action, what happened and the secrets, and says how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engine.rules.actions.clip import save_clip
from engine.rules.actions.command import run_command
from engine.rules.actions.desktop import notify, sound
from engine.rules.actions.mqtt import publish
from engine.rules.actions.webhook import post

if TYPE_CHECKING:
    from engine.rules.occasion import Occasion
    from engine.rules.secrets import Secrets

Perform = Callable[[Any, "Occasion", "Secrets"], str]
"""Raises `engine.rules.model.RuleError` when it fails. The text goes into the log."""

PERFORMERS: Final[dict[str, Perform]] = {
    "sound": sound,
    "notify": notify,
    "clip": save_clip,
    "command": run_command,
    "webhook": post,
    "mqtt": publish,
}
