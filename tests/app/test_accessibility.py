"""Everything that can be used says what it is, and can be reached by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from app.bundles_view.bundles_dialog import BundlesDialog
from app.dialogs.address_dialog import AddressDialog
from app.preferences.preferences_dialog import PreferencesDialog
from app.settings import Settings
from app.teach.teach_dialog import TeachDialog
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


def test_every_command_has_a_name_and_no_two_share_a_key(window: MainWindow) -> None:
    actions = window.actions_.all()
    assert all(action.text() and action.toolTip() for action in actions)
    keys = [action.shortcut().toString() for action in actions if not action.shortcut().isEmpty()]
    assert sorted(keys) == sorted(set(keys))
