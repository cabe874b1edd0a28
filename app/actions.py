"""Every command of the window, once: menus, buttons and keys are views of these."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from app.icons import icon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget


class Actions(QObject):
    """The commands, with names, keys, icons and tool-tips. What they do is connected elsewhere."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        make = self._make
        self.open = make(self.tr("&Open video…"), "film", QKeySequence.StandardKey.Open)
        self.open_folder = make(self.tr("Open &folder of images…"), "folder", "Ctrl+Shift+O")
        self.open_address = make(self.tr("Open &address…"), "address", "Ctrl+L")
        self.open_screen = make(self.tr("Open part of the &screen…"), "screen", "Ctrl+Shift+S")
        self.open_demo = make(self.tr("Open the &demo"), "demo", "Ctrl+D")
        self.close = make(self.tr("&Close video"), "", "Ctrl+W")
        self.export = make(self.tr("&Export…"), "export", "E")
        self.rules = make(self.tr("&Rules…"), "", "R")
        self.quit = make(self.tr("&Quit"), "", "Ctrl+Q")
        self.play = make(self.tr("&Play"), "play", "Space")
        self.step_back = make(self.tr("One frame &back"), "step-back", "Left")
        self.step_forward = make(self.tr("One frame &forward"), "step-forward", "Right")
        self.second_back = make(self.tr("One second back"), "", "Shift+Left")
        self.second_forward = make(self.tr("One second forward"), "", "Shift+Right")
        self.to_start = make(self.tr("To the &beginning"), "", "Ctrl+Home")
        self.mark_in = make(self.tr("Set &in point here"), "mark-in", "I")
        self.mark_out = make(self.tr("Set &out point here"), "mark-out", "O")
        self.mark_event = make(self.tr("Set in and out around what is here"), "", "Shift+I")
        self.clear_marks = make(self.tr("&Clear in and out"), "", "X")
        self.loop = make(self.tr("&Loop"), "loop", "Shift+L", checkable=True)
        self.shuttle_back = make(self.tr("Play backward, faster"), "", "J")
        self.hold = make(self.tr("Hold"), "", "K")
        self.shuttle_forward = make(self.tr("Play forward, faster"), "", "L")
        self.previous_event = make(self.tr("Previous event"), "", "[")
        self.next_event = make(self.tr("Next event"), "", "]")
        self.snapshot = make(self.tr("&Save picture"), "snapshot", "S")
        self.grid = make(self.tr("&Grid of streams…"), "grid", "Ctrl+G")
        self.add_to_grid = make(self.tr("&Add this to the grid"), "", "Ctrl+Shift+G")
        self.find = make(self.tr("&Find what was seen…"), "search", QKeySequence.StandardKey.Find)
        self.palette = make(self.tr("&Command palette…"), "palette", "Ctrl+Shift+P")
        self.full_screen = make(self.tr("&Full screen"), "fullscreen", "F", checkable=True)
        self.leave_full_screen = make(self.tr("Leave full screen"), "", "Esc")
        self.leave_full_screen.setEnabled(False)
        self.show_boxes = make(self.tr("&Boxes"), "", "B", checkable=True)
        self.show_actions = make(self.tr("&Actions"), "", "A", checkable=True)
        self.show_memory = make(self.tr("&Memory badge"), "", "M", checkable=True)
        self.own_confidence = make(self.tr("Use the model's own &thresholds"), "", None)
        self.hide_people = make(self.tr("&Hide people"), "", "H", checkable=True)
        self.person_actions = make(self.tr("What each &person does"), "", "Shift+A", checkable=True)
        self.show_panel = make(self.tr("&Side panel"), "panel", "P", checkable=True)
        self.show_timeline = make(self.tr("&Timeline"), "timeline", "T", checkable=True)
        self.show_inspector = make(
            self.tr("&Memory inspector"), "memory", "Shift+M", checkable=True
        )
        self.zoom_in = make(self.tr("Zoom timeline in"), "zoom-in", "+")
        self.zoom_out = make(self.tr("Zoom timeline out"), "zoom-out", "-")
        self.zoom_fit = make(self.tr("Show whole timeline"), "zoom-fit", "0")
        self.memory_settings = make(self.tr("&Memory settings…"), "memory", None)
        self.teach = make(self.tr("&Teach…"), "", "Ctrl+T")
        self.bundles = make(self.tr("Model &bundles…"), "model", "Ctrl+B")
        self.diagnostics = make(self.tr("Save &diagnostics…"), "", None)
        self.preferences = make(self.tr("&Preferences…"), "settings", "Ctrl+,")
        self.shortcuts = make(self.tr("&Keyboard shortcuts"), "keyboard", "F1")
        self.about = make(self.tr("&About Longtake"), "", None)
        self._defaults: dict[str, QKeySequence] = {}
        for name, action in vars(self).items():
            if isinstance(action, QAction):
                action.setObjectName(name)
                self._defaults[name] = action.shortcut()

    @property
    def needing_stream(self) -> tuple[QAction, ...]:
        """Commands that make sense only while something is open."""
        return (
            self.close,
            self.add_to_grid,
            self.play,
            self.step_forward,
            self.hold,
            self.shuttle_forward,
            self.snapshot,
        )

    @property
    def needing_recording(self) -> tuple[QAction, ...]:
        """Commands that make sense only for something with a past."""
        return (
            self.export,
            self.step_back,
            self.second_back,
            self.second_forward,
            self.to_start,
            self.mark_in,
            self.mark_out,
            self.mark_event,
            self.clear_marks,
            self.loop,
            self.shuttle_back,
            self.previous_event,
            self.next_event,
        )

    def all(self) -> list[QAction]:
        """Return every command, in the order they were made."""
        return list(self.findChildren(QAction))

    def default_key(self, action: QAction) -> QKeySequence:
        """Return the key that a command has unless the user chose another."""
        return self._defaults[action.objectName()]

    def apply_keys(self, chosen: Mapping[str, str]) -> None:
        """Give commands the keys chosen, by the command's object name; the others their own."""
        for action in self.all():
            name = action.objectName()
            key = QKeySequence(chosen[name]) if name in chosen else self._defaults[name]
            if action.shortcut() != key:
                action.setShortcut(key)
                _explain(action)

    def show_playing(self, playing: bool) -> None:
        """Make the play command say what it would do now."""
        text = self.tr("&Pause") if playing else self.tr("&Play")
        if self.play.text() != text:
            self.play.setText(text)
            self.play.setIcon(icon("pause" if playing else "play"))
            _explain(self.play)

    def _make(
        self,
        text: str,
        icon_name: str,
        key: QKeySequence.StandardKey | str | None,
        *,
        checkable: bool = False,
    ) -> QAction:
        action = QAction(text, self, checkable=checkable)
        if icon_name:
            action.setIcon(icon(icon_name))
            # In a menu, a tick says more clearly than a colour that it is on.
            action.setIconVisibleInMenu(not checkable)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        _explain(action)
        self._window.addAction(action)
        return action


def plain_name(action: QAction) -> str:
    """Return a command's name without mnemonics, Chinese ones in brackets included."""
    return re.sub(r"\(&\w\)|&|…", "", action.text())


def _explain(action: QAction) -> None:
    name = plain_name(action)
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{name}  ({key})" if key else name)
