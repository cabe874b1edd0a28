"""The zones and lines that rules name: listed, drawn, renamed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.rules.canvas import RegionCanvas
from app.theme import GRID_PX
from engine.rules.model import Line, Zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.video_view import VideoView

    Share = tuple[float, float]

_LIST_PX: Final = 12 * GRID_PX
_LONGEST_NAME: Final = 64


class RegionsPanel(QWidget):
    """Keeps zones and lines, and the canvas over the picture that shows them."""

    changed = Signal()
    renamed = Signal(str, str)
    """Kind and new name do not matter to rules: old name, new name."""

    def __init__(self, video: VideoView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = RegionCanvas(video)
        self._regions: list[Zone | Line] = []
        self.list = QListWidget()
        self.list.setFixedHeight(_LIST_PX)
        self.list.setProperty("boxed", True)
        self.list.setAccessibleName(self.tr("Zones and lines"))
        self.list.itemChanged.connect(self._rename)
        self.zone_button = QPushButton(self.tr("Draw zone"))
        self.line_button = QPushButton(self.tr("Draw line"))
        self.zone_button.setToolTip(self.tr("Draw a zone on the picture, corner by corner"))
        self.line_button.setToolTip(self.tr("Draw a line on the picture, to count who crosses it"))
        self.remove_button = QPushButton(self.tr("Remove"))
        buttons = QGridLayout()
        buttons.setSpacing(GRID_PX)
        for place, button in enumerate((self.zone_button, self.line_button, self.remove_button)):
            button.setAutoDefault(False)
            buttons.addWidget(button, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addWidget(self.list)
        column.addLayout(buttons)
        self._connect()

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones there are."""
        return tuple(one for one in self._regions if isinstance(one, Zone))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines there are."""
        return tuple(one for one in self._regions if isinstance(one, Line))

    def show_regions(self, zones: Sequence[Zone], lines: Sequence[Line]) -> None:
        """Show these."""
        self._regions = [*zones, *lines]
        self._refresh()

    def set_drawable(self, drawable: bool) -> None:
        """Say whether there is a picture to draw on."""
        for button in (self.zone_button, self.line_button):
            button.setEnabled(drawable)
            if not drawable:
                button.setToolTip(self.tr("Open a video or a camera first: it is drawn on."))

    def stop(self) -> None:
        """Take everything off the picture."""
        self.canvas.hide()
        self.canvas.deleteLater()

    def _connect(self) -> None:
        canvas = self.canvas
        self.zone_button.clicked.connect(lambda: canvas.draw("zone"))
        self.line_button.clicked.connect(lambda: canvas.draw("line"))
        self.remove_button.clicked.connect(self._remove)
        canvas.zone_drawn.connect(self._add_zone)
        canvas.line_drawn.connect(self._add_line)

    def _add_zone(self, corners: list[Share]) -> None:
        name = self._free_name(self.tr("Zone {0}"))
        self._add(Zone(name=name, points=tuple(corners)))

    def _add_line(self, start: Share, end: Share) -> None:
        if start != end:
            self._add(Line(name=self._free_name(self.tr("Line {0}")), start=start, end=end))

    def _add(self, region: Zone | Line) -> None:
        self._regions.append(region)
        self._refresh()
        self.list.setCurrentRow(self.list.count() - 1)
        self.changed.emit()

    def _remove(self) -> None:
        if (row := self.list.currentRow()) >= 0:
            del self._regions[row]
            self._refresh()
            self.changed.emit()

    def _rename(self, item: QListWidgetItem) -> None:
        row, name = self.list.row(item), item.text().strip()[:_LONGEST_NAME]
        old = self._regions[row]
        if name and name != old.name and name not in (one.name for one in self._regions):
            self._regions[row] = old.model_copy(update={"name": name})
            self._refresh()
            self.renamed.emit(old.name, name)
            self.changed.emit()
        else:
            self._refresh()

    def _free_name(self, pattern: str) -> str:
        taken = {one.name for one in self._regions}
        number = 1
        while (name := pattern.format(number)) in taken:
            number += 1
        return name

    def _refresh(self) -> None:
        chosen = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for one in self._regions:
            item = QListWidgetItem(one.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(self.tr("Double click to rename."))
            self.list.addItem(item)
        self.list.setCurrentRow(min(chosen, self.list.count() - 1))
        self.list.blockSignals(False)
        self.remove_button.setEnabled(bool(self._regions))
        self.canvas.show_regions(self.zones, self.lines)
