"""Every lasting choice in one place, with the defaults one click away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.settings import Settings
from app.theme import GRID_PX
from engine.directories import data_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

_USUAL_CONFIDENCE = 0.35


class PreferencesDialog(QDialog):
    """Emits what was chosen when it is accepted; until then nothing changes.

    Parameters
    ----------
    backends
        Names of runtimes to choose from; ``auto`` is always among them.
    """

    chosen = Signal(dict)
    forgetting_asked = Signal()
    measuring_asked = Signal()

    def __init__(
        self, settings: Settings, backends: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preferences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.language, self.theme, self.backend = QComboBox(), QComboBox(), QComboBox()
        self.precision = QComboBox()
        self.measure, self.speeds = QPushButton(self.tr("Measure speed here")), QLabel()
        self.own_confidence = QCheckBox(self.tr("as the model says, for each class"))
        self.confidence = QSlider(Qt.Orientation.Horizontal)
        self.percent = QLabel()
        self.boxes = {
            "show_boxes": QCheckBox(self.tr("Boxes")),
            "show_actions": QCheckBox(self.tr("Actions")),
            "show_memory": QCheckBox(self.tr("Memory badge")),
            "hide_people": QCheckBox(self.tr("Hide people")),
            "restore_session": QCheckBox(self.tr("Open what was open last, at the same place")),
        }
        self.forget = QPushButton()
        self.restore = QPushButton(self.tr("Restore defaults"))
        self.cancel, self.take = QPushButton(self.tr("Cancel")), QPushButton(self.tr("Apply"))
        self._fill(backends)
        self._arrange()
        self._show_kept(len(settings.kept_addresses))
        self.show_settings(settings)

    def show_settings(self, settings: Settings) -> None:
        """Show `settings`, without taking them."""
        for box, value in (
            (self.language, settings.language),
            (self.theme, settings.theme),
            (self.backend, settings.backend),
            (self.precision, settings.precision),
        ):
            if box.findData(value) < 0:
                box.addItem(value, value)
            box.setCurrentIndex(box.findData(value))
        self.own_confidence.setChecked(settings.confidence is None)
        self.confidence.setValue(round(100 * (settings.confidence or _USUAL_CONFIDENCE)))
        for name, check in self.boxes.items():
            check.setChecked(getattr(settings, name))

    def choice(self) -> dict[str, Any]:
        """Return what is shown, by the names of `Settings`."""
        own = self.own_confidence.isChecked()
        return {
            "language": self.language.currentData(),
            "theme": self.theme.currentData(),
            "backend": self.backend.currentData(),
            "precision": self.precision.currentData(),
            "confidence": None if own else self.confidence.value() / 100,
            **{name: check.isChecked() for name, check in self.boxes.items()},
        }

    def accept(self) -> None:
        """Hand it over."""
        choice = self.choice()
        super().accept()
        self.chosen.emit(choice)

    def show_measuring(self) -> None:
        """Say that it takes a while."""
        self.measure.setEnabled(False)
        self._say_speeds(self.tr("Measuring… what plays meanwhile slows it down."))

    def show_speeds(self, text: str) -> None:
        """Show what was measured."""
        self.measure.setEnabled(True)
        self._say_speeds(text)

    def _say_speeds(self, text: str) -> None:
        self.speeds.setText(text)
        self.speeds.setVisible(bool(text))
        self.adjustSize()

    def _fill(self, backends: Sequence[str]) -> None:
        system = self.tr("As the desktop")
        for value, text in (("system", system), ("en", "English"), ("zh", "简体中文")):
            self.language.addItem(text, value)
        themes = (("system", system), ("dark", self.tr("Dark")), ("light", self.tr("Light")))
        for value, text in themes:
            self.theme.addItem(text, value)
        self.backend.addItem(self.tr("Automatic"), "auto")
        for name in backends:
            self.backend.addItem(name, name)
        exact = (
            ("f32", self.tr("Exact (f32)")),
            ("auto", self.tr("As fast as was proved harmless here")),
            ("bf16", "bf16"),
            ("int8", "int8"),
            ("fp16", "fp16 (TensorRT)"),
        )
        for value, text in exact:
            self.precision.addItem(text, value)
        self.precision.setToolTip(
            self.tr(
                "What was not proved on this computer to say the same as f32 is not used; "
                "longtake check-drift tries it."
            )
        )
        self.measure.setAutoDefault(False)
        self.measure.clicked.connect(self.measuring_asked)
        self.confidence.setRange(5, 95)
        self.confidence.valueChanged.connect(lambda value: self.percent.setText(f"{value} %"))
        self.own_confidence.toggled.connect(lambda own: self.confidence.setEnabled(not own))
        self.forget.clicked.connect(self._forget)
        self.restore.clicked.connect(lambda: self.show_settings(Settings()))
        self.cancel.clicked.connect(self.reject)
        self.take.clicked.connect(self.accept)
        self.percent.setMinimumWidth(5 * GRID_PX)

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(GRID_PX + GRID_PX // 2)
        form.setHorizontalSpacing(3 * GRID_PX)
        form.addRow(self.tr("Language"), self.language)
        form.addRow(self.tr("Theme"), self.theme)
        form.addRow(self.tr("Runs on"), self.backend)
        form.addRow(self.tr("Precision"), self.precision)
        form.addRow("", self.measure)
        form.addRow("", self.speeds)
        self.speeds.setWordWrap(True)
        self.speeds.setProperty("muted", True)
        self.speeds.setVisible(False)
        self.speeds.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form.addRow(self.tr("Least confidence of a box"), self.own_confidence)
        slider = QHBoxLayout()
        slider.setSpacing(GRID_PX)
        slider.addWidget(self.confidence, 1)
        slider.addWidget(self.percent)
        form.addRow("", slider)
        self.confidence.setAccessibleName(self.tr("Least confidence of a box"))
        for number, (name, check) in enumerate(self.boxes.items()):
            if name == "restore_session":
                form.addRow(self.tr("At the start"), check)
            else:
                form.addRow("" if number else self.tr("Draw over the picture"), check)
        form.addRow(self.tr("Lessons and bundles"), self._folder_button())
        form.addRow(self.tr("Passwords in the keyring"), self.forget)
        for button in (self.restore, self.cancel, self.forget):
            button.setAutoDefault(False)
        self.take.setProperty("primary", True)
        self.take.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.restore)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(3 * GRID_PX)
        column.addLayout(form)
        column.addStretch()
        column.addLayout(buttons)
        self.setMinimumWidth(64 * GRID_PX)

    def _show_kept(self, count: int) -> None:
        self.forget.setEnabled(count > 0)
        self.forget.setText(self.tr("Forget all ({0})").format(count))

    def _forget(self) -> None:
        self._show_kept(0)
        self.forgetting_asked.emit()

    def _folder_button(self) -> QPushButton:
        button = QPushButton(self.tr("Open the folder"))
        button.setAutoDefault(False)
        button.setToolTip(str(data_dir()))
        button.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(data_dir())))
        )
        return button
