"""The pictures in the guides show the windows as they are: ``python scripts/screenshots.py``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from app.memory.comparison import ComparedLabel
from app.theme import apply_font
from scripts.screenshots import OUT, SCENES, Studio
from tests.app.fakes import FakeModelServices
from tests.app.pictures import difference, grey, read_picture
from tests.app.test_teach import FakeBench, make_take

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from app.teach.work import Ticket
    from engine.lessons.viewing import Part
    from models.teaching.takes import Take

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
    "palette",
    "search",
    "bundles",
    "teach",
)
"""What needs no model, or not its figures."""
AROUND_THE_PICTURE = ("window", "zones", "memory", "evidence")
"""Where the model's results are left out, for that of the tests says other things."""
COMPARED = tuple(ComparedLabel(f"label {k}", 0.5, 0.8, 0.2) for k in range(10))
"""As many rows as the shipped model fills."""


class TellingBench(FakeBench):
    """Looks at takes that can be told apart, as those of the demo can."""

    def look(self, part: Part, ticket: Ticket) -> Take | None:
        known = {"waves": "wave", "claps": "clap"}[part.label]
        take = make_take(part.id, known, part.start_s or 0.0, part.end_s or 0.0)
        return replace(take, label=part.label)


@pytest.fixture(params=[("en", "dark"), ("zh", "light")], ids=["en", "zh"])
def studio(request, qapp, tmp_path: Path, monkeypatch) -> Iterator[Studio]:
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("app.teach.teach_dialog.Workbench", lambda *_: TellingBench())
    monkeypatch.setattr("app.memory.inspector_panel.compare", lambda *_: list(COMPARED))
    everywhere = np.ones((18, 24), np.float32)
    monkeypatch.setattr("app.memory.activation.Activation.map", lambda *_: everywhere)
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


def test_the_window_around_the_picture_looks_as_in_the_guides(studio: Studio) -> None:
    found = {}
    for scene in AROUND_THE_PICTURE:
        shown = grey(studio.take(scene).grab().toImage())
        both = [without_results(one, studio) for one in (kept(scene, studio.language), shown)]
        found[scene] = difference(*both)
    assert {name: value for name, value in found.items() if value > ALIKE} == {}, found
    lower = np.roll(shown, 40, axis=0)
    assert difference(both[0], without_results(lower, studio)) > ALIKE


def without_results(picture: NDArray[np.uint8], studio: Studio) -> NDArray[np.uint8]:
    """Blank out what the model says, and its name."""
    window, left = studio.window, picture.copy()
    said = (window.video, window.side_panel, window.timeline.canvas.parentWidget(), window.status)
    inspector = window.inspector
    looked_into = (inspector.hidden, inspector.cell, inspector.gates, inspector.activation.picture)
    for widget in (*said, *looked_into, window.top_bar.bundles, window.transport.timeline):
        if not widget.isVisible():
            continue
        corner = widget.mapTo(window, QPoint(0, 0))
        rows = slice(max(0, corner.y()), corner.y() + widget.height())
        left[rows, max(0, corner.x()) : corner.x() + widget.width()] = 128
    return left


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
