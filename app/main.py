"""Starts the window."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.background import wait_for_tasks
from app.crash import install_crash_handler
from app.display import has_display
from app.garbage import GarbageCollector
from app.i18n import SOURCE_LANGUAGE, Translation, choose_language
from app.icons import app_icon
from app.log_ring import install_log_ring
from app.main_window import MainWindow
from app.qt_log import install_qt_log
from app.screenshot import Screenshot
from app.session import Session
from app.settings import load_settings
from app.theme import Theme, apply_font, apply_theme, resolve_theme

if TYPE_CHECKING:
    from pathlib import Path

    from app.stream import Services

_LOADING_WAIT_S: Final = 10.0


@dataclass(frozen=True)
class GuiOptions:
    """What the command line asks of the window.

    Attributes
    ----------
    source
        Address to open at once.
    screenshot
        Save a picture of the window here, and exit.
    at_s
        Position of the screenshot.
    size
        Width and height of the window, logical pixels.
    language, theme
        ``"en"`` or ``"zh"``, ``"dark"`` or ``"light"``; None takes the settings.
    """

    source: str | None = None
    bundle: str = "default"
    backend: str = "auto"
    screenshot: Path | None = None
    at_s: float | None = None
    size: tuple[int, int] | None = None
    language: str | None = None
    theme: str | None = None


def run_gui(options: GuiOptions, services: Services | None = None) -> int:
    """Show the window until it is closed; return the exit status.

    `services` takes the place of the engine in tests.
    """
    if not has_display():
        if options.screenshot is None:
            print(
                "There is no display to open a window on. Use `longtake annotate`, or set DISPLAY.",
                file=sys.stderr,
            )
            return 1
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    restore_qt_log = install_qt_log()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["longtake"])
    app.setApplicationName("longtake")
    app.setApplicationDisplayName("Longtake")
    app.setDesktopFileName("longtake")
    app.setWindowIcon(app_icon())
    apply_font(app)
    install_log_ring()
    desktop = Desktop(app, options, services)
    try:
        return desktop.run()
    finally:
        desktop.shut_down()
        wait_for_tasks(_LOADING_WAIT_S)
        restore_qt_log()


class Desktop(QObject):
    """Joins application, session and window; makes the window anew when its look changes."""

    def __init__(
        self, app: QApplication, options: GuiOptions, services: Services | None = None
    ) -> None:
        super().__init__()
        self._garbage = GarbageCollector(self)
        self._app, self._options = app, options
        self._settings = load_settings()
        self._translation = Translation(app)
        self._language = choose_language(self._settings, options.language)
        self._asked_theme = options.theme
        self._theme: Theme | None = None
        self.session = Session(services, language=self._language)
        self.window = self._make_window()
        self._restore_hook = install_crash_handler(self._show_error)

    def run(self) -> int:
        """Show the window and run until it closes or the screenshot is taken."""
        options = self._options
        if options.size:
            self.window.resize(*options.size)
        self.window.show()
        former = signal.signal(signal.SIGINT, lambda *_: self._app.quit())
        try:
            if options.screenshot is not None:
                shot = Screenshot(self.session, self.window, options.screenshot)
                return shot.take(options.source, options.at_s or 0.0)
            if options.source:
                self.window.open_address(options.source)
            elif self._settings.restore_session and self._settings.last_address:
                self._go_on()
            return self._app.exec()
        finally:
            signal.signal(signal.SIGINT, former)

    def shut_down(self) -> None:
        """Stop every thread, let the window go and leave the application as it was."""
        self._restore_hook()
        self.session.shut_down()
        self.window.close_unasked()
        self._translation.install(SOURCE_LANGUAGE)
        self._garbage.close()

    def _make_window(self) -> MainWindow:
        self._translation.install(self._language)
        choice = self._asked_theme or self._settings.theme
        theme = resolve_theme(choice)  # type: ignore[arg-type]
        if theme != self._theme:
            # A new style sheet makes every widget look itself up again: not for a new language.
            self._theme = theme
            apply_theme(self._app, theme)
        options = self._options
        window = MainWindow(
            self.session,
            self._settings,
            self._language,
            bundle=options.bundle if options.bundle != "default" else None,
            backend=options.backend if options.backend != "auto" else None,
        )
        window.look_changed.connect(self._rebuild)
        return window

    def _rebuild(self) -> None:
        """Build the window in the theme and language chosen now, in the place of the old one."""
        old = self.window
        old.docks.keep()
        self._asked_theme = None
        self._language = choose_language(self._settings)
        self.session.set_language(self._language)
        self.window = self._make_window()
        self.window.take_over(old)

    def _go_on(self) -> None:
        """Open what was open last; a recording that was begun waits where it was."""
        settings = self._settings
        at_s = settings.last_position_s
        self.window.open_address(
            settings.last_address,
            start_s=at_s or None,
            hold_at_s=at_s or None,
            part=settings.last_part,
        )

    def _show_error(self, message: str, hint: str) -> None:
        self.window.banner.show_error(message, hint)
