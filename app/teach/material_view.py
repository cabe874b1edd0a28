"""The actions of a lesson, and the takes of the one chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.clock import clock
from app.theme import GRID_PX, current_theme
from models.spec import Label
from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from app.teach.draft import Draft
    from models.teaching.takes import Take

_KEY: Final = Qt.ItemDataRole.UserRole
_LONGEST: Final = 64


class MaterialView(QWidget):
    """Says what the user wants; the draft is changed by whoever listens."""

    action_named = Signal(Label)
    action_dropped = Signal(str)
    take_dropped = Signal(str)
    chosen_changed = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._draft: Draft | None = None
        self.action_list, self.take_list = QListWidget(), QListWidget()
        self.name, self.chinese = QLineEdit(), QLineEdit()
        self.add = QPushButton(self.tr("Add"))
        self.drop, self.drop_take = QToolButton(), QToolButton()
        self.drop.setText(self.tr("Remove action"))
        self.drop_take.setText(self.tr("Remove take"))
        self.heading = QLabel()
        self._arrange()
        self.name.returnPressed.connect(self._name_action)
        self.chinese.returnPressed.connect(self._name_action)
        self.add.clicked.connect(self._name_action)
        self.drop.clicked.connect(lambda: self.action_dropped.emit(self.chosen))
        self.drop_take.clicked.connect(self._drop_take)
        self.name.textChanged.connect(lambda _: self._refresh_buttons())
        self.action_list.currentItemChanged.connect(lambda *_: self._show_takes())
        self.take_list.currentItemChanged.connect(lambda *_: self._refresh_buttons())

    @property
    def chosen(self) -> str:
        """The action chosen, or `BACKGROUND`."""
        item = self.action_list.currentItem()
        return str(item.data(_KEY)) if item else BACKGROUND

    def choose(self, name: str) -> None:
        """Choose an action by its name in English."""
        for row in range(self.action_list.count()):
            if self.action_list.item(row).data(_KEY) == name:
                self.action_list.setCurrentRow(row)

    def show_draft(self, draft: Draft) -> None:
        """Show another draft; what is chosen stays chosen."""
        chosen = self.chosen
        known = {action.en for action in self._draft.actions} if self._draft else set()
        fresh = [action.en for action in draft.actions if action.en not in known]
        self._draft = draft
        self.action_list.blockSignals(True)
        self.action_list.clear()
        for action in draft.actions:
            self._add_row(self._name_of(action), action.en, len(draft.of(action.en)))
        self._add_row(self.tr("None of these"), BACKGROUND, len(draft.of(BACKGROUND)))
        self.action_list.blockSignals(False)
        self.choose(fresh[0] if len(fresh) == 1 else chosen)
        if self.action_list.currentItem() is None:
            self.action_list.setCurrentRow(0)
        self._show_takes()

    def _name_of(self, action: Label) -> str:
        return action.zh if self._language == "zh" else action.en

    def _add_row(self, text: str, key: str, count: int) -> None:
        item = QListWidgetItem(f"{text}  ({count})")
        item.setData(_KEY, key)
        self.action_list.addItem(item)

    def _show_takes(self) -> None:
        if self._draft is None:
            return
        chosen = self.chosen
        names = {action.en: self._name_of(action) for action in self._draft.actions}
        self.heading.setText(
            self.tr("Takes that show “{0}”").format(names[chosen])
            if chosen in names
            else self.tr("Takes that show none of the actions")
        )
        self.take_list.clear()
        for take in self._draft.of(chosen):
            item = QListWidgetItem(_describe(take))
            item.setData(_KEY, take.id)
            self.take_list.addItem(item)
        if not self.take_list.count():
            hint = QListWidgetItem(self._hint(chosen))
            hint.setFlags(Qt.ItemFlag.NoItemFlags)
            hint.setForeground(QColor(current_theme().muted))  # greyed out it could not be read
            self.take_list.addItem(hint)
        self._refresh_buttons()
        self.chosen_changed.emit()

    def _hint(self, chosen: str) -> str:
        """Say what to do where there are no takes yet."""
        if self._draft is not None and not self._draft.actions:
            return self.tr(
                "1.  Name an action below, such as waving.\n"
                "2.  Mark where it happens with I and O in the window, and add that part "
                "here; or record yourself. Three to ten times.\n"
                "3.  Learn, then keep it and see what it says."
            )
        if chosen == BACKGROUND:
            return self.tr("What you did not mark in a recording is used by itself.")
        return self.tr("Add three to ten takes; five is a good number.")

    def _refresh_buttons(self) -> None:
        self.add.setEnabled(bool(self.name.text().strip()))
        self.drop.setEnabled(self.chosen != BACKGROUND)
        item = self.take_list.currentItem()
        self.drop_take.setEnabled(item is not None and item.data(_KEY) is not None)

    def _name_action(self) -> None:
        name = self.name.text().strip()
        if not name:
            return
        chinese = self.chinese.text().strip() or name
        self.name.clear()
        self.chinese.clear()
        self.name.setFocus()
        self.action_named.emit(Label(en=name, zh=chinese))

    def _drop_take(self) -> None:
        item = self.take_list.currentItem()
        if item is not None and item.data(_KEY) is not None:
            self.take_dropped.emit(str(item.data(_KEY)))

    def _arrange(self) -> None:
        self.action_list.setAccessibleName(self.tr("Actions"))
        self.take_list.setAccessibleName(self.tr("Takes"))
        self.name.setPlaceholderText(self.tr("Name of a new action"))
        self.name.setAccessibleName(self.tr("Name of a new action"))
        self.name.setMaxLength(_LONGEST)
        self.chinese.setPlaceholderText(self.tr("in Chinese"))
        self.chinese.setAccessibleName(self.tr("Its name in Chinese"))
        self.chinese.setMaxLength(_LONGEST)
        self.add.setAutoDefault(False)
        self.heading.setProperty("muted", True)
        actions_heading = QLabel(self.tr("Actions"))
        actions_heading.setProperty("muted", True)
        names = QHBoxLayout()
        names.setSpacing(GRID_PX)
        names.addWidget(self.name, 3)
        names.addWidget(self.chinese, 2)
        names.addWidget(self.add)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX)
        grid.addLayout(_headed(actions_heading, self.drop), 0, 0)
        grid.addLayout(_headed(self.heading, self.drop_take), 0, 1)
        grid.addWidget(self.action_list, 1, 0)
        grid.addWidget(self.take_list, 1, 1, 2, 1)
        grid.addLayout(names, 2, 0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.take_list.setWordWrap(True)
        self.take_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for shown in (self.action_list, self.take_list):
            shown.setProperty("boxed", True)
            shown.setMinimumHeight(15 * GRID_PX)


def _headed(heading: QLabel, button: QToolButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(heading, 1)
    row.addWidget(button)
    return row


def _describe(take: Take) -> str:
    return f"{take.source}   {clock(take.start_s, decimals=1)} – {clock(take.end_s, decimals=1)}"
