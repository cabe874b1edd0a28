"""Closing the window while something is not finished: exports under way, work that is not saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox

from app.teach.unfinished import Unfinished

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.session import Session


def tell_unfinished(session: Session) -> list[str]:
    """Say what would be lost, a sentence each. Dialogs that are open tell of nothing yet."""
    told = []
    if session.exports.unfinished:
        told.append(
            QCoreApplication.translate(
                "Leaving", "An export is under way. What was written is kept as .part, and plays."
            )
        )
    if Unfinished.of(session).any_unsaved:
        told.append(
            QCoreApplication.translate(
                "Leaving", "A lesson was begun or changed in Teach, and not kept."
            )
        )
    if session.rules.unsaved is not None:
        told.append(QCoreApplication.translate("Leaving", "Rules were changed, and not saved."))
    return told


def ask_to_leave(window: MainWindow, session: Session, unfinished: list[str]) -> QMessageBox:
    """Ask whether to give up what is unfinished; closes `window` on yes. Does not wait.

    Parameters
    ----------
    unfinished
        See `tell_unfinished`.
    """
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(QCoreApplication.translate("Leaving", "Something is not finished."))
    box.setInformativeText("\n".join(f"• {what}" for what in unfinished))
    leave = box.addButton(
        QCoreApplication.translate("Leaving", "Give it up and quit"),
        QMessageBox.ButtonRole.DestructiveRole,
    )
    stay = box.addButton(
        QCoreApplication.translate("Leaving", "Stay"), QMessageBox.ButtonRole.RejectRole
    )
    box.setDefaultButton(stay)
    leave.setObjectName("leave")

    def give_up() -> None:
        session.exports.cancel_all()
        window.close_unasked()

    leave.clicked.connect(give_up)
    box.open()
    return box
