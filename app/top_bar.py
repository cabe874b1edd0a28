"""The bar above the picture: what is open, with which model, and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from app.elided_label import ElidedLabel
from app.icons import icon, pixmap
from app.recent import shown_name
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent, QStandardItemModel

    from app.actions import Actions
    from engine.backends import BackendProbe

_ICON: Final = QSize(18, 18)
AUTO: Final = "auto"
_USUAL_CONFIDENCE: Final = 0.3
_ROOM_FOR_DETAIL_PX: Final = 1080


class TopBar(QFrame):
    """Emits what the user chooses; shows what it is told."""

    bundle_chosen = Signal(str)
    backend_chosen = Signal(str)
    confidence_chosen = Signal(float)
    backends_wanted = Signal()

    def __init__(self, actions: Actions, open_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._title = ElidedLabel()
        self._title.setObjectName("sourceTitle")
        self._detail = ElidedLabel()
        self._detail.setProperty("muted", True)
        self.bundles, self.backends = _Combo(self.tr("Model")), _Combo(self.tr("Runs on"))
        self.bundles.activated.connect(lambda i: self.bundle_chosen.emit(self.bundles.itemData(i)))
        self.backends.activated.connect(
            lambda i: self.backend_chosen.emit(self.backends.itemData(i))
        )
        self.backends.addItem(self.tr("Automatic"), AUTO)
        self.backends.about_to_open.connect(self.backends_wanted)
        self._percent = QLabel()
        self._percent.setMinimumWidth(4 * GRID_PX)
        self._percent.setProperty("muted", True)
        self._confidence = self._make_slider()
        self._arrange(actions, open_menu)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self._detail.setVisible(self.width() >= _ROOM_FOR_DETAIL_PX)

    def show_source(self, title: str, detail: str) -> None:
        """Show what is open."""
        self._title.setText(title)
        self._detail.setText(detail)

    def show_bundles(self, bundles: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer bundles as (name, title)."""
        self.bundles.clear()
        for name, title in bundles:
            self.bundles.addItem(title, name)
        place = self.bundles.findData(chosen)
        if place < 0:
            self.name_bundle(chosen, shown_name(chosen))
        else:
            self.bundles.setCurrentIndex(place)

    def name_bundle(self, name: str, title: str) -> None:
        """Show the bundle in use under its title, whether it was listed or not."""
        place = self.bundles.findData(name)
        if place < 0:
            self.bundles.addItem(title, name)
            place = self.bundles.count() - 1
        self.bundles.setItemText(place, title)
        self.bundles.setCurrentIndex(place)

    def show_backends(self, probes: Sequence[BackendProbe], chosen: str) -> None:
        """Offer runtimes; those that cannot be used are greyed and say why."""
        self.backends.clear()
        self.backends.addItem(self.tr("Automatic"), AUTO)
        model: QStandardItemModel = self.backends.model()  # type: ignore[assignment]
        for probe in probes:
            self.backends.addItem(probe.name, probe.name)
            item = model.item(self.backends.count() - 1)
            item.setEnabled(probe.available)
            item.setToolTip(probe.detail)
        if self.backends.findData(chosen) < 0:
            self.backends.addItem(chosen, chosen)
        self.backends.setCurrentIndex(self.backends.findData(chosen))
        if self.backends.view().isVisible():
            QComboBox.showPopup(self.backends)  # open, but too small for what was found

    def name_backend(self, name: str) -> None:
        """Show the runtime chosen elsewhere, whether it was listed or not."""
        if self.backends.findData(name) < 0:
            self.backends.addItem(name, name)
        self.backends.setCurrentIndex(self.backends.findData(name))

    def show_confidence(self, confidence: float | None) -> None:
        """Show the least confidence of a box; None where the model has one for each label."""
        self._confidence.blockSignals(True)
        self._confidence.setValue(round((confidence or _USUAL_CONFIDENCE) * 100))
        self._confidence.blockSignals(False)
        self._percent.setText(self.tr("auto") if confidence is None else f"{confidence:.0%}")

    def _make_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(5, 95)
        slider.setFixedWidth(12 * GRID_PX)
        slider.setToolTip(self.tr("Least confidence of a box"))
        slider.setAccessibleName(self.tr("Least confidence of a box"))
        slider.valueChanged.connect(self._tell_confidence)
        return slider

    def _tell_confidence(self, value: int) -> None:
        self._percent.setText(f"{value}%")
        self.confidence_chosen.emit(value / 100)

    def _arrange(self, actions: Actions, open_menu: QMenu) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID_PX, GRID_PX, 2 * GRID_PX, GRID_PX)
        row.setSpacing(GRID_PX)
        row.addWidget(_menu_button(self.tr("Open"), "open", open_menu, framed=True))
        row.addSpacing(GRID_PX)
        row.addWidget(self._title)
        row.addWidget(self._detail)
        row.addStretch(1)
        row.addWidget(_picture("model", self.tr("Model")))
        row.addWidget(self.bundles)
        row.addWidget(_picture("chip", self.tr("Runs on")))
        row.addWidget(self.backends)
        row.addWidget(_picture("threshold", self.tr("Least confidence of a box")))
        row.addWidget(self._confidence)
        row.addWidget(self._percent)
        overlays = QMenu(self)
        overlays.addActions([actions.show_boxes, actions.show_actions, actions.show_memory])
        overlays.addAction(actions.hide_people)
        overlays.addSeparator()
        overlays.addAction(actions.own_confidence)
        row.addWidget(_menu_button(self.tr("Overlays"), "overlays", overlays))
        for action in (actions.show_inspector, actions.show_timeline, actions.show_panel):
            toggle = QToolButton()
            toggle.setDefaultAction(action)
            toggle.setIconSize(_ICON)
            row.addWidget(toggle)


def _menu_button(text: str, icon_name: str, menu: QMenu, *, framed: bool = False) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setIcon(icon(icon_name))
    button.setIconSize(_ICON)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    button.setProperty("framed", framed)
    button.setAccessibleName(text)
    return button


class _Combo(QComboBox):
    """Tells before it opens, for lists that take a while to find."""

    about_to_open = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def showPopup(self) -> None:
        """Open the list."""
        self.about_to_open.emit()
        super().showPopup()


def _picture(name: str, explanation: str) -> QLabel:
    label = QLabel()
    label.setPixmap(pixmap(name, current_theme().muted, 18, label.devicePixelRatioF()))
    label.setToolTip(explanation)
    label.setContentsMargins(GRID_PX, 0, 0, 0)
    return label
