"""The export dialog's questions."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
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
from app.exports.drawing_choice import DrawingChoice, HidingChoice
from app.exports.labels_choice import LabelsChoice
from app.exports.video_choice import SizeEstimate, VideoChoice, copied_size, estimate_work
from app.recent import is_network
from app.theme import GRID_PX
from engine.sinks.label_formats import FORMATS
from engine.sources.base import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.overlay_style import OverlayStyle
    from app.session import Session

_TIME_WIDTH_PX: Final = 14 * GRID_PX
_END_TOLERANCE_S: Final = 0.01
_NUMBERED: Final = re.compile(r"(.+)-\d+")
_SUFFIXES: Final = (".mp4", ".mkv", *(one.suffix for one in FORMATS.values()))


class ExportForm(QWidget):
    """Part, formats, place. Follows the session's in and out points, which can be set meanwhile.

    Attributes
    ----------
    address
        Of the recording that it asks about.
    """

    ready_changed = Signal()

    def __init__(self, session: Session, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, stream = session, session.stream
        self.address = stream.request.address if stream else ""
        self._duration_s = stream.info.duration_s if stream else None
        self.start, self.end = QLineEdit(), QLineEdit()
        self._show_part()
        self.video = QCheckBox(self.tr("Video with overlays drawn in (MP4)"))
        self.soft = QCheckBox(self.tr("Subtitles you can switch off (MKV, no re-encoding)"))
        self.soft.setToolTip(
            self.tr("The recording itself, copied; boxes and actions as a track of subtitles.")
        )
        if stream is None or stream.info.kind is not SourceKind.FILE:
            self.soft.setEnabled(False)
            self.soft.setToolTip(self.tr("There is no recording that could be copied."))
        self.video.setChecked(True)
        self.labels = LabelsChoice()
        self.drawing, self.hiding = DrawingChoice(session.style), HidingChoice(session.style)
        self.look = VideoChoice(session)
        self.estimate = SizeEstimate(session)
        self.place = QLineEdit(str(_default_target(session, folder)))
        self._note = QLabel()
        self._note.setProperty("warn", True)
        self._note.setWordWrap(True)
        self._arrange()
        for edit in (self.start, self.end, self.place):
            edit.textChanged.connect(self._check)
        self.video.toggled.connect(self._leave_soft)
        self.soft.toggled.connect(self._leave_video)
        for signal in (self.video.toggled, self.soft.toggled):
            signal.connect(self._show_suffix)
            signal.connect(self._check)
        session.marks_changed.connect(self._follow_marks)
        self.labels.changed.connect(self._check)
        self.look.changed.connect(self._check)
        self._check()

    def part(self) -> tuple[float | None, float | None]:
        """Return the part chosen, in seconds; None where it is the beginning or the end."""
        start_s, end_s = parse_clock(self.start.text()), parse_clock(self.end.text())
        if end_s is not None and self._duration_s is not None:
            # The time shown is rounded: the end of the recording must not cut off its last frame.
            end_s = None if end_s >= self._duration_s - _END_TOLERANCE_S else end_s
        return start_s or None, end_s

    def video_path(self) -> Path | None:
        """Return the MP4 or MKV to write, if any."""
        if self.soft.isChecked():
            return self._target(".mkv")
        return self._target(".mp4") if self.video.isChecked() else None

    def labels_paths(self) -> list[Path]:
        """Return the labels to write, if any."""
        return self.labels.paths(self._target(""))

    def overlay(self) -> OverlayStyle:
        """Return what is drawn on the video."""
        return self.hiding.applied(self.drawing.overlay())

    def quality(self) -> int:
        """Return the video's constant rate factor."""
        return int(self.look.quality.currentData())

    def refresh(self) -> None:
        """Look again at what is there."""
        self._check()

    def step_aside(self, taken: Iterable[Path]) -> None:
        """Propose another name, where one of those that are still being written has this one."""
        stems = {path.with_suffix("") for path in taken}
        shown = path = Path(self.place.text()).expanduser()
        numbered = _NUMBERED.fullmatch(path.stem)
        if numbered and path.with_name(numbered[1]) in stems:
            path = path.with_stem(numbered[1])
        first, number = path, 1
        while path.with_suffix("") in stems:
            number += 1
            path = first.with_stem(f"{first.stem}-{number}")
        if shown.with_suffix("") in stems:
            self.place.setText(str(path))

    def folder(self) -> Path:
        """Return the folder written to."""
        return Path(self.place.text()).expanduser().parent

    def ready(self) -> bool:
        """Return whether everything needed is there."""
        return not self._problem()

    def _show_part(self) -> None:
        session = self._session
        self.start.setText(clock(session.in_s or 0.0, decimals=2))
        end_s = session.out_s if session.out_s is not None else self._duration_s
        self.end.setText("" if end_s is None else clock(end_s, decimals=2))

    def _follow_marks(self) -> None:
        if self._session.stream is not None:  # else they are those of something else
            self._show_part()

    def _target(self, suffix: str) -> Path:
        path = Path(self.place.text()).expanduser()
        known = [s for s in _SUFFIXES if path.name.lower().endswith(s) and path.name != s]
        longest = max(known, key=len, default="")
        return path.with_name(path.name[: len(path.name) - len(longest)] + suffix)

    def _problem(self) -> str:
        start_s, end_s = parse_clock(self.start.text()), parse_clock(self.end.text())
        if start_s is None or (end_s is None and self.end.text().strip()):
            return self.tr("Give times as 1:23.45.")
        if end_s is not None and end_s <= start_s:
            return self.tr("The end must come after the beginning.")
        if not (self.video_path() or self.labels.any()):
            return self.tr("Choose at least one thing to write.")
        if not self.folder().is_dir():
            return self.tr("There is no folder {0}.").format(self.folder())
        return ""

    def _check(self) -> None:
        targets = [self.video_path(), *self.labels_paths()]
        existing = [path.name for path in targets if path and path.exists()]
        note = self._problem()
        if not note and existing:
            note = self.tr("Will be replaced: {0}").format(", ".join(existing))
        self._note.setText(note)
        self._note.setVisible(bool(note))
        video, soft = self.video.isChecked(), self.soft.isChecked()
        self.drawing.setEnabled(video or soft)
        self.drawing.set_soft(soft)
        for choice in (self.hiding, self.look):
            choice.setEnabled(video)
        self._estimate(video, soft)
        self.ready_changed.emit()

    def _show_suffix(self) -> None:
        """Name the file after what is written into it."""
        path = self.video_path()
        if path is not None and Path(self.place.text()).suffix.lower() in (".mp4", ".mkv"):
            self.place.setText(str(path))

    def _leave_soft(self, on: bool) -> None:
        if on:
            self.soft.setChecked(False)

    def _leave_video(self, on: bool) -> None:
        if on:
            self.video.setChecked(False)

    def _estimate(self, video: bool, soft: bool) -> None:
        if not ((video or soft) and self.ready()):
            self.estimate.ask(None)
        elif soft:
            self.estimate.ask(copied_size(self._session, self.part()))
        else:
            options = self.look.options()
            self.estimate.ask(estimate_work(self._session, self.part(), self.quality(), options))

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Export to"),
            self.place.text(),
            "MKV (*.mkv)" if self.soft.isChecked() else "MP4 (*.mp4)",
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
        kinds.addWidget(self.soft)
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
        form.addRow(self.tr("Labels"), self.labels)
        form.addRow(self.tr("Draw"), self.drawing)
        form.addRow(self.tr("Hide"), self.hiding)
        form.addRow(self.tr("Video"), self.look)
        form.addRow("", self.estimate)
        form.addRow(self.tr("To"), target)
        form.addRow("", self._note)
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
