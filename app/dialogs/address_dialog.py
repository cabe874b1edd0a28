"""Asks for a network address. User and password stay in memory, or go into the system's keyring."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.credentials import can_keep
from app.recent import with_credentials
from app.theme import GRID_PX

_EXAMPLES: Final = (
    "rtsp://192.168.1.20:554/stream1",
    "http://camera.local/video.mjpg",
    "https://example.org/clip.mp4",
)


class AddressDialog(QDialog):
    """Emits the address with the credentials in it; keeps nothing itself.

    Before that, `keeping_asked` carries the address without them, the user and the password, if the
    user wants them to be kept.

    Parameters
    ----------
    keeps
        Whether somebody listens to `keeping_asked`.
    """

    address_chosen = Signal(str)
    keeping_asked = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None, *, keeps: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open address"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.address, self.user, self.password = QLineEdit(), QLineEdit(), QLineEdit()
        self.address.setPlaceholderText(_EXAMPLES[0])
        self.address.setMinimumWidth(50 * GRID_PX)
        self.user.setPlaceholderText(self.tr("if the camera asks for it"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText(self.tr("never stored in a file"))
        self.keep = QCheckBox(self.tr("Keep in the system's keyring"))
        self.keep.setVisible(keeps and can_keep())
        self._buttons = self._make_buttons()
        form = QFormLayout()
        form.setVerticalSpacing(GRID_PX)
        form.setHorizontalSpacing(2 * GRID_PX)
        form.addRow(self.tr("Address"), self.address)
        form.addRow(self.tr("User"), self.user)
        form.addRow(self.tr("Password"), self.password)
        form.addRow("", self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addLayout(form)
        column.addWidget(self._make_examples())
        column.addWidget(self._buttons)
        self.address.textChanged.connect(self._check)
        self._check()

    def accept(self) -> None:
        """Hand the address over."""
        plain, user = self.address.text().strip(), self.user.text().strip()
        address = with_credentials(plain, user, self.password.text())
        super().accept()
        if self.keep.isChecked() and user:
            self.keeping_asked.emit(plain, user, self.password.text())
        self.address_chosen.emit(address)

    def _check(self) -> None:
        scheme, found, rest = self.address.text().strip().partition("://")
        self._open_button().setEnabled(bool(scheme and found and rest))

    def _open_button(self) -> QPushButton:
        return self._buttons.button(QDialogButtonBox.StandardButton.Open)

    def _make_buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Open | kinds.Cancel)
        buttons.button(kinds.Open).setText(self.tr("Open"))
        buttons.button(kinds.Open).setProperty("primary", True)
        buttons.button(kinds.Cancel).setText(self.tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _make_examples(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        heading = QLabel(self.tr("Examples"))
        heading.setProperty("muted", True)
        column.addWidget(heading)
        for example in _EXAMPLES:
            button = QPushButton(example)
            button.setObjectName("recentRow")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, text=example: self.address.setText(text))
            column.addWidget(button)
        return box
