"""`longtake gui --screenshot`, as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from app.main import GuiOptions, run_gui

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PROGRAM = """
import sys
from pathlib import Path
from app.main import GuiOptions, run_gui
from tests.app.fakes import FakeModelServices
source, shot, at_s, language, theme = sys.argv[1:]
options = GuiOptions(source=source, screenshot=Path(shot), at_s=float(at_s), size=(1000, 640),
                     language=language, theme=theme)
raise SystemExit(run_gui(options, FakeModelServices()))
"""


def take(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    headless = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    headless.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
        env=headless | environment,
    )


def test_shows_the_moment_with_its_memory(clip: Path, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    done = take(str(clip), str(shot), "1.5", "zh", "light", QT_SCALE_FACTOR="2")
    assert done.returncode == 0, done.stderr
    image = QImage(str(shot))
    assert (image.width(), image.height()) == (2000, 1280)
    assert image.pixelColor(1990, 1000).lightness() > 200
    colours = {image.pixelColor(x, 500).name() for x in range(20, 1300, 20)}
    assert len(colours) > 10


def test_failure_is_one_line_and_status_one(tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    done = take(str(tmp_path / "missing.mp4"), str(shot), "1", "en", "dark")
    assert done.returncode == 1
    assert "missing.mp4" in done.stderr
    assert "Traceback" not in done.stderr
    assert not shot.exists()


def test_without_a_display_there_is_no_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run_gui(GuiOptions()) == 1
    assert "display" in capsys.readouterr().err
