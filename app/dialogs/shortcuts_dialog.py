"""Every command and its key, which can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.actions import plain_name
from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from app.actions import Actions

_KEY_PX = 18 * GRID_PX


class ShortcutsDialog(QDialog):
    """Click a key and press another; `chosen` then carries all that differ from the defaults.

    A key belongs to one command: one that is taken is refused, with the name of its owner.
    """

    chosen = Signal(dict)

    def __init__(
        self, actions: Actions, chosen: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions, self._commands = actions, actions.all()
        self._edits: dict[str, QKeySequenceEdit] = {}
        self._names: dict[str, QLabel] = {}
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText(self.tr("Find a command or a key"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.textChanged.connect(self._filter)
        self._note = QLabel()
        self._note.setProperty("warn", True)
        self._note.setWordWrap(True)
        self._arrange()
        self._show({a.objectName(): self._key_of(a, chosen) for a in self._commands})

    def edit_of(self, name: str) -> QKeySequenceEdit:
        """Return the field of a command, by its name in `Actions`."""
        return self._edits[name]

    @property
    def note(self) -> str:
        """What is wrong with the key given last."""
        return self._note.text()

    def reset(self) -> None:
        """Give every command its own key back."""
        self._say("")
        self._show({a.objectName(): self._actions.default_key(a) for a in self._commands})
        self.chosen.emit({})

    def _key_of(self, action: QAction, chosen: Mapping[str, str]) -> QKeySequence:
        name = action.objectName()
        return QKeySequence(chosen[name]) if name in chosen else self._actions.default_key(action)

    def _show(self, keys: Mapping[str, QKeySequence]) -> None:
        for name, key in keys.items():
            self._edits[name].setKeySequence(key)
        self._shown = dict(keys)

    def _filter(self, text: str) -> None:
        """Show the commands with `text` in their name or their key."""
        wanted = text.strip().casefold()
        for name, label in self._names.items():
            key = self._shown[name].toString(QKeySequence.SequenceFormat.NativeText)
            found = wanted in label.text().casefold() or wanted in key.casefold()
            label.setVisible(found)
            self._edits[name].setVisible(found)

    def _say(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _take(self, action: QAction) -> None:
        name = action.objectName()
        key = self._edits[name].keySequence()
        owner = next(
            (a for a in self._commands if a is not action and self._shown[a.objectName()] == key),
            None,
        )
        if owner is not None and not key.isEmpty():
            text = self.tr("{0} is the key of “{1}” already.")
            self._say(text.format(key.toString(), plain_name(owner)))
            self._edits[name].setKeySequence(self._shown[name])
            return
        self._say("")
        self._shown[name] = key
        self.chosen.emit(
            {
                a.objectName(): self._shown[a.objectName()].toString()
                for a in self._commands
                if self._shown[a.objectName()] != self._actions.default_key(a)
            }
        )

    def _arrange(self) -> None:
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 2 * GRID_PX, 0)
        grid.setHorizontalSpacing(3 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX // 2)
        for row, action in enumerate(self._commands):
            edit = QKeySequenceEdit(maximumSequenceLength=1, clearButtonEnabled=True)
            edit.setFixedWidth(_KEY_PX)
            edit.setAccessibleName(plain_name(action))
            edit.editingFinished.connect(lambda a=action: self._take(a))
            self._edits[action.objectName()] = edit
            self._names[action.objectName()] = name = QLabel(plain_name(action))
            grid.addWidget(name, row, 0)
            grid.addWidget(edit, row, 1)
        grid.setRowStretch(len(self._commands), 1)
        scroller = QScrollArea()
        scroller.setWidget(inner)
        scroller.setWidgetResizable(True)
        hint = QLabel(self.tr("Click a key and press the one you want instead."))
        hint.setProperty("muted", True)
        restore, close = QPushButton(self.tr("Restore defaults")), QPushButton(self.tr("Close"))
        for button in (restore, close):
            button.setAutoDefault(False)
        restore.clicked.connect(self.reset)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(restore)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(self.search)
        column.addWidget(hint)
        column.addWidget(scroller, 1)
        column.addWidget(self._note)
        self._note.setVisible(False)
        column.addLayout(buttons)
        self.resize(60 * GRID_PX, 70 * GRID_PX)
