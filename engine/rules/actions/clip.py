"""Saves a clip of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.rules.model import SaveClip
    from engine.rules.occasion import Occasion
    from engine.rules.secrets import Secrets


def save_clip(action: SaveClip, occasion: Occasion, secrets: Secrets) -> str:
    """Save it and return where."""
    return str(occasion.save_clip(action))
