"""The figures at the foot of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from app.i18n.engine_words import translated
from app.theme import GRID_PX
from engine.sources.base import SourceState

if TYPE_CHECKING:
    from app.exports.queue import ExportQueue
    from engine.status import PipelineStatus

_SAY_MS: Final = 5000
_SPARSE: Final = 0.4
"""Share of the trained rate below which recognition suffers."""


class StatusBar(QStatusBar):
    """Rates, times, drops and backend; the source's health on the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(GRID_PX, 0, GRID_PX, 0)
        self._health = QLabel(self.tr("Ready"))
        self._health.setProperty("muted", True)
        self.addWidget(self._health, 1)
        self._source = self._figure(self.tr("Frames per second that the source delivers"))
        self._processed = self._figure(self.tr("Frames per second that the model processes"))
        self._rate = self._figure(
            self.tr(
                "Frames per second of the stream that the model looks at, and the rate it was "
                "trained at. Far below, fast movements fall between frames."
            )
        )
        self._memory = self._figure(
            self.tr("How far back the memory reaches that the model decides by")
        )
        self._inference = self._figure(self.tr("Time the model takes for a frame"))
        self._latency = self._figure(self.tr("Time from capture until the result is there"))
        self._drops = self._figure(self.tr("Frames dropped because the model was too slow"))
        self._backend = self._figure(self.tr("What the model runs on"))
        self.exports = QToolButton()
        self.exports.setVisible(False)
        self.exports.setToolTip(self.tr("Show the exports"))
        self.exports.setAccessibleName(self.tr("Show the exports"))
        self.addPermanentWidget(self.exports)
        self._quiet = QTimer(self, interval=_SAY_MS, singleShot=True)
        self.show_status(None)

    def show_status(self, status: PipelineStatus | None) -> None:
        """Show a snapshot; None clears the figures."""
        if status is None:
            for label in (self._source, self._processed, self._rate, self._inference):
                label.clear()
            self._memory.clear()
            self._latency.clear()
            self._drops.clear()
            self._backend.clear()
            self._show_health(self.tr("Ready"), "")
            return
        self._source.setText(self.tr("Source {0} fps").format(f"{status.source_hz:.1f}"))
        self._processed.setText(self.tr("Model {0} fps").format(f"{status.processed_hz:.1f}"))
        self._memory.setText(self.tr("Memory {0} s").format(f"{status.memory_s:.1f}"))
        self._inference.setText(self.tr("{0} ms a frame").format(f"{status.inference_ms:.1f}"))
        self._latency.setText(self.tr("Latency {0} ms").format(f"{status.latency_ms:.0f}"))
        self._drops.setText(self.tr("Dropped {0}").format(status.dropped))
        _set_flag(self._drops, "warn", status.dropped > 0)
        self._show_source(status)

    def show_backend(self, name: str, device: str) -> None:
        """Show what the model runs on."""
        self._backend.setText(f"{name} · {translated(device)}")

    def show_rate(self, seen_hz: float, trained_hz: float) -> None:
        """Show how many frames of each second of the stream the model sees; 0 is not known."""
        if seen_hz <= 0:
            self._rate.clear()
            return
        text = self.tr("Sees {0} of {1} fps").format(f"{seen_hz:.3g}", f"{trained_hz:.3g}")
        self._rate.setText(text)
        _set_flag(self._rate, "warn", seen_hz < _SPARSE * trained_hz)

    def say(self, text: str) -> None:
        """Say something for a few seconds, in place of the source's health."""
        self._show_health(text, "")
        self._quiet.start()

    def show_exports(self, queue: ExportQueue) -> None:
        """Show how far the export at work is, and how many wait."""
        unfinished = queue.unfinished
        self.exports.setVisible(bool(unfinished))
        if not unfinished:
            return
        progress = unfinished[0].progress
        share = f" {progress.share:.0%}" if progress and progress.share is not None else "…"
        waiting = len(unfinished) - 1
        more = " " + self.tr("(+{0} waiting)").format(waiting) if waiting else ""
        self.exports.setText(self.tr("Exporting") + share + more)

    def show_opening(self) -> None:
        """Say that something is being opened."""
        self._show_health(self.tr("Opening…"), "")

    def _show_source(self, status: PipelineStatus) -> None:
        if self._quiet.isActive():
            return
        source = status.source
        if source.state is SourceState.RECONNECTING:
            self._show_health(self.tr("Reconnecting…") + f" {translated(source.detail)}", "warn")
        elif source.damaged:
            text = self.tr("{0} damaged pictures skipped").format(source.damaged)
            self._show_health(text, "warn")
        else:
            self._show_health(translated(source.detail) or self.tr("All well"), "")

    def _show_health(self, text: str, level: str) -> None:
        self._health.setText(text)
        _set_flag(self._health, "warn", level == "warn")

    def _figure(self, explanation: str) -> QLabel:
        label = QLabel()
        label.setProperty("muted", True)
        label.setToolTip(explanation)
        self.addPermanentWidget(label)
        return label


def _set_flag(label: QLabel, name: str, on: bool) -> None:
    """Set a property that the style sheet reads; restyle only when it changes."""
    if bool(label.property(name)) != on:
        label.setProperty(name, on)
        label.setProperty("muted", not on)
        label.style().unpolish(label)
        label.style().polish(label)
