"""The menus: the window's commands in order, and lists that are looked up when opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.capture.camera_menu import CameraMenu
from app.icons import icon
from app.recent import shown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.actions import Actions
    from app.session import Session
    from app.settings import Settings


class Menus(QObject):
    """Builds the menu bar and the menu of the Open button."""

    address_chosen = Signal(str)
    theme_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(
        self, actions: Actions, session: Session, settings: Settings, window: QWidget
    ) -> None:
        super().__init__(window)
        self._actions, self._session, self._settings = actions, session, settings
        self._window = window
        self.cameras = CameraMenu(session, window)
        self.cameras.address_chosen.connect(self.address_chosen)
        self.recent = QMenu(self.tr("Open &recent"), window)
        self.recent.setIcon(icon("recent"))
        self.recent.aboutToShow.connect(self._list_recent)
        self.open_menu = QMenu(window)
        self._fill_open(self.open_menu)

    def fill(self, bar: QMenuBar) -> None:
        """Fill the menu bar."""
        a = self._actions
        file = bar.addMenu(self.tr("&File"))
        self._fill_open(file)
        file.addSeparator()
        file.addActions([a.find, a.export, a.rules, a.snapshot, a.close])
        file.addSeparator()
        file.addAction(a.preferences)
        file.addAction(a.quit)
        playback = bar.addMenu(self.tr("&Playback"))
        playback.addActions([a.play, a.step_back, a.step_forward])
        playback.addActions([a.second_back, a.second_forward, a.to_start])
        playback.addActions([a.previous_event, a.next_event])
        playback.addSeparator()
        playback.addActions([a.shuttle_back, a.hold, a.shuttle_forward])
        playback.addSeparator()
        playback.addActions([a.mark_in, a.mark_out, a.mark_event, a.clear_marks, a.loop])
        playback.addSeparator()
        playback.addAction(a.memory_settings)
        view = bar.addMenu(self.tr("&View"))
        view.addActions([a.show_boxes, a.show_actions, a.show_memory, a.hide_people])
        view.addAction(a.person_actions)
        view.addSeparator()
        view.addActions([a.show_panel, a.show_timeline, a.show_inspector, a.full_screen])
        view.addSeparator()
        view.addActions([a.grid, a.add_to_grid])
        view.addSeparator()
        view.addActions([a.zoom_in, a.zoom_out, a.zoom_fit])
        view.addSeparator()
        view.addMenu(self._theme_menu())
        view.addMenu(self._language_menu())
        bar.addMenu(self.tr("&Model")).addActions([a.teach, a.bundles])
        bar.addMenu(self.tr("&Help")).addActions([a.palette, a.shortcuts, a.diagnostics, a.about])

    def _fill_open(self, menu: QMenu) -> None:
        a = self._actions
        menu.addAction(a.open)
        menu.addMenu(self.cameras)
        menu.addActions([a.open_screen, a.open_address, a.open_folder, a.open_demo])
        menu.addSeparator()
        menu.addMenu(self.recent)

    def _list_recent(self) -> None:
        self.recent.clear()
        if not self._settings.recent:
            self.recent.addAction(self.tr("Nothing yet")).setEnabled(False)
        for address in self._settings.recent:
            action = self.recent.addAction(shown_name(address))
            action.setToolTip(address)
            action.triggered.connect(lambda _=False, a=address: self.address_chosen.emit(a))

    def _theme_menu(self) -> QMenu:
        choices = (
            ("system", self.tr("As the desktop")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        )
        return self._choice_menu(
            self.tr("&Theme"), choices, self._settings.theme, self.theme_chosen.emit
        )

    def _language_menu(self) -> QMenu:
        # Each language under its own name, so that it can be found from any other.
        choices = (
            ("system", self.tr("As the desktop")),
            ("en", "English"),
            ("zh", "简体中文"),
        )
        return self._choice_menu(
            self.tr("&Language"), choices, self._settings.language, self.language_chosen.emit
        )

    def _choice_menu(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        chosen: str,
        choose: Callable[[str], object],
    ) -> QMenu:
        menu = QMenu(title, self._window)
        group = QActionGroup(menu)
        for value, text in choices:
            action = QAction(text, group, checkable=True)
            action.setChecked(value == chosen)
            action.triggered.connect(lambda _=False, v=value: choose(v))
            menu.addAction(action)
        return menu
