"""Export: which part, what to write, where; then progress until it is done or cancelled."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.clock import clock
from app.dialogs.export_form import ExportForm
from app.export import ExportJob, ExportProgress, ExportSummary
from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.session import Session
    from app.settings import Settings
    from engine.errors import LongtakeError

_REFRESH_MS = 100


class ExportDialog(QDialog):
    """Not modal: the stream can be played on meanwhile. Closing it while it runs cancels.

    ::

        form ──start──→ running ──→ done | cancelled | failed ──back──→ form
    """

    def __init__(
        self, session: Session, settings: Settings, language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._settings, self._language = session, settings, language
        self._job: ExportJob | None = None
        self._news = _News()
        self._summary: ExportSummary | None = None
        self.form = ExportForm(session, settings.last_folder)
        self.form.ready_changed.connect(self._refresh_buttons)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._headline, self._detail = QLabel(), QLabel()
        self._pages = self._make_pages()
        self.start_button, self.cancel_button = QPushButton(), QPushButton()
        self.reveal_button = QPushButton(self.tr("Show in folder"))
        self._arrange()
        self._refresh = QTimer(self, interval=_REFRESH_MS)
        self._refresh.timeout.connect(self._show_news)
        self._refresh_buttons()

    @property
    def summary(self) -> ExportSummary | None:
        """What the last export did."""
        return self._summary

    # -- running ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the export in the background."""
        request = self._session.request
        if request is None:
            return
        part = self.form.part()
        job = ExportJob(
            bundle=request.bundle,
            backend_name=request.backend,
            source_address=request.address,
            video_path=self.form.video_path(),
            labels_path=self.form.labels_path(),
            start_s=part[0],
            end_s=part[1],
            confidence=request.confidence,
            language=self._language,
        )
        self._job, self._summary, self._news = job, None, _News()
        news = self._news
        self._settings.last_folder = str(self.form.folder())
        self._headline.setText(self.tr("Loading the model…"))
        self._detail.clear()
        self._progress.setRange(0, 0)
        self._pages.setCurrentIndex(1)
        self._refresh.start()
        self._session.background(
            lambda: job.run(news.put), self._finish, self._fail, cancel=job.cancel
        )
        self._refresh_buttons()

    def reject(self) -> None:
        """Cancel what runs; close what does not."""
        if self._job is not None:
            self._job.cancel()
            self._headline.setText(self.tr("Cancelling…"))
        else:
            super().reject()

    def _show_news(self) -> None:
        progress = self._news.take()
        if progress is None:
            return
        self._headline.setText(self.tr("Exporting…"))
        parts = [
            self.tr("{0} frames").format(progress.frames),
            self.tr("{0} frames a second").format(f"{progress.fps:.0f}"),
        ]
        if progress.share is not None:
            self._progress.setRange(0, 1000)
            self._progress.setValue(round(progress.share * 1000))
            parts.insert(0, f"{progress.share:.0%}")
        if progress.eta_s is not None:
            parts.append(self.tr("{0} left").format(clock(progress.eta_s + 0.99)))
        self._detail.setText(" · ".join(parts))

    def _finish(self, summary: ExportSummary) -> None:
        self._end_run()
        self._summary = summary
        figures = self.tr("{0} frames in {1} s, {2} frames a second").format(
            summary.frames, f"{summary.seconds:.1f}", f"{summary.fps:.0f}"
        )
        if summary.cancelled:
            self._headline.setText(self.tr("Cancelled"))
            self._detail.setText(
                self.tr(
                    "What was written so far lies beside the target with the ending .part. The "
                    "video in it plays up to where it was stopped; it can also be deleted."
                )
            )
        else:
            self._headline.setText(self.tr("Done"))
            self._detail.setText(figures)
        self._refresh_buttons()

    def _fail(self, error: LongtakeError) -> None:
        self._end_run()
        self._headline.setText(error.message)
        self._detail.setText(error.hint)
        self._progress.setValue(0)
        self._refresh_buttons()

    def _end_run(self) -> None:
        self._refresh.stop()
        self._job = None
        self._progress.setRange(0, 1000)
        self._progress.setValue(1000)

    def _reveal(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.form.folder())))

    # -- layout ----------------------------------------------------------------------------------

    def _refresh_buttons(self) -> None:
        running, on_form = self._job is not None, self._pages.currentIndex() == 0
        self.start_button.setText(self.tr("Export") if on_form else self.tr("Export more"))
        self.start_button.setEnabled(not running and (not on_form or self.form.ready()))
        self.cancel_button.setText(self.tr("Cancel") if running else self.tr("Close"))
        self.reveal_button.setVisible(self._summary is not None)

    def _start_or_back(self) -> None:
        if self._pages.currentIndex() == 0:
            self.start()
        else:
            self._pages.setCurrentIndex(0)
            self._summary = None
            self._refresh_buttons()

    def _make_pages(self) -> QStackedWidget:
        running = QWidget()
        column = QVBoxLayout(running)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        self._headline.setProperty("heading", True)
        self._detail.setProperty("muted", True)
        for label in (self._headline, self._detail):
            label.setWordWrap(True)
        column.addStretch()
        for widget in (self._headline, self._progress, self._detail):
            column.addWidget(widget)
        column.addStretch()
        pages = QStackedWidget()
        pages.addWidget(self.form)
        pages.addWidget(running)
        return pages

    def _arrange(self) -> None:
        self.start_button.setProperty("primary", True)
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self._start_or_back)
        self.cancel_button.clicked.connect(self.reject)
        self.reveal_button.clicked.connect(self._reveal)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reveal_button)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.start_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(3 * GRID_PX)
        column.addWidget(self._pages, 1)
        column.addLayout(buttons)
        self.setMinimumWidth(64 * GRID_PX)


class _News:
    """The newest progress, from the job's thread to the dialog's timer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slot: ExportProgress | None = None

    def put(self, progress: ExportProgress) -> None:
        with self._lock:
            self._slot = progress

    def take(self) -> ExportProgress | None:
        with self._lock:
            slot, self._slot = self._slot, None
        return slot
