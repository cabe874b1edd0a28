"""What the window shows while nothing is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.icons import icon, pixmap
from app.recent import shown_name
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction, QIcon

    from app.actions import Actions

_SHOWN_RECENT: Final = 5
_MARK_PX: Final = 72
_CARD_PX: Final = 70 * GRID_PX


class Welcome(QWidget):
    """A drop target, the ways to open something, and what was open lately."""

    recent_chosen = Signal(str)
    camera_asked = Signal()

    def __init__(
        self, actions: Actions, recent: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._target = self._make_target(actions)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID_PX, 4 * GRID_PX, 4 * GRID_PX, 4 * GRID_PX)
        column.addStretch(2)
        column.addWidget(self._target, 0, Qt.AlignmentFlag.AlignHCenter)
        if recent:
            column.addSpacing(2 * GRID_PX)
            column.addWidget(self._make_recent(recent), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        # It shares its place with the picture, which must not be as high as this in small windows.
        self.setMinimumHeight(30 * GRID_PX)

    def show_drop(self, active: bool) -> None:
        """Light the target up while something is dragged over the window."""
        self._target.setProperty("active", active)
        self._target.style().unpolish(self._target)
        self._target.style().polish(self._target)

    def _make_target(self, actions: Actions) -> QFrame:
        theme = current_theme()
        frame = QFrame()
        frame.setObjectName("dropTarget")
        frame.setFixedWidth(_CARD_PX)
        column = QVBoxLayout(frame)
        column.setContentsMargins(5 * GRID_PX, 5 * GRID_PX, 5 * GRID_PX, 5 * GRID_PX)
        column.setSpacing(GRID_PX)
        mark = QLabel()
        mark.setPixmap(pixmap("longtake", "", _MARK_PX, self.devicePixelRatioF()))
        mark.setFixedSize(_MARK_PX, _MARK_PX)
        heading = QLabel(self.tr("Drop a video here"))
        heading.setProperty("heading", True)
        text = QLabel(
            self.tr(
                "Longtake finds objects and actions in it, frame by frame, and remembers what "
                "came before. Nothing leaves this computer."
            )
        )
        text.setWordWrap(True)
        text.setProperty("muted", True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # A centred card is not asked how high it is at its width: the text says so itself.
        text.setFixedWidth(_CARD_PX - 10 * GRID_PX)
        text.ensurePolished()
        text.setMinimumHeight(text.heightForWidth(text.width()) + GRID_PX)
        column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(heading, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text)
        column.addSpacing(2 * GRID_PX)
        row = QHBoxLayout()
        row.setSpacing(GRID_PX)
        row.addStretch()
        first = _button(actions.open, self.tr("Open video"), icon("film", theme.on_accent))
        first.setProperty("primary", True)
        camera = QPushButton(icon("camera"), self.tr("Camera"))
        camera.clicked.connect(self.camera_asked)
        row.addWidget(first)
        row.addWidget(camera)
        row.addWidget(_button(actions.open_address, self.tr("Address"), icon("address")))
        row.addWidget(_button(actions.open_demo, self.tr("Demo"), icon("demo")))
        row.addStretch()
        column.addLayout(row)
        return frame

    def _make_recent(self, recent: Sequence[str]) -> QWidget:
        box = QWidget()
        box.setFixedWidth(_CARD_PX)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        heading = QLabel(self.tr("Recent"))
        heading.setProperty("muted", True)
        heading.setContentsMargins(GRID_PX, 0, 0, GRID_PX // 2)
        column.addWidget(heading)
        for address in recent[:_SHOWN_RECENT]:
            button = QPushButton(icon("recent", current_theme().muted), shown_name(address))
            button.setObjectName("recentRow")
            button.setToolTip(address)
            button.clicked.connect(lambda _=False, a=address: self.recent_chosen.emit(a))
            column.addWidget(button)
        return box


def _button(action: QAction, text: str, picture: QIcon) -> QPushButton:
    button = QPushButton(picture, text)
    button.setIconSize(QSize(18, 18))
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    return button
