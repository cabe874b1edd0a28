"""Export: which part, what to write and to draw, where; and the queue of all exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.export import ExportJob
from app.exports.export_form import ExportForm
from app.exports.queue_view import QueueView
from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.exports.queue import ExportItem
    from app.session import Session
    from app.settings import Settings
    from app.stream import Stream


class ExportDialog(QDialog):
    """Not modal: the stream plays on, and exports go on when the dialog is closed."""

    def __init__(
        self, session: Session, settings: Settings, language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._settings, self._language = session, settings, language
        self.form = self._make_form()
        self.queue = QueueView(session.exports)
        self.start_button = QPushButton(self.tr("Export"))
        self.close_button = QPushButton(self.tr("Close"))
        self._arrange()
        self._step_aside()
        session.exports.changed.connect(self._refresh_buttons)
        # Methods, not functions: those are let go of together with the dialog.
        session.opening.connect(self._wait_for_source)
        session.closed.connect(self._wait_for_source)
        session.opened.connect(self._follow_source)
        self._refresh_buttons()

    def start(self) -> ExportItem | None:
        """Put what the form says into the queue."""
        request = self._session.request
        if request is None or not self._there:
            return None
        part, labels = self.form.part(), self.form.labels_paths()
        self._settings.last_folder = str(self.form.folder())
        item = self._session.exports.add(
            ExportJob(
                bundle=request.bundle,
                backend_name=request.backend,
                source_address=request.address,
                video_path=self.form.video_path(),
                labels_path=labels[0] if labels else None,
                start_s=part[0],
                end_s=part[1],
                confidence=request.confidence,
                language=self._language,
                style=self.form.overlay(),
                quality=self.form.quality(),
                more_labels=tuple(labels[1:]),
                video=self.form.look.options(),
                soft=self.form.soft.isChecked(),
                policy=request.policy,
                smoothing=request.smoothing,
            )
        )
        self._step_aside()
        self.form.refresh()
        return item

    @property
    def _there(self) -> bool:
        """Whether the form asks about what is on show."""
        stream = self._session.stream
        return stream is not None and stream.request.address == self.form.address

    def _make_form(self) -> ExportForm:
        form = ExportForm(self._session, self._settings.last_folder)
        form.ready_changed.connect(self._refresh_buttons)
        return form

    def _wait_for_source(self) -> None:
        self._refresh_buttons()

    def _follow_source(self, stream: Stream) -> None:
        """Ask about another recording, once there is one; what was asked of the last is moot."""
        if not self._there:
            former, self.form = self.form, self._make_form()
            self._column.replaceWidget(former, self.form)
            former.hide()
            former.deleteLater()
            self._step_aside()
        self._refresh_buttons()

    def _step_aside(self) -> None:
        unfinished = self._session.exports.unfinished
        self.form.step_aside(item.target for item in unfinished if item.target)

    def _refresh_buttons(self) -> None:
        waiting = bool(self._session.exports.unfinished)
        self.start_button.setText(self.tr("Add to queue") if waiting else self.tr("Export"))
        self.form.setEnabled(self._there)
        self.start_button.setEnabled(self._there and self.form.ready())
        self._line.setVisible(bool(self._session.exports.items))

    def _arrange(self) -> None:
        self.start_button.setProperty("primary", True)
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self.start)
        self.close_button.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.start_button)
        self._line = QFrame()
        self._line.setObjectName("rule")
        self._line.setFixedHeight(1)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(self.form)
        column.addLayout(buttons)
        column.addWidget(self._line)
        column.addWidget(self.queue)
        column.addStretch()
        self.setMinimumWidth(72 * GRID_PX)
