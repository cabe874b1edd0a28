"""Make every picture in docs/screenshots anew: ``python scripts/screenshots.py``.

The real window on the demo clip, with the default bundle; no display is needed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LONGTAKE_CONFIG_DIR"] = tempfile.mkdtemp(prefix="longtake-screenshots-")

from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.dialogs.command_palette import CommandPalette  # noqa: E402
from app.exports.export_dialog import ExportDialog  # noqa: E402
from app.main import Desktop, GuiOptions  # noqa: E402
from app.rules.rules_dialog import RulesDialog  # noqa: E402
from app.rules.store import save_book  # noqa: E402
from app.theme import apply_font  # noqa: E402
from engine.rules.model import RuleBook  # noqa: E402

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.main_window import MainWindow

OUT = ROOT / "docs" / "screenshots"
PLAYED_UNTIL_S, SHOWN_AT_S = 9.0, 7.0
SETTLE_MS, TIMEOUT_S = 600, 300


def main() -> None:
    """Make them all."""
    OUT.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(["longtake"])
    apply_font(app)
    for language, theme in (("en", "dark"), ("zh", "light")):
        desktop = Desktop(app, GuiOptions(language=language, theme=theme))
        desktop.window.resize(1280, 800)
        desktop.window.show()
        QTest.qWait(SETTLE_MS)
        keep(desktop.window, f"welcome-{language}")
        show_demo(desktop)
        keep(desktop.window, f"window-{language}")
        show_memory(desktop, language)
        show_dialogs(desktop.window, language)
        desktop.shut_down()


def show_demo(desktop: Desktop) -> None:
    """Play the demo for a while, so that the timeline has something to show, and go back."""
    session = desktop.session
    desktop.window.open_address("demo", speed=float("inf"), hold_at_s=PLAYED_UNTIL_S)
    wait(lambda: session.position_s >= PLAYED_UNTIL_S - 0.1 and not session.playing)
    session.set_speed(1.0)
    desktop.window.transport.show_speed(1.0)
    session.seek(SHOWN_AT_S)
    wait(lambda: abs(session.position_s - SHOWN_AT_S) < 0.1)
    QTest.qWait(SETTLE_MS)


def show_memory(desktop: Desktop, language: str) -> None:
    """Play a stretch with the memory inspector open."""
    window, session = desktop.window, desktop.session
    window.actions_.show_inspector.setChecked(True)
    window.inspector.compare_box.setChecked(True)
    session.seek(SHOWN_AT_S - 4.0)
    wait(lambda: session.position_s < SHOWN_AT_S - 3.0)
    session.play()
    wait(lambda: session.position_s >= SHOWN_AT_S)
    session.pause()
    QTest.qWait(SETTLE_MS)
    keep(window, f"memory-{language}")
    window.actions_.show_inspector.setChecked(False)


def show_dialogs(window: MainWindow, language: str) -> None:
    """Show what opens above the window."""
    keep_rules(language)
    for action, kind, name in (
        (window.actions_.export, ExportDialog, "export"),
        (window.actions_.palette, CommandPalette, "palette"),
        (window.actions_.rules, RulesDialog, "rules"),
    ):
        action.trigger()
        QTest.qWait(SETTLE_MS)
        dialog = window.findChild(kind)
        if isinstance(dialog, ExportDialog):
            wait(lambda form=dialog.form: any(letter.isdigit() for letter in form.estimate.text()))
        keep(dialog, f"{name}-{language}")
        if isinstance(dialog, RulesDialog):
            keep(window, f"zones-{language}")
        dialog.close()


def keep_rules(language: str) -> None:
    """Have some rules to show."""
    door, fall, enters = (
        ("门口", "有人跌倒", "有人进来") if language == "zh" else ("Doorway", "Fall", "Comes in")
    )
    zone = {"name": door, "points": [[0.66, 0.16], [0.99, 0.2], [0.99, 0.98], [0.66, 0.8]]}
    line = {"name": f"{door} 1", "start": [0.62, 0.95], "end": [0.62, 0.55]}
    falls = {"kind": "action", "label": "falling", "at_least": 0.6, "for_s": 1, "zone": door}
    broker = {"do": "mqtt", "host": "broker.local", "topic": "home/falls"}
    rules = [
        {"name": fall, "when": falls, "then": [{"do": "sound"}, {"do": "clip"}, broker]},
        {"name": enters, "when": {"kind": "crosses", "line": line["name"]}},
    ]
    save_book(RuleBook.model_validate({"zones": [zone], "lines": [line], "rules": rules}))


def keep(widget: QWidget, name: str) -> None:
    """Save a picture of a widget."""
    path = OUT / f"{name}.png"
    if not widget.grab().save(str(path)):
        raise SystemExit(f"{path} cannot be written.")
    print(path.relative_to(ROOT))


def wait(condition) -> None:
    """Let the window work until something holds."""
    for _ in range(TIMEOUT_S * 20):
        if condition():
            return
        QTest.qWait(50)
    raise SystemExit("A screenshot took too long.")


if __name__ == "__main__":
    main()
