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
        self._read: dict[str, tuple[QTranslator, bytes]] = {}

    def install(self, language: str) -> None:
        """Make `language` that of everything built from now on."""
        if self._installed is not None:
            self._app.removeTranslator(self._installed)
            self._installed = None
        if language == SOURCE_LANGUAGE:
            return
        translator = self._translator(language)
        if translator is not None:
            self._app.installTranslator(translator)
            self._installed = translator

    def _translator(self, language: str) -> QTranslator | None:
        if language not in self._read:
            # Given a name, Qt maps the file into memory: an update that writes it anew ends the
            # program with a bus error. Given bytes, it does not copy them: they are kept.
            words = asset(f"translations/longtake_{language}.qm").read_bytes()
            translator = QTranslator(self._app)
            if not translator.load(words):
                log.warning("The translation into %s cannot be read.", language)
                return None
            self._read[language] = (translator, words)
        return self._read[language][0]
