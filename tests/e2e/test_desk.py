"""A person at the window: opens a clip, marks a part, exports it; and watches the screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import pytest

from tests.e2e.desk import Desk, need_hands
from tests.fixtures.display import virtual_screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    need_hands()
    with virtual_screen(1600, 900) as display:
        yield display


@pytest.fixture
def start(
    screen: str, tmp_path: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """Start the program on the screen."""
    monkeypatch.setenv("DISPLAY", screen)
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    desks: list[Desk] = []

    def begin(*arguments: str) -> Desk:
        chosen = ("--bundle", str(tiny_bundle), "--backend", "onnxruntime", "--lang", "en")
        desks.append(Desk(screen, tmp_path, *chosen, *arguments))
        return desks[-1]

    yield begin
    for desk in desks:
        desk.clean_up()


def times_of(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_drop_a_clip_mark_a_part_and_export_it(start, make_clip, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "walk.mp4", frames=120, rate=30)
    desk = start()
    desk.drag_in(desk.window("^Longtake$"), clip)
    desk.window("walk.mp4 — Longtake")
    desk.rest()  # played to its end
    desk.press("ctrl+Home")
    desk.press("shift+Right")
    desk.press("i")
    desk.press("shift+Right")
    desk.press("o")
    desk.keys("e")
    desk.window("^Export$")
    desk.keys("Return")
    made = tmp_path / "walk-annotated.mp4"
    desk.wait(made.exists, "the exported clip")
    desk.keys("Escape")
    desk.window("walk.mp4 — Longtake")
    assert desk.quit() == 0
    assert desk.said() == ""
    times = times_of(made)
    assert len(times) == pytest.approx(30, abs=2)  # of 120
    assert times == sorted(times)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_open_a_clip_by_the_dialog_and_a_part_of_the_screen(
    start, make_clip, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "walk.mp4", frames=30, rate=30)
    desk = start()
    desk.window("^Longtake$")
    desk.rest()
    desk.keys("ctrl+o")
    desk.window("^Open video$")
    desk.write(str(clip))
    desk.keys("Return")
    desk.window("walk.mp4 — Longtake")
    desk.rest()
    desk.keys("ctrl+shift+s")
    desk.window("^Choose a part of the screen$")
    desk.keys("Return")
    desk.window("screen:1600x900")
    assert desk.quit() == 0
    assert desk.said() == ""
    settings = json.loads((tmp_path / "CONFIG" / "settings.json").read_text())
    assert settings["recent"][0].startswith("screen:1600x900+0+0")
    assert settings["recent"][1] == str(clip)
