"""The cameras there are, each as it comes or in a size and rate of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.devices import find_offers
from app.icons import icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.devices import Offer
    from app.session import Session
    from engine.sources.camera_modes import CameraMode


class CameraMenu(QMenu):
    """Looks for cameras in the background each time it opens."""

    address_chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setTitle(self.tr("&Camera"))
        self.setIcon(icon("camera"))
        self.aboutToShow.connect(self.look)

    def look(self) -> None:
        """List the cameras again."""
        self.clear()
        self.addAction(self.tr("Looking for cameras…")).setEnabled(False)
        self._session.background(find_offers, self.show_offers, owner=self)

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """List what was found."""
        self.clear()
        if not offers:
            text = self.tr("No camera found. Plug one in and open this menu again.")
            self.addAction(text).setEnabled(False)
        for offer in offers:
            if len(offer.modes) > 1:
                self._add_choice(offer)
            else:
                self._add(self, offer.camera.name, offer.camera.address)

    def _add_choice(self, offer: Offer) -> None:
        menu = self.addMenu(icon("camera"), offer.camera.name)
        self._add(menu, self.tr("As usual"), offer.camera.address)
        menu.addSeparator()
        for mode in offer.modes:
            self._add(menu, self._words(mode), mode.address(offer.camera.address), plain=True)

    def _add(self, menu: QMenu, text: str, address: str, *, plain: bool = False) -> None:
        action = menu.addAction(text) if plain else menu.addAction(icon("camera"), text)
        action.triggered.connect(lambda: self.address_chosen.emit(address))

    def _words(self, mode: CameraMode) -> str:
        parts = [f"{mode.width} × {mode.height}"]
        if mode.rate_hz:
            parts.append(self.tr("{0} fps").format(f"{mode.rate_hz:g}"))
        if mode.format:
            parts.append(mode.format)
        return " · ".join(parts)
