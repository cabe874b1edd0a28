"""The list of exports: how far each is, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.clock import clock
from app.elided_label import ElidedLabel
from app.exports.queue import ExportItem, ExportQueue, ExportState
from app.i18n.engine_words import translated
from app.reveal import reveal
from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.export import ExportProgress

_STEPS: Final = 1000
_MOST_PX: Final = 26 * GRID_PX


class ExportRow(QWidget):
    """One export."""

    def __init__(self, queue: ExportQueue, item: ExportItem) -> None:
        super().__init__()
        self._queue, self.item = queue, item
        self.name, self.detail = ElidedLabel(), ElidedLabel()
        self.detail.setProperty("muted", True)
        self.progress = QProgressBar(textVisible=False, maximum=_STEPS)
        self.button, self.remove = QPushButton(), QPushButton(self.tr("Remove from list"))
        for button in (self.button, self.remove):
            button.setAutoDefault(False)
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._act)
        self.remove.clicked.connect(lambda: queue.forget(item))
        self.name.setText(item.target.name if item.target else "")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(GRID_PX // 2)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.progress, 1, 0)
        grid.addWidget(self.detail, 2, 0)
        grid.addWidget(self.button, 0, 1, 3, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.remove, 0, 2, 3, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(0, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands."""
        item = self.item
        share = item.progress.share if item.progress else None
        self.progress.setValue(
            _STEPS if item.state is ExportState.DONE else round((share or 0.0) * _STEPS)
        )
        self.detail.setText(self._describe())
        self.detail.setToolTip(self.detail.text())
        self.button.setText(self.tr("Cancel") if item.unfinished else self.tr("Show in folder"))
        self.button.setEnabled(item.state is not ExportState.CANCELLING)
        self.button.setVisible(item.unfinished or item.state is ExportState.DONE)
        self.remove.setVisible(not item.unfinished)

    def _describe(self) -> str:
        """Return how the export stands, in words."""
        item, summary = self.item, self.item.summary
        if item.state is ExportState.DONE and summary is not None:
            return self.tr("Done: {0} frames in {1} s, {2} frames a second").format(
                summary.frames, f"{summary.seconds:.1f}", f"{summary.fps:.0f}"
            )
        if item.state is ExportState.FAILED and item.error is not None:
            return translated(f"{item.error.message} {item.error.hint}".strip())
        if item.state is ExportState.CANCELLED:
            return self.tr(
                "Cancelled. What was written lies beside the target as .part, and plays."
            )
        if item.state is ExportState.CANCELLING:
            return self.tr("Cancelling…")
        if item.state is ExportState.WAITING:
            return self.tr("Waiting for its turn")
        if item.progress is None:
            return self.tr("Loading the model…")
        return self._describe_progress(item.progress)

    def _describe_progress(self, progress: ExportProgress) -> str:
        parts = [
            self.tr("{0} frames").format(progress.frames),
            self.tr("{0} frames a second").format(f"{progress.fps:.0f}"),
        ]
        if progress.share is not None:
            parts.insert(0, f"{progress.share:.0%}")
        if progress.eta_s is not None:
            parts.append(self.tr("{0} left").format(clock(progress.eta_s + 0.99)))
        return " · ".join(parts)

    def _act(self) -> None:
        if self.item.unfinished:
            self._queue.cancel(self.item)
        elif self.item.target is not None:
            reveal(self.item.target, self)


class QueueView(QScrollArea):
    """A row per export; more than a few are scrolled, for the dialog has to fit the screen."""

    def __init__(self, queue: ExportQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self.rows: list[ExportRow] = []
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, GRID_PX, 0)
        self._column.setSpacing(2 * GRID_PX)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        queue.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Bring the rows up to date."""
        if [row.item for row in self.rows] != list(self._queue.items):
            for row in self.rows:
                self._column.removeWidget(row)
                row.deleteLater()
            self.rows = [ExportRow(self._queue, item) for item in self._queue.items]
            for row in self.rows:
                self._column.addWidget(row)
        for row in self.rows:
            row.refresh()
        self.setFixedHeight(min(_MOST_PX, self._column.sizeHint().height()))
        self.setVisible(bool(self.rows))
