"""Every string is translated, and what ships is what the catalogue says."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication

from app.i18n import TRANSLATED, Translation, choose_language
from app.i18n.update import TRANSLATIONS, collect, compile_catalogue
from app.overlay_style import words
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CATALOGUES = [TRANSLATIONS / f"longtake_{language}.ts" for language in TRANSLATED]


def messages(catalogue: Path) -> dict[tuple[str, str], ET.Element]:
    found = {}
    for context in ET.parse(catalogue).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            found[name, message.findtext("source") or ""] = message
    return found


def placeholders(text: str) -> list[str]:
    return sorted(part.split("}")[0] for part in text.split("{")[1:])


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_nothing_is_left_untranslated(catalogue: Path) -> None:
    for (context, source), message in messages(catalogue).items():
        translation = message.find("translation")
        assert translation is not None, (context, source)
        assert translation.get("type") is None, f"unfinished: {context}: {source}"
        assert (translation.text or "").strip(), f"empty: {context}: {source}"
        assert placeholders(source) == placeholders(translation.text or ""), source
        if context != "Engine":  # there it is no mnemonic but part of an address
            assert ("&" in source) == ("(&" in (translation.text or "")), source


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_the_catalogue_holds_the_strings_of_the_code(catalogue: Path, tmp_path: Path) -> None:
    fresh = tmp_path / catalogue.name
    shutil.copy(catalogue, fresh)
    collect(fresh)
    assert messages(fresh).keys() == messages(catalogue).keys(), "run python -m app.i18n.update"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_what_ships_is_compiled_from_the_catalogue(catalogue: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.qm"
    compile_catalogue(catalogue, fresh)
    shipped = catalogue.with_suffix(".qm")
    assert fresh.read_bytes() == shipped.read_bytes(), "run python -m app.i18n.update"


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="pyside6-lrelease"):
        compile_catalogue(CATALOGUES[0], tmp_path / "x.qm")


def test_installing_a_language(translated: Callable[[str], None]) -> None:
    translated("zh")
    assert QCoreApplication.translate("Welcome", "Drop a video here") == "把视频拖到这里"
    translated("en")
    assert QCoreApplication.translate("Welcome", "Drop a video here") == "Drop a video here"


def test_the_overlay_has_the_same_words_in_every_language() -> None:
    assert words("zh").keys() == words("en").keys()
    assert words("tlh") == words("en")


def test_choice_of_language() -> None:
    assert choose_language(Settings(language="zh")) == "zh"
    assert choose_language(Settings(language="zh"), "en") == "en"
    assert choose_language(Settings(), "zh") == "zh"
    assert choose_language(Settings()) in ("en", "zh")


def test_a_translation_survives_the_update_of_its_file(
    qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mapped into memory, a file that is cut off would end the program with a bus error."""
    copy = tmp_path / "longtake_zh.qm"
    copy.write_bytes((TRANSLATIONS / "longtake_zh.qm").read_bytes())
    monkeypatch.setattr("app.i18n.asset", lambda name: copy)
    translation = Translation(qapp)
    translation.install("zh")
    copy.write_bytes(b"")
    assert QCoreApplication.translate("Heads", "Fight") == "打斗"
    translation.install("en")
    assert QCoreApplication.translate("Heads", "Fight") == "Fight"
