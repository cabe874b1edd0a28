"""The pictures in the guides show the windows as they are: ``python scripts/screenshots.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.theme import apply_font
from scripts.screenshots import OUT, SCENES, Studio
from tests.app.fakes import FakeModelServices
from tests.app.pictures import difference, grey, read_picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALIKE = 0.35
"""Above it something lies elsewhere, or is gone."""
SMALL_SET = (
    "welcome",
    "preferences",
    "memory-settings",
    "export",
    "rules",
    "shortcuts",
    "address",
    "about",
)
"""What needs no model, or not its figures."""


@pytest.fixture(params=[("en", "dark"), ("zh", "light")], ids=["en", "zh"])
def studio(request, qapp, tmp_path: Path, monkeypatch) -> Iterator[Studio]:
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    apply_font(qapp)
    studio = Studio(qapp, *request.param, services=FakeModelServices())
    yield studio
    studio.close()
    qapp.setStyleSheet("")


def kept(scene: str, language: str):
    return read_picture(OUT / f"{scene}-{language}.png")


def test_every_scene_is_in_the_guides() -> None:
    assert {path.stem for path in OUT.glob("*.png")} == {
        f"{scene}-{language}" for scene in SCENES for language in ("en", "zh")
    }


def test_windows_look_as_in_the_guides(studio: Studio) -> None:
    found = {
        scene: difference(kept(scene, studio.language), grey(studio.take(scene).grab().toImage()))
        for scene in SMALL_SET
    }
    assert {name: value for name, value in found.items() if value > ALIKE} == {}, found


def test_what_lies_elsewhere_is_noticed(studio: Studio) -> None:
    """The same dialog with its check boxes gone, and the window without its side panel."""
    dialog = studio.take("preferences")
    for box in dialog.boxes.values():
        box.hide()
    shown = grey(dialog.grab().toImage())
    assert difference(kept("preferences", studio.language), shown) > ALIKE
    window = studio.take("welcome")
    window.actions_.show_panel.setChecked(False)
    assert difference(kept("welcome", studio.language), grey(window.grab().toImage())) > ALIKE
