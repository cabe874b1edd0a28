"""Everything that can be used says what it is, and can be reached by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from app.bundles_view.bundles_dialog import BundlesDialog
from app.dialogs.address_dialog import AddressDialog
from app.overlay_style import LABEL_COLOURS
from app.preferences.preferences_dialog import PreferencesDialog
from app.settings import Settings
from app.teach.teach_dialog import TeachDialog
from app.theme import DARK, LIGHT, Theme, shade
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow

_USED = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
)


def nameless(root: QWidget) -> list[str]:
    """Return the controls that a screen reader could only call by their kind."""
    buddies = {id(label.buddy()) for label in root.findChildren(QLabel) if label.buddy()}
    found = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, _USED) or isinstance(widget, QScrollBar):
            continue
        if _is_part(widget):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text or id(widget) in buddies):
            parent = type(widget.parentWidget()).__name__
            found.append(f"{type(widget).__name__} in {parent} {widget.toolTip()}")
    return found


def _is_part(widget: QWidget) -> bool:
    """Whether a control belongs to another one, which has the name."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, (QComboBox, QAbstractSpinBox, QLineEdit)):
        if isinstance(above, QAbstractItemView) and isinstance(widget, QAbstractButton):
            return True
        above = above.parentWidget()
    return above is not None or isinstance(widget, QHeaderView) or widget.objectName()[:3] == "qt_"


def unreachable(root: QWidget) -> list[str]:
    """Return the buttons and fields shown that no key leads to."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()}"
        for widget in root.findChildren(QWidget)
        if isinstance(widget, (QLineEdit, QComboBox, QAbstractSpinBox))
        and widget.isVisibleTo(root)
        and widget.focusPolicy() == Qt.FocusPolicy.NoFocus
    ]


def test_the_window(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    window.actions_.show_inspector.setChecked(True)
    open_paused(qtbot, window, clip)
    assert nameless(window) == []
    assert unreachable(window) == []


@pytest.mark.parametrize(
    "command",
    ("export", "rules", "find", "memory_settings", "shortcuts", "about", "palette", "preferences"),
)
def test_what_commands_open(
    qtbot: QtBot, window: MainWindow, clip: Path, command: str, tmp_path: Path, monkeypatch
) -> None:
    """Every control of it has a name, keys lead to it, and Escape leaves it."""
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    open_paused(qtbot, window, clip)
    getattr(window.actions_, command).trigger()
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    assert nameless(dialog) == []
    assert unreachable(dialog) == []
    qtbot.waitUntil(lambda: dialog.focusWidget() is not None)
    reached: set[QWidget] = set()
    while (focus := dialog.focusWidget()) not in reached:
        reached.add(focus)
        dialog.focusNextChild()
    assert focused_by_keys(dialog) <= reached
    with qtbot.waitSignal(dialog.finished):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)


def focused_by_keys(dialog: QWidget) -> set[QWidget]:
    """Return the fields and lists that are shown and can be used."""
    fields = (QLineEdit, QComboBox, QAbstractItemView)
    return {
        widget
        for widget in dialog.findChildren(QWidget)
        if isinstance(widget, fields)
        and widget.isVisibleTo(dialog)
        and widget.isEnabled()
        and not widget.focusProxy()
        and not _is_part(widget)
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_against_its_ground(theme: Theme) -> None:
    """WCAG 2.1, 1.4.3 (AA): 4.5 to 1, on every ground that text lies on."""
    for ink in (theme.text, theme.muted, theme.accent, theme.warn, theme.bad):
        for ground in (theme.window, theme.surface, theme.sunken, theme.raised):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(theme.on_accent, theme.accent) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = QColor(colour).getRgbF()[:3]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("kind", ["teach", "bundles", "preferences", "address"])
def test_the_dialogs(qtbot: QtBot, window: MainWindow, kind: str) -> None:
    session, settings = window._session, Settings()
    dialog: QWidget = {
        "teach": lambda: TeachDialog(session, settings, "en", window),
        "bundles": lambda: BundlesDialog(session, "en", window),
        "preferences": lambda: PreferencesDialog(settings, ["openvino"], window),
        "address": lambda: AddressDialog(window, keeps=True),
    }[kind]()
    dialog.show()
    assert nameless(dialog) == []
    assert unreachable(dialog) == []
    dialog.close()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_bars_of_labels_can_be_told_from_the_ground(theme: Theme) -> None:
    """3 : 1, as of all that is drawn and means something (WCAG 2.1, 1.4.11)."""
    for colour in LABEL_COLOURS:
        assert contrast(shade(colour, theme), theme.window) >= 3


def test_every_command_has_a_name_and_no_two_share_a_key(window: MainWindow) -> None:
    actions = window.actions_.all()
    assert all(action.text() and action.toolTip() for action in actions)
    keys = [action.shortcut().toString() for action in actions if not action.shortcut().isEmpty()]
    assert sorted(keys) == sorted(set(keys))
