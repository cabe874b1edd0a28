"""The interface's language: which one, and its translator."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from assets import asset

if TYPE_CHECKING:
    from app.settings import Settings

SOURCE_LANGUAGE: Final = "en"
TRANSLATED: Final = ("zh",)

log = logging.getLogger(__name__)


def choose_language(settings: Settings, asked: str | None = None) -> str:
    """Return the language asked for, else the one in the settings, else the desktop's."""
    choice = asked or settings.language
    if choice == "system":
        choice = QLocale.system().name()[:2]
    return choice if choice in TRANSLATED else SOURCE_LANGUAGE


class Translation:
    """Installs one language at a time."""

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._installed: QTranslator | None = None

    def install(self, language: str) -> None:
        """Make `language` that of everything built from now on."""
        if self._installed is not None:
            self._app.removeTranslator(self._installed)
            self._installed = None
        if language == SOURCE_LANGUAGE:
            return
        translator = QTranslator(self._app)
        if not translator.load(str(asset(f"translations/longtake_{language}.qm"))):
            log.warning("The translation into %s cannot be read.", language)
            return
        self._app.installTranslator(translator)
        self._installed = translator
