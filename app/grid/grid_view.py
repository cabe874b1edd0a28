"""Tiles in rows, or one of them large."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QStackedWidget, QWidget

from app.grid.tile import Tile
from app.theme import GRID_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.grid.grid_session import GridSession, TileReport
    from app.live_painter import RenderedFrame


def columns_for(count: int, width: int, height: int, aspect: float = 4 / 3) -> int:
    """Return how many columns show `count` pictures largest in an area of `width` × `height`."""

    def merit(columns: int) -> tuple[float, int, int]:
        rows = math.ceil(count / columns)
        picture_width = min(width / columns, height / rows * aspect)
        return picture_width, count - rows * columns, columns

    return max(range(1, count + 1), key=merit, default=1)


class GridView(QStackedWidget):
    """Shows every stream of a `GridSession`; says what to do while there is none."""

    enlarged = Signal(int)

    def __init__(self, session: GridSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._columns = session, 1
        self.tiles: dict[int, Tile] = {}
        self._large: int | None = None
        hint = QLabel(
            self.tr(
                "Drop videos here, or add files, cameras and addresses. All are watched at the "
                "same time, each with a memory of its own."
            )
        )
        hint.setWordWrap(True)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setProperty("muted", True)
        hint.setContentsMargins(8 * GRID_PX, 0, 8 * GRID_PX, 0)
        self._area = QWidget()
        self._grid = QGridLayout(self._area)
        self._grid.setContentsMargins(GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        self._grid.setSpacing(GRID_PX)
        self.addWidget(hint)
        self.addWidget(self._area)
        session.added.connect(self._add)
        session.removed.connect(self._remove)
        session.frame_ready.connect(self._show_frame)
        session.reported.connect(self._show_report)
        for number in session.numbers:
            self._add(number)

    @property
    def large(self) -> int | None:
        """The number of the tile that fills the view."""
        return self._large

    def enlarge(self, number: int | None) -> None:
        """Show one stream alone; None, or the one that is large already, shows all."""
        self._large = None if number == self._large or number not in self.tiles else number
        self._session.show_only(self._large)
        for tile in self.tiles.values():
            tile.setVisible(self._large in (None, tile.number))
        self._arrange()
        if number in self.tiles:
            self.tiles[number].setFocus()
        self.enlarged.emit(self._large or 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew where other columns suit better."""
        super().resizeEvent(event)
        self._arrange()

    def _add(self, number: int) -> None:
        tile = Tile(number)
        self.tiles[number] = tile
        tile.enlarge_asked.connect(self.enlarge)
        tile.remove_asked.connect(self._session.remove)
        tile.again_asked.connect(self._session.open_again)
        tile.area_changed.connect(self._session.set_target)
        tile.move_asked.connect(self._move_focus)
        tile.show_report(self._session.report(number))
        if self._large is not None:
            self.enlarge(None)
        self._arrange()
        if len(self.tiles) == 1:
            tile.setFocus()

    def _remove(self, number: int) -> None:
        shown = list(self.tiles)
        place = shown.index(number)
        tile = self.tiles.pop(number)
        had_focus = tile.hasFocus()
        self._grid.removeWidget(tile)
        tile.hide()
        tile.deleteLater()
        if self._large == number:
            self.enlarge(None)
        self._arrange()
        left = list(self.tiles.values())
        if had_focus and left:
            left[min(place, len(left) - 1)].setFocus()

    def _arrange(self) -> None:
        self.setCurrentIndex(1 if self.tiles else 0)
        shown = [self.tiles[self._large]] if self._large else list(self.tiles.values())
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns_for(len(shown), max(1, self.width()), max(1, self.height()))
        for place, tile in enumerate(shown):
            row, column = divmod(place, self._columns)
            self._grid.addWidget(tile, row, column)
            self._grid.setRowStretch(row, 1)
            self._grid.setColumnStretch(column, 1)

    def _move_focus(self, right: int, down: int) -> None:
        numbers = list(self.tiles)
        focused = next((n for n in numbers if self.tiles[n].hasFocus()), None)
        if focused is None:
            return
        if self._large is not None:
            step = right or down
            self.enlarge(numbers[(numbers.index(focused) + step) % len(numbers)])
            return
        place = numbers.index(focused) + right + down * self._columns
        if 0 <= place < len(numbers):
            self.tiles[numbers[place]].setFocus()

    def _show_frame(self, number: int, frame: RenderedFrame) -> None:
        if number in self.tiles:
            self.tiles[number].show_frame(frame)

    def _show_report(self, number: int, report: TileReport) -> None:
        if number in self.tiles:
            self.tiles[number].show_report(report)
