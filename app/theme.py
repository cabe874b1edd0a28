"""Colours, fonts and the style sheet: one dark and one light theme, drawn by Qt's Fusion style.

The desktop's own scheme is unknown on some platforms (offscreen, a bare X server), so both
palettes are explicit. Text on its ground meets WCAG AA: 4.5 : 1 (see `contrast`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.overlay_style import CJK_FAMILIES
from app.stylesheet import STYLE_SHEET
from assets import asset

if TYPE_CHECKING:
    from app.settings import ThemeChoice

GRID_PX: Final = 8
_LEAST_DRAWN: Final = 3.0
"""WCAG 2.1, 1.4.11: of what is not text."""
_DARKER: Final = 108


@dataclass(frozen=True, slots=True)
class Theme:
    """Named colours, ``#rrggbb``.

    Attributes
    ----------
    window, surface, raised, sunken
        Grounds: window, cards and bars, hovered things, entry fields.
    text, muted, faint
        Text; second-rank text (still AA); disabled text and hairlines.
    accent, on_accent
        The identity colour, and text upon it.
    warn, bad
        Amber for what heals itself, red for what failed.
    canvas
        Behind the picture.
    """

    dark: bool
    window: str
    surface: str
    raised: str
    sunken: str
    border: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    warn: str
    bad: str
    canvas: str


DARK: Final = Theme(
    dark=True,
    window="#14181e",
    surface="#1b2028",
    raised="#272e39",
    sunken="#10141a",
    border="#2c3440",
    text="#e8ecf1",
    muted="#9aa7b6",
    faint="#5d6978",
    accent="#3dd6b5",
    on_accent="#08251f",
    warn="#f5b84b",
    bad="#ff7b72",
    canvas="#0b0e12",
)
LIGHT: Final = Theme(
    dark=False,
    window="#f3f5f7",
    surface="#ffffff",
    raised="#e6eaee",
    sunken="#ffffff",
    border="#d3d9e0",
    text="#1a2129",
    muted="#55616f",
    faint="#98a3af",
    accent="#08705d",
    on_accent="#ffffff",
    warn="#8a5a00",
    bad="#b42318",
    canvas="#dfe3e8",
)


def resolve_theme(choice: ThemeChoice) -> Theme:
    """Return the theme for a choice; ``"system"`` asks the desktop, dark where it does not say."""
    if choice == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return DARK if choice == "dark" else LIGHT


def current_theme() -> Theme:
    """Return the theme that the application wears now, read off its palette."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application."""
    fusion = QStyleFactory.create("Fusion")
    app.setStyle(fusion)
    app.setPalette(palette_of(theme))
    names = {name: getattr(theme, name) for name in _COLOURS}
    # A style sheet takes pictures from files only, and does not tint them.
    pictures = asset("icons/themed") / ("dark" if theme.dark else "light")
    app.setStyleSheet(STYLE_SHEET.substitute(names, pictures=pictures.as_posix()))


def apply_font(app: QApplication) -> None:
    """Add families that hold Chinese, simplified forms first, behind the desktop's own font."""
    font = app.font()
    # An alias such as "Sans Serif" heading the list would leave the choice to the later ones.
    font.setFamilies([QFontInfo(font).family(), *CJK_FAMILIES])
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    app.setFont(font)


def palette_of(theme: Theme) -> QPalette:
    """Return the Qt palette of a theme."""
    role = QPalette.ColorRole
    palette = QPalette()
    for key, colour in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.sunken,
        role.AlternateBase: theme.surface,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Text: theme.text,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.BrightText: theme.bad,
        role.Link: theme.accent,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Mid: theme.border,
    }.items():
        palette.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(theme.faint))
    return palette


def contrast(first: str, second: str) -> float:
    """Return the WCAG 2.1 contrast ratio of two ``#rrggbb`` colours, 1..21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=512)
def shade(colour: str, theme: Theme) -> str:
    """Return a colour of something drawn, dark enough to be told from a light ground (3 : 1)."""
    shown = QColor(colour)
    while not theme.dark and contrast(shown.name(), theme.window) < _LEAST_DRAWN:
        shown = shown.darker(_DARKER)
    return shown.name()


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_COLOURS: Final = tuple(name for name in Theme.__slots__ if name != "dark")
