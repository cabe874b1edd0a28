"""The bar under the picture: seek bar, playing, marks, speed, export."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import plain_name
from app.clock import clock
from app.clock_label import ClockLabel
from app.icons import icon
from app.theme import GRID_PX, current_theme
from app.timeline import Timeline, TimelineState

if TYPE_CHECKING:
    from app.actions import Actions

SPEEDS: Final = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0, math.inf)
_ICON: Final = QSize(20, 20)


class TransportBar(QFrame):
    """Buttons are views of the window's `Actions`."""

    speed_chosen = Signal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.timeline = Timeline()
        self._position, self._duration = ClockLabel(), QLabel()
        self._duration.setProperty("mono", True)
        self._live = QLabel(self.tr("LIVE"))
        self._live.setStyleSheet(f"color: {current_theme().accent}; font-weight: 700;")
        self._speed = self._make_speed_button()
        self.show_speed(1.0)
        self._play = _button(actions.play)
        self._play.setProperty("framed", True)
        self._play.setIconSize(QSize(24, 24))
        self._play.setFixedSize(5 * GRID_PX + 8, 5 * GRID_PX)
        self._arrange(actions)

    def show_timeline(self, state: TimelineState, live: bool) -> None:
        """Show where the stream is."""
        self.timeline.show_state(state)
        self._position.show_time(state.position_s)
        self._duration.setText("" if not state.duration_s else f"/ {clock(state.duration_s)}")
        self._live.setVisible(live)

    def show_speed(self, speed: float) -> None:
        """Show the speed chosen."""
        self._speed.setText(self._speed_name(speed))
        for choice, action in zip(SPEEDS, self._speed.menu().actions(), strict=True):
            action.setChecked(choice == speed)

    def _arrange(self, actions: Actions) -> None:
        left, middle, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (left, middle, right):
            row.setSpacing(GRID_PX // 2)
        for label in (self._position, self._duration, self._live):
            left.addWidget(label)
        left.addStretch()
        for widget in (_button(actions.step_back), self._play, _button(actions.step_forward)):
            middle.addWidget(widget)
        right.addStretch()
        for action in (actions.snapshot, actions.mark_in, actions.mark_out, actions.loop):
            right.addWidget(_button(action))
        right.addWidget(self._speed)
        right.addSpacing(GRID_PX)
        right.addWidget(self._make_export_button(actions.export))
        controls = QHBoxLayout()
        controls.setContentsMargins(2 * GRID_PX, 0, 2 * GRID_PX, GRID_PX)
        for row, stretch in ((left, 1), (middle, 0), (right, 1)):
            controls.addLayout(row, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.timeline)
        column.addLayout(controls)

    def _make_export_button(self, action: QAction) -> QPushButton:
        # No view of the action: its icon must have the colour of text upon the accent.
        picture = icon("export", current_theme().on_accent)
        button = QPushButton(picture, plain_name(action))
        button.setProperty("primary", True)
        button.setToolTip(action.toolTip())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        return button

    def _make_speed_button(self) -> QToolButton:
        button = QToolButton()
        button.setToolTip(self.tr("Speed"))
        button.setAccessibleName(self.tr("Speed"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu, group = QMenu(button), QActionGroup(button)
        for speed in SPEEDS:
            action = QAction(self._speed_name(speed), group, checkable=True)
            action.triggered.connect(lambda _=False, s=speed: self.speed_chosen.emit(s))
            menu.addAction(action)
        button.setMenu(menu)
        return button

    def _speed_name(self, speed: float) -> str:
        return (
            self.tr("As fast as it goes") if math.isinf(speed) else f"{speed:g}×".replace("-", "−")
        )


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(_ICON)
    button.setAccessibleName(plain_name(action))
    return button
