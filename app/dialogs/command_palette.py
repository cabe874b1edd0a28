"""Find a command by typing a few of its letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.actions import plain_name
from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

_KEYS_OF_THE_LIST: Final = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)
_ROW_PX: Final = 4 * GRID_PX
_ICON: Final = QSize(18, 18)


class CommandPalette(QDialog):
    """Commands that can be used now, best match first. Enter runs the one chosen."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = [action for action in actions if action.isEnabled()]
        self.search, self.list = QLineEdit(), QListWidget()
        self.search.setPlaceholderText(self.tr("Type a command"))
        self.search.setAccessibleName(self.tr("Type a command"))
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setIconSize(_ICON)
        blank = QPixmap(_ICON)
        blank.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(blank)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._run)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self._run())
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.resize(60 * GRID_PX, 48 * GRID_PX)
        if parent is not None:
            top = parent.mapToGlobal(parent.rect().topLeft())
            self.move(top.x() + (parent.width() - self.width()) // 2, top.y() + 8 * GRID_PX)
        self._fill("")
        self.search.setFocus()

    def names(self) -> list[str]:
        """Return the commands listed, from top to bottom."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move through the list while the text has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _KEYS_OF_THE_LIST:
                self.list.event(event)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        self.list.clear()
        ranked = sorted(
            (rank, index)
            for index, action in enumerate(self._actions)
            if (rank := match_rank(text, plain_name(action))) is not None
        )
        for _, index in ranked:
            self._add(self._actions[index], index)
        self.list.setCurrentRow(0)

    def _add(self, action: QAction, index: int) -> None:
        item = QListWidgetItem(plain_name(action), self.list)
        item.setData(Qt.ItemDataRole.UserRole, index)
        item.setIcon(self._blank if action.icon().isNull() else action.icon())
        item.setSizeHint(QSize(1, _ROW_PX))
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if key:
            label = QLabel(key)
            label.setProperty("muted", True)
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, GRID_PX, 0)
            row.addStretch()
            row.addWidget(label)
            self.list.setItemWidget(item, holder)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            self._actions[item.data(Qt.ItemDataRole.UserRole)].trigger()


def match_rank(text: str, name: str) -> tuple[int, int] | None:
    """Return how well `text` matches `name`, smaller is better; None if not at all.

    A substring beats letters that are merely in order; early beats late.
    """
    wanted, within = text.strip().casefold(), name.casefold()
    if (place := within.find(wanted)) >= 0:
        return 0, place
    place = -1
    for letter in wanted.replace(" ", ""):
        place = within.find(letter, place + 1)
        if place < 0:
            return None
    return 1, place
