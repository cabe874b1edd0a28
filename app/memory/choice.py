"""What the user chose about memory, out of the settings and into them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.smoothing import Smoothing
from engine.state import StatePolicy

if TYPE_CHECKING:
    from app.settings import Settings

log = logging.getLogger(__name__)


def chosen_memory(settings: Settings) -> tuple[StatePolicy, Smoothing | None]:
    """Return policy and smoothing; a policy that cannot be read is the default one."""
    try:
        policy = StatePolicy.parse(settings.state_policy)
    except ValueError as error:
        log.warning("The memory policy in the settings is ignored: %s", error)
        policy = StatePolicy()
    return policy, Smoothing() if settings.steady_labels else None


def keep_memory(settings: Settings, policy: StatePolicy, smoothing: Smoothing | None) -> None:
    """Remember what was chosen."""
    settings.state_policy, settings.steady_labels = str(policy), smoothing is not None
