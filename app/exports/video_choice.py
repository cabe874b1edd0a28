"""How an exported video comes out, and about how large it gets."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.export_choices import QUALITIES, SIZES
from app.theme import GRID_PX
from engine.sinks.encoders import SOFTWARE, Encoder, VideoOptions, hardware_encoders
from engine.sinks.estimate import estimate_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.session import Session
    from engine.sources.base import SourceInfo

    Work = Callable[[threading.Event], int | None]

_CALM_MS: Final = 500


class VideoChoice(QWidget):
    """Quality, size, encoder, sound."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        info = session.stream.info if session.stream else None
        self.quality = QComboBox()
        for name, text in (
            ("best", self.tr("Best, large file")),
            ("good", self.tr("Good")),
            ("small", self.tr("Small file")),
        ):
            self.quality.addItem(text, QUALITIES[name])
        self.quality.setCurrentIndex(1)
        self.picture_size = QComboBox()
        self._offer_sizes(info)
        self.encoder = QComboBox()
        self.encoder.addItem(self.tr("Processor (x264)"), SOFTWARE)
        self.encoder.setToolTip(self.tr("Looking for hardware encoders…"))
        self.sound = QCheckBox(self.tr("Keep the sound"))
        self.sound.setChecked(bool(info and info.audio_path))
        self.sound.setEnabled(self.sound.isChecked())
        if not self.sound.isEnabled():
            self.sound.setToolTip(self.tr("This recording has no sound."))
        self._arrange()
        session.background(hardware_encoders, self._offer_encoders, owner=self)

    def options(self) -> VideoOptions:
        """Return size, encoder and sound."""
        return VideoOptions(
            self.picture_size.currentData(), self.encoder.currentData(), self.sound.isChecked()
        )

    def _offer_sizes(self, info: SourceInfo | None) -> None:
        self.picture_size.addItem(self.tr("As the recording"), None)
        shorter = min(info.width, info.height) if info else 0
        for name, side_px in SIZES.items():
            if side_px is not None and side_px < shorter:
                self.picture_size.addItem(name, side_px)
        self.picture_size.setEnabled(self.picture_size.count() > 1)

    def _offer_encoders(self, found: tuple[Encoder, ...]) -> None:
        for one in found:
            self.encoder.addItem(one.title, one.name)
        none_found = self.tr("No hardware encoder works on this machine.")
        some_found = self.tr("Hardware encoders are quicker, and their files larger.")
        self.encoder.setToolTip(some_found if found else none_found)
        self.encoder.setEnabled(bool(found))

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID_PX)
        for box, name in (
            (self.quality, self.tr("Quality")),
            (self.picture_size, self.tr("Size of the picture")),
            (self.encoder, self.tr("Encoder")),
        ):
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self.changed)
            row.addWidget(box)
        row.addStretch()
        self.sound.toggled.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        column.addLayout(row)
        column.addWidget(self.sound)


class SizeEstimate(QLabel):
    """About how large the file gets; looked up in the background when choices have settled."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("muted", True)
        self._session = session
        self._work: Work | None = None
        self._running = False
        self._timer = QTimer(self, interval=_CALM_MS, singleShot=True)
        self._timer.timeout.connect(self._look)

    def ask(self, work: Work | None) -> None:
        """Show what `work` returns in bytes, once nobody has asked again for a moment.

        It is given an event that is set when the answer is wanted no more.
        """
        self._work = work
        if work is None:
            self._timer.stop()
            self.setText("")
        else:
            self._timer.start()

    def _look(self) -> None:
        if self._running or self._work is None:
            return
        self._running, asked = True, self._work
        self.setText(self.tr("Estimating the size…"))
        given_up = threading.Event()
        self._session.background(
            lambda: asked(given_up),
            lambda size: self._show(asked, size),
            cancel=given_up.set,
            owner=self,
        )

    def _show(self, asked: Work, size: int | None) -> None:
        self._running = False
        if self._work is not asked:
            if self._work is not None:
                self._timer.start()
            return
        text = self.tr("About {0}; what is drawn adds a little.")
        self.setText("" if size is None else text.format(QLocale().formattedDataSize(size, 0)))


def copied_size(session: Session, part: tuple[float | None, float | None]) -> Work | None:
    """Return what tells the size of a copied part; None where there is no file to copy."""
    stream, request = session.stream, session.request
    if stream is None or request is None or not stream.info.duration_s:
        return None
    path, whole_s = Path(request.address), stream.info.duration_s
    share = ((part[1] or whole_s) - (part[0] or 0.0)) / whole_s

    def look(_: threading.Event) -> int | None:
        return round(path.stat().st_size * share) if path.is_file() else None

    return look


def estimate_work(
    session: Session, part: tuple[float | None, float | None], quality: int, options: VideoOptions
) -> Work | None:
    """Return what tells the size of an export; None where there is no end to it."""
    stream, request = session.stream, session.request
    if stream is None or request is None:
        return None
    start_s, end_s = part[0] or 0.0, part[1] or stream.info.duration_s
    if end_s is None or end_s <= start_s:
        return None
    address = request.address
    return lambda given_up: estimate_bytes(address, (start_s, end_s), quality, options, given_up)
