"""What the overlay looks like: colours, measures, words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.frame import Discontinuity
from engine.palette import IDENTITY_COLOURS

LABEL_COLOURS: Final = (
    *IDENTITY_COLOURS,
    "#c49cff",
    "#6ad9e6",
    "#ff9aa2",
    "#b9ad62",
    "#d9b08c",
    "#8fd694",
)
"""As many as a bundle commonly has labels; the later ones need their names beside them."""

CJK_FAMILIES: Final = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC")
"""Fonts that hold Chinese, simplified forms first."""

ACCENT: Final = "#3dd6b5"
ATTENTION: Final = "#f5b84b"
INK: Final = "#0b0e12"
PAPER: Final = "#f4f7fa"

_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "memory": "memory {seconds:.1f} s",
        "approximate": "memory {seconds:.1f} s, approximate",
        "steadied": "labels steadied",
        Discontinuity.START: "start",
        Discontinuity.SEEK: "seek",
        Discontinuity.GAP: "gap",
        Discontinuity.SCENE_CUT: "scene cut",
        Discontinuity.SOURCE: "new source",
    },
    "zh": {
        "memory": "记忆 {seconds:.1f} 秒",
        "approximate": "记忆 {seconds:.1f} 秒(近似)",
        "steadied": "标签已平滑",
        Discontinuity.START: "开始",
        Discontinuity.SEEK: "跳转",
        Discontinuity.GAP: "缺帧",
        Discontinuity.SCENE_CUT: "场景切换",
        Discontinuity.SOURCE: "新来源",
    },
}


@dataclass(frozen=True, slots=True)
class OverlayStyle:
    """What is drawn.

    Attributes
    ----------
    boxes, labels, actions, memory
        Which parts; labels are the tags on boxes, and come with them.
    strip
        Exports only: the last seconds of recognised actions along the lower edge.
    hide_people, hide_heads
        Make everybody who was found unrecognisable, or what is probably their heads.
    confidence
        Boxes below are left out, 0..1 (the predictor has a threshold of its own).
    floor
        Action labels below this probability are left out, unless recognised.
    rows_per_head
        At most so many labels per action head.
    """

    boxes: bool = True
    labels: bool = True
    actions: bool = True
    memory: bool = True
    strip: bool = False
    hide_people: bool = False
    hide_heads: bool = False
    confidence: float = 0.0
    floor: float = 0.08
    rows_per_head: int = 3


@dataclass(frozen=True, slots=True)
class Measures:
    """Lengths in pixels of the picture drawn upon."""

    font: int
    line: int
    corner: int
    pad: int
    margin: int

    @classmethod
    def for_height(cls, height_px: int) -> Measures:
        """Return measures that look alike on every picture height, legible on small ones.

        They grow less than large pictures do: those are watched on large screens.
        """
        height_px = min(height_px, 720) + max(0, height_px - 720) // 2
        font = max(10, round(height_px * 0.026))
        return cls(
            font=font,
            line=max(1, round(height_px / 330)),
            corner=max(6, round(height_px * 0.022)),
            pad=max(3, round(font * 0.35)),
            margin=max(6, round(height_px * 0.016)),
        )


def memory_words(
    seconds: float, language: str, *, exact: bool = True, steadied: bool = False
) -> str:
    """Return the text of the memory badge: how far it reaches, and if labels are steadied."""
    own = words(language)
    text = own["memory" if exact else "approximate"].format(seconds=seconds)
    return f"{text} · {own['steadied']}" if steadied else text


def discontinuity_words(kind: Discontinuity, language: str) -> str:
    """Return a discontinuity's name."""
    return words(language)[kind]


def words(language: str) -> dict[str, str]:
    """Return the overlay's own words; English for a language it does not know."""
    return _WORDS.get(language, _WORDS["en"])
