"""What this program is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app import __version__
from app.icons import pixmap
from app.theme import GRID_PX


class AboutDialog(QDialog):
    """Name, version, licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Longtake"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        mark, heading = QLabel(), QLabel(f"Longtake {__version__}")
        mark.setPixmap(pixmap("longtake", "", 64, self.devicePixelRatioF()))
        heading.setProperty("heading", True)
        text = QLabel(
            self.tr(
                "Watches video with memory: one network looks at each frame, and small recurrent "
                "heads carry what they saw on to the next. Everything runs on this computer."
            )
        )
        text.setWordWrap(True)
        text.setProperty("muted", True)
        text.setMinimumWidth(45 * GRID_PX)
        licence = QLabel(self.tr("Licence: Apache 2.0"))
        licence.setProperty("muted", True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(GRID_PX)
        for widget in (mark, heading, text, licence, buttons):
            column.addWidget(widget)
