"""What rules did, the newest last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.i18n.engine_words import translated
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from engine.rules.occasion import LogEntry, RuleLog

_REFRESH_MS: Final = 250


class LogView(QListWidget):
    """Looks for new entries a few times a second while it is visible."""

    def __init__(self, rule_log: RuleLog, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log, self._shown = rule_log, -1
        self.setAccessibleName(self.tr("What rules did"))
        self.setFixedHeight(12 * GRID_PX)
        self.setProperty("boxed", True)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    def refresh(self) -> None:
        """Show what is new."""
        if self._log.count == self._shown:
            return
        self._shown = self._log.count
        self.clear()
        for entry in self._log.entries():
            item = QListWidgetItem(self._words(entry))
            item.setToolTip(entry.text)
            if entry.failed:
                item.setForeground(QBrush(QColor(current_theme().bad)))
            self.addItem(item)
        self.scrollToBottom()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entries, or what they will be."""
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current_theme().muted))
            place = self.viewport().rect().adjusted(GRID_PX, GRID_PX, -GRID_PX, -GRID_PX)
            text = self.tr("What rules do is listed here, with the time.")
            painter.drawText(place, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, text)

    def _words(self, entry: LogEntry) -> str:
        names = {
            "": self.tr("fired"),
            "sound": self.tr("sound"),
            "notify": self.tr("message"),
            "clip": self.tr("clip"),
            "command": self.tr("program"),
            "webhook": self.tr("web address"),
            "mqtt": "MQTT",
        }
        what = "!" if entry.failed and not entry.action else names[entry.action]
        return f"{entry.at:%H:%M:%S}  {entry.rule} · {what} · {translated(entry.text)}"
