"""Closing the window while exports are under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

if TYPE_CHECKING:
    from app.exports.queue import ExportQueue


def ask_to_leave(window: QWidget, queue: ExportQueue) -> QMessageBox:
    """Ask whether to give up what is being exported; closes `window` on yes. Does not wait."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(QCoreApplication.translate("Leaving", "An export is not finished."))
    box.setInformativeText(
        QCoreApplication.translate(
            "Leaving", "What was written so far is kept as .part, and plays."
        )
    )
    leave = box.addButton(
        QCoreApplication.translate("Leaving", "Stop exporting and quit"),
        QMessageBox.ButtonRole.DestructiveRole,
    )
    stay = box.addButton(
        QCoreApplication.translate("Leaving", "Go on exporting"), QMessageBox.ButtonRole.RejectRole
    )
    box.setDefaultButton(stay)
    leave.setObjectName("leave")

    def give_up() -> None:
        queue.cancel_all()
        window.hide()
        window.close()

    leave.clicked.connect(give_up)
    box.open()
    return box
