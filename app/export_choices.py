"""What an export can be asked for, by the names used on the command line and in the dialog."""

from __future__ import annotations

from typing import Final

from app.overlay_style import OverlayStyle
from engine.sinks.encoders import ENCODERS, SOFTWARE, VideoOptions, hardware_encoders

QUALITIES: Final[dict[str, int]] = {"best": 17, "good": 23, "small": 29}
SIZES: Final[dict[str, int | None]] = {"source": None, "1080p": 1080, "720p": 720, "480p": 480}
BURNS: Final = ("boxes", "labels", "actions", "memory", "strip")
BURNT: Final = "boxes,labels,actions,memory"
BLURS: Final = ("none", "heads", "people")


def style_of(burn: str, blur: str) -> OverlayStyle:
    """Return what is drawn, from a comma-separated list of `BURNS` or "none", and one of `BLURS`.

    Raises
    ------
    ValueError
        With a sentence for the user, where a name is unknown.
    """
    parts = set() if burn == "none" else {part.strip() for part in burn.split(",")}
    if unknown := parts - set(BURNS):
        raise ValueError(f"{min(unknown)!r} is none of {', '.join(BURNS)} or none")
    if "labels" in parts and "boxes" not in parts:
        raise ValueError("labels are tags on boxes: say boxes,labels")
    if blur not in BLURS:
        raise ValueError(f"{blur!r} is none of {', '.join(BLURS)}")
    chosen = {name: name in parts for name in BURNS}
    return OverlayStyle(**chosen, hide_people=blur == "people", hide_heads=blur == "heads")


def quality_of(text: str) -> int:
    """Return the constant rate factor that a name of `QUALITIES` or a number from 0 to 51 means.

    Raises
    ------
    ValueError
        With a sentence for the user.
    """
    if text in QUALITIES:
        return QUALITIES[text]
    if text.isdigit() and int(text) <= 51:
        return int(text)
    raise ValueError(f"{text!r} is none of {', '.join(QUALITIES)} nor a number from 0 to 51")


def video_options(size: str, encoder: str, *, audio: bool) -> VideoOptions:
    """Return how a video comes out.

    Parameters
    ----------
    size
        One of `SIZES`.
    encoder
        A key of `engine.sinks.encoders.ENCODERS`, or "auto": hardware where there is some.

    Raises
    ------
    ValueError
        With a sentence for the user, also where this machine lacks the encoder.
    """
    if size not in SIZES:
        raise ValueError(f"{size!r} is none of {', '.join(SIZES)}")
    if encoder not in (*ENCODERS, "auto"):
        raise ValueError(f"{encoder!r} is none of auto, {', '.join(ENCODERS)}")
    if encoder != SOFTWARE:
        working = [one.name for one in hardware_encoders()]
        if encoder != "auto" and encoder not in working:
            raise ValueError(f"{encoder} does not work on this machine; {SOFTWARE} always does")
        encoder = working[0] if encoder == "auto" and working else encoder
        encoder = SOFTWARE if encoder == "auto" else encoder
    return VideoOptions(SIZES[size], encoder, audio)
