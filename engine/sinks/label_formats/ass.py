"""The overlay as vector subtitles (Advanced SubStation Alpha), which players switch on and off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from engine.palette import UNTRACKED_COLOUR, identity_colour
from engine.sinks.label_formats.text_writer import TextWriter, frame_s

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.sinks.labels import Line

_INK: Final = "#0b0e12"
_PAPER: Final = "#f4f7fa"
_GROUND: Final = "#080b0f"
_STYLE_FORMAT: Final = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
    "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, "
    "Alignment, MarginL, MarginR, MarginV, Encoding"
)
# Opaque boxes (BorderStyle 3) are filled with the outline's colour.
_TEXT_STYLE: Final = "{name},{font},{size},{ink},{ink},{ground},{ground},-1,0,0,0,100,100,0,0,"


@dataclass(frozen=True, slots=True)
class AssLook:
    """What is drawn.

    Attributes
    ----------
    boxes, labels, actions
        Outlines of boxes, tags on them, recognised actions in the lower left.
    names
        What labels are called, where not by their own names.
    font
        Players take another where they lack it.
    zero_s
        Time of the recording that is time 0 of the subtitles.
    """

    boxes: bool = True
    labels: bool = True
    actions: bool = True
    names: Mapping[str, str] = field(default_factory=dict)
    font: str = "Noto Sans CJK SC"
    zero_s: float = 0.0


# (left, top, right, bottom, label, percent, track id)
_Box = tuple[int, int, int, int, str, int, int]


class AssWriter(TextWriter):
    """Writes a drawing and a tag per box for as long as it stays where it is, and actions.

    Coordinates are pixels of the picture as displayed (PlayRes), so that players scale them with
    it. Times are rounded down to hundredths, as for the pictures they belong to: up to 100 pictures
    a second each has its own.
    """

    def __init__(self, path: Path, header: Line, look: AssLook | None = None) -> None:
        self._look = look or AssLook()
        self._shown: dict[_Box, float] = {}
        self._last_s = 0.0
        super().__init__(path, header)

    def begin(self) -> None:
        """Write size and styles."""
        width, height = self.size
        self._ids = {label: i for i, label in enumerate(self.labels("boxes"))}
        self._font_px = max(10, round(height * 0.03))
        self._line_px = max(2, round(height / 300))
        self.file.write(
            "[Script Info]\n"
            f"; {self.header['software']}\n"
            "ScriptType: v4.00+\nWrapStyle: 2\nScaledBorderAndShadow: yes\nYCbCr Matrix: None\n"
            f"PlayResX: {width}\nPlayResY: {height}\n"
            f"LayoutResX: {width}\nLayoutResY: {height}\n\n"
            f"[V4+ Styles]\nFormat: {_STYLE_FORMAT}\n{self._styles()}\n"
            "[Events]\n"
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        )

    def add(self, frame: Line) -> None:
        """Write the boxes that were on show until now and are no more."""
        self._last_s = frame["pts_s"]
        now = {self._box(one) for one in frame["detections"]}
        for box in [box for box in self._shown if box not in now]:
            self._write_box(box, self._shown.pop(box), self._last_s)
        for box in now:
            self._shown.setdefault(box, self._last_s)

    def end(self, summary: Line) -> None:
        """Write the boxes of the last picture, and the actions."""
        shown_s = frame_s(summary)
        for box, since_s in self._shown.items():
            self._write_box(box, since_s, self._last_s + shown_s)
        self._shown.clear()
        if self._look.actions:
            self._write_actions(summary, shown_s)

    def _styles(self) -> str:
        size, pad = self._font_px, self._line_px * 2
        text = [
            _TEXT_STYLE.format(
                name=name,
                font=self._look.font,
                size=size,
                ink=_colour(ink),
                ground=_colour(ground, alpha),
            )
            + f"3,{pad},0,1,0,0,0,1\n"
            for name, ink, ground, alpha in (
                ("Tag", _INK, UNTRACKED_COLOUR, 0),
                ("Action", _PAPER, _GROUND, 80),
            )
        ]
        box = _TEXT_STYLE.format(
            name="Box", font=self._look.font, size=size, ink=_colour(_PAPER), ground=_colour(_INK)
        )
        return "".join(f"Style: {style}" for style in (*text, box + "1,0,0,7,0,0,0,1\n"))

    def _box(self, seen: Line) -> _Box:
        left, top, right, bottom = (round(value) for value in seen["xyxy"])
        identity = -1 if seen["track_id"] is None else seen["track_id"]
        percent = round(seen["confidence"] * 100)
        return left, top, right, bottom, seen["label"], percent, identity

    def _write_box(self, box: _Box, start_s: float, end_s: float) -> None:
        left, top, right, bottom, label, percent, identity = box
        tracked = identity_colour(identity, self._ids[label])
        colour = _override(tracked if identity >= 0 else UNTRACKED_COLOUR)
        line = self._line_px
        if self._look.boxes:
            drawing = _frame_path(max(1, right - left), max(1, bottom - top), line)
            tags = f"{{\\pos({left},{top})\\1c{colour}\\p1}}"
            self._write(0, start_s, end_s, "Box", f"{tags}{drawing}")
        if self._look.labels:
            name = self._look.names.get(label, label)
            words = f"{name} {percent}%" + (f" #{identity}" if identity >= 0 else "")
            room = self._font_px + 4 * line
            place = f"\\pos({left + line},{top - line})"
            if top < room:
                place = f"\\an7\\pos({left + 3 * line},{top + 3 * line})"
            self._write(1, start_s, end_s, "Tag", f"{{{place}\\3c{colour}}}{escape(words)}")

    def _write_actions(self, summary: Line, shown_s: float) -> None:
        """Write a line per interval, the lowest that is free while it lasts."""
        _, height = self.size
        margin, row_px = max(6, round(height * 0.02)), round(self._font_px * 1.6)
        busy_until_s: list[float] = []
        for seen in sorted(summary["intervals"], key=lambda one: one["start_s"]):
            end_s = seen["end_s"] + shown_s
            free = (i for i, until_s in enumerate(busy_until_s) if until_s <= seen["start_s"])
            row = next(free, len(busy_until_s))
            busy_until_s[row : row + 1] = [end_s]
            label = self._look.names.get(seen["label"], seen["label"])
            place = f"{{\\pos({margin},{height - margin - row * row_px})}}"
            words = escape(f"{label} {seen['peak']:.0%}")
            self._write(2, seen["start_s"], end_s, "Action", place + words)

    def _write(self, layer: int, start_s: float, end_s: float, style: str, text: str) -> None:
        start, end = (max(0, _hundredths(t - self._look.zero_s)) for t in (start_s, end_s))
        if end > start:
            self.file.write(
                f"Dialogue: {layer},{_clock(start)},{_clock(end)},{style},,0,0,0,,{text}\n"
            )


def escape(text: str) -> str:
    r"""Return `text` so that nothing in it is a command.

    Braces open override blocks; ``\N`` and the like are line breaks, from which a word joiner after
    the backslash takes the meaning.
    """
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")


def _frame_path(width: int, height: int, line: int) -> str:
    """Return an outline of `line` pixels, inside: the hole runs the other way round."""
    right, bottom = width - line, height - line
    outer = f"m 0 0 l {width} 0 {width} {height} 0 {height}"
    if right <= line or bottom <= line:
        return outer
    return f"{outer} m {line} {line} l {line} {bottom} {right} {bottom} {right} {line}"


def _colour(colour: str, alpha: int = 0) -> str:
    """Return a style's ``&HAABBGGRR`` of ``#rrggbb``; alpha 255 is invisible."""
    return f"&H{alpha:02X}{colour[5:7]}{colour[3:5]}{colour[1:3]}".upper()


def _override(colour: str) -> str:
    """Return an override's ``&HBBGGRR&`` of ``#rrggbb``."""
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def _hundredths(seconds: float) -> int:
    return int(seconds * 100 + 1e-6) if seconds >= 0 else -1


def _clock(hundredths: int) -> str:
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest // 100:02d}.{rest % 100:02d}"
