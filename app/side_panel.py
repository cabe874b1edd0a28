"""What is going on now, beside the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.panels.actions_panel import ActionsPanel, head_rows
from app.panels.objects_panel import ObjectsPanel, object_rows
from app.panels.section import Section
from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.live_painter import RenderedFrame
    from app.stream import Stream


class SidePanel(QScrollArea):
    """Sections, one above the other."""

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidePanel")
        self._language = language
        self.actions_now, self.objects_now = ActionsPanel(), ObjectsPanel()
        inner = QWidget()
        inner.setObjectName("sidePanel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, GRID_PX, 0, GRID_PX)
        column.setSpacing(GRID_PX)
        column.addWidget(Section(self.tr("Actions now"), self.actions_now))
        column.addWidget(Section(self.tr("Objects now"), self.objects_now))
        column.addStretch()
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(36 * GRID_PX)

    def show_stream(self, stream: Stream, frame: RenderedFrame, confidence: float) -> None:
        """Show what was seen lately and in `frame`."""
        self.actions_now.show_heads(head_rows(stream.manifest, stream.history, self._language))
        found, head = frame.result.detections, stream.predictor.box_head
        self.objects_now.show_rows(object_rows(found, head, self._language, confidence))

    def clear(self) -> None:
        """Show what will be here."""
        self.actions_now.show_heads(())
        self.objects_now.show_rows(None)
