"""The export dialog's questions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.clock import clock, parse_clock
from app.exports.drawing_choice import DrawingChoice
from app.recent import is_network
from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.overlay_style import OverlayStyle
    from app.session import Session

_TIME_WIDTH_PX: Final = 14 * GRID_PX
_END_TOLERANCE_S: Final = 0.01


class ExportForm(QWidget):
    """Part, formats, place. Starts with the session's in and out points."""

    ready_changed = Signal()

    def __init__(self, session: Session, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        stream = session.stream
        self._duration_s = stream.info.duration_s if stream else None
        self.start, self.end = QLineEdit(), QLineEdit()
        self.start.setText(clock(session.in_s or 0.0, decimals=2))
        end_s = session.out_s if session.out_s is not None else self._duration_s
        self.end.setText("" if end_s is None else clock(end_s, decimals=2))
        self.video = QCheckBox(self.tr("Video with overlays (MP4, sound kept)"))
        self.labels = QCheckBox(self.tr("Labels of every frame (JSON Lines)"))
        self.video.setChecked(True)
        self.drawing = DrawingChoice(session.style)
        self.sizes = QComboBox()
        self.sizes.addItem(self.tr("Best, large file"), 17)
        self.sizes.addItem(self.tr("Good"), 23)
        self.sizes.addItem(self.tr("Small file"), 29)
        self.sizes.setCurrentIndex(1)
        self.place = QLineEdit(str(_default_target(session, folder)))
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setWordWrap(True)
        self._arrange()
        for edit in (self.start, self.end, self.place):
            edit.textChanged.connect(self._check)
        for box in (self.video, self.labels):
            box.toggled.connect(self._check)
        self._check()

    def part(self) -> tuple[float | None, float | None]:
        """Return the part chosen, in seconds; None where it is the beginning or the end."""
        start_s, end_s = parse_clock(self.start.text()), parse_clock(self.end.text())
        if end_s is not None and self._duration_s is not None:
            # The time shown is rounded: the end of the recording must not cut off its last frame.
            end_s = None if end_s >= self._duration_s - _END_TOLERANCE_S else end_s
        return start_s or None, end_s

    def video_path(self) -> Path | None:
        """Return the MP4 to write, if any."""
        return self._target(".mp4") if self.video.isChecked() else None

    def labels_path(self) -> Path | None:
        """Return the labels to write, if any."""
        return self._target(".jsonl") if self.labels.isChecked() else None

    def overlay(self) -> OverlayStyle:
        """Return what is drawn on the video."""
        return self.drawing.overlay()

    def quality(self) -> int:
        """Return the video's constant rate factor."""
        return int(self.sizes.currentData())

    def refresh(self) -> None:
        """Look again at what is there."""
        self._check()

    def folder(self) -> Path:
        """Return the folder written to."""
        return Path(self.place.text()).expanduser().parent

    def ready(self) -> bool:
        """Return whether everything needed is there."""
        return not self._problem()

    def _target(self, suffix: str) -> Path:
        path = Path(self.place.text()).expanduser()
        known = path.suffix.lower() in (".mp4", ".jsonl")
        return path.with_suffix(suffix) if known else path.with_name(path.name + suffix)

    def _problem(self) -> str:
        start_s, end_s = parse_clock(self.start.text()), parse_clock(self.end.text())
        if start_s is None or (end_s is None and self.end.text().strip()):
            return self.tr("Give times as 1:23.45.")
        if end_s is not None and end_s <= start_s:
            return self.tr("The end must come after the beginning.")
        if not (self.video.isChecked() or self.labels.isChecked()):
            return self.tr("Choose at least one thing to write.")
        if not self.folder().is_dir():
            return self.tr("There is no folder {0}.").format(self.folder())
        return ""

    def _check(self) -> None:
        existing = [p.name for p in (self.video_path(), self.labels_path()) if p and p.exists()]
        note = self._problem()
        if not note and existing:
            note = self.tr("Will be replaced: {0}").format(", ".join(existing))
        self._note.setText(note)
        for choice in (self.drawing, self.sizes):
            choice.setEnabled(self.video.isChecked())
        self.ready_changed.emit()

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export to"), self.place.text(), "MP4 (*.mp4)"
        )
        if path:
            self.place.setText(path)

    def _arrange(self) -> None:
        times = QHBoxLayout()
        times.setSpacing(GRID_PX)
        for edit in (self.start, self.end):
            edit.setFixedWidth(_TIME_WIDTH_PX)
        times.addWidget(self.start)
        times.addWidget(QLabel("–"))
        times.addWidget(self.end)
        times.addStretch()
        kinds = QVBoxLayout()
        kinds.setSpacing(GRID_PX)
        kinds.addWidget(self.video)
        kinds.addWidget(self.labels)
        target = QHBoxLayout()
        target.setSpacing(GRID_PX)
        browse = QPushButton(self.tr("Choose…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        target.addWidget(self.place, 1)
        target.addWidget(browse)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(2 * GRID_PX)
        form.setHorizontalSpacing(3 * GRID_PX)
        form.addRow(self.tr("Part"), times)
        form.addRow(self.tr("Write"), kinds)
        form.addRow(self.tr("Draw"), self.drawing)
        form.addRow(self.tr("Quality"), self.sizes)
        form.addRow(self.tr("To"), target)
        form.addRow("", self._note)
        self.sizes.setAccessibleName(self.tr("Quality"))
        self.start.setAccessibleName(self.tr("Beginning of the part"))
        self.end.setAccessibleName(self.tr("End of the part"))
        self.place.setAccessibleName(self.tr("File to write"))


def _default_target(session: Session, folder: str) -> Path:
    """Return ``<name>-annotated.mp4`` beside the recording, or in `folder` where that fails."""
    address = session.request.address if session.request else ""
    path = Path(address)
    if address and path.is_file() and os.access(path.parent, os.W_OK):
        return path.with_name(f"{path.stem}-annotated.mp4")
    local = address and not is_network(address)
    stem = path.stem if local and path.exists() else "longtake"
    return Path(folder or Path.home()) / f"{stem}-annotated.mp4"
