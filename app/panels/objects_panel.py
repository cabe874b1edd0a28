"""Objects now: how many of each class, and which tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.overlay_style import INK
from app.theme import GRID_PX, current_theme
from engine.palette import identity_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from engine.results import Detections
    from models.spec import HeadSpec

_ROW_PX: Final = 4 * GRID_PX
_CHIP_GAP_PX: Final = 4


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One class: its name, how many there are, and (track id, colour) of each."""

    name: str
    count: int
    tracks: tuple[tuple[int, str], ...]


class ObjectsPanel(QWidget):
    """Draws one row per class present."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ObjectRow, ...] = ()
        self._started = False
        self._before = self.tr(
            "Objects in the picture are counted here. Each keeps its number and colour for as long "
            "as it can be followed."
        )
        self._nothing = self.tr("Nothing in the picture right now.")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Objects now"))

    @property
    def rows(self) -> tuple[ObjectRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[ObjectRow] | None) -> None:
        """Show `rows`; None before there is a picture."""
        changed = len(rows or ()) != len(self._rows)
        self._started = rows is not None
        self._rows = tuple(rows or ())
        if changed:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for every row."""
        return QSize(280, max(8 * GRID_PX, len(self._rows) * _ROW_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw rows from top to bottom."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setPen(QColor(current_theme().muted))
            wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
            text = self._nothing if self._started else self._before
            painter.drawText(self.rect().adjusted(GRID_PX, 0, -GRID_PX, 0), wrap, text)
            return
        for index, row in enumerate(self._rows):
            place = QRectF(GRID_PX, index * _ROW_PX, self.width() - 2 * GRID_PX, _ROW_PX)
            self._paint_row(painter, row, place)

    def _paint_row(self, painter: QPainter, row: ObjectRow, place: QRectF) -> None:
        theme, middle = current_theme(), Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.text))
        painter.drawText(place, middle, row.name)
        used = painter.fontMetrics().horizontalAdvance(row.name) + GRID_PX
        painter.setPen(QColor(theme.muted))
        painter.drawText(place.adjusted(used, 0, 0, 0), middle, f"× {row.count}")
        x, limit = place.right(), place.x() + used + 4 * GRID_PX
        for number, colour in row.tracks[::-1]:
            text = f"#{number}"
            width = painter.fontMetrics().horizontalAdvance(text) + 2 * GRID_PX
            if x - width < limit:
                break
            chip = QRectF(x - width, place.center().y() - 10, width, 20)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(chip, 10, 10)
            painter.setPen(QColor(INK))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
            x -= width + _CHIP_GAP_PX


def object_rows(
    found: Detections, head: HeadSpec | None, language: str, confidence: float
) -> list[ObjectRow]:
    """Return one row per class, the most frequent first."""
    if head is None:
        return []
    by_class: dict[int, list[int]] = {}
    for class_id, track_id, sure in zip(
        found.class_id.tolist(), found.track_id.tolist(), found.confidence.tolist(), strict=True
    ):
        if sure >= confidence:
            by_class.setdefault(class_id, []).append(track_id)
    order = sorted(by_class.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return [
        ObjectRow(
            name=head.labels[class_id].zh if language == "zh" else head.labels[class_id].en,
            count=len(tracks),
            tracks=tuple((t, identity_colour(t, class_id)) for t in sorted(tracks) if t >= 0),
        )
        for class_id, tracks in order
    ]
