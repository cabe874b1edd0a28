"""Colours of tracked things, the same in every picture that we draw or have drawn."""

from __future__ import annotations

from typing import Final

IDENTITY_COLOURS: Final = (
    "#56b4e9",
    "#e69f00",
    "#2fc79b",
    "#f0e442",
    "#e58cc0",
    "#ff7f45",
    "#9aa5ff",
    "#c7e36b",
)
"""Told apart with any common colour blindness: Okabe & Ito's (2008) set, the two dark ones
lightened so that they show on video, and three neighbours of Paul Tol's light scheme."""

UNTRACKED_COLOUR: Final = "#dfe5ec"


def identity_colour(track_id: int, class_id: int) -> str:
    """Return the colour of a track, the same for its whole life; by class without identity."""
    return IDENTITY_COLOURS[(track_id if track_id >= 0 else class_id) % len(IDENTITY_COLOURS)]
