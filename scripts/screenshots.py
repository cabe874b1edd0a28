"""Make every picture in docs/screenshots anew: ``python scripts/screenshots.py``.

The real window on the demo clip, with the default bundle; no display is needed. Some of them, or
in other looks::

    python scripts/screenshots.py export rules --out /tmp/looks --theme light --size 2560x1440
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from app.main import Desktop, GuiOptions  # noqa: E402
from app.qt_log import install_qt_log  # noqa: E402
from app.rules.store import save_book  # noqa: E402
from app.theme import apply_font  # noqa: E402
from engine.rules.model import RuleBook  # noqa: E402
from engine.store import Recording, SeenStore, Sighting, default_store_path  # noqa: E402
from models.spec import Label  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.main_window import MainWindow
    from app.stream import Services

OUT: Final = ROOT / "docs" / "screenshots"
LOOKS: Final = (("en", "dark"), ("zh", "light"))
PLAYED_UNTIL_S, SHOWN_AT_S = 9.0, 7.0
SETTLE_MS, TIMEOUT_S = 600, 900

TAKES: Final = {
    Label(en="waves", zh="招手"): ((3.6, 4.5), (4.5, 5.4), (5.4, 6.4)),
    Label(en="claps", zh="鼓掌"): ((17.2, 18.4), (18.4, 19.7), (19.7, 21.0)),
}
"""What happens in the demo, to be taught."""


class Studio:
    """One window in one language and theme; each method sets a scene and returns what to take.

    Parameters
    ----------
    size
        Width and height of the window, logical pixels.
    services
        In the place of the engine, for tests.
    """

    def __init__(
        self,
        app: QApplication,
        language: str,
        theme: str,
        *,
        size: tuple[int, int] = (1280, 800),
        services: Services | None = None,
    ) -> None:
        self.language = language
        self.desktop = Desktop(app, GuiOptions(language=language, theme=theme), services)
        self.window.resize(*size)
        self.window.show()
        settle()

    @property
    def window(self) -> MainWindow:
        """The main window."""
        return self.desktop.window

    def take(self, scene: str) -> QWidget:
        """Set a scene by its name in `SCENES`; the dialogs of the one before are closed."""
        self.window.actions_.show_inspector.setChecked(False)
        for dialog in self.window.findChildren(QDialog):
            dialog.close()
        settle()
        return SCENES[scene](self)

    def close(self) -> None:
        """Let go of the window."""
        self.desktop.shut_down()

    # -- scenes ----------------------------------------------------------------------------------

    def welcome(self) -> QWidget:
        """Close everything."""
        self.desktop.session.close_stream()
        wait(lambda: self.window.stage.currentWidget() is self.window.welcome)
        settle()
        return self.window

    def demo(self) -> QWidget:
        """Play the demo for a while, so that the timeline has something to show, and go back."""
        session = self.desktop.session
        if session.stream is None:
            self.window.open_address("demo", speed=float("inf"), hold_at_s=PLAYED_UNTIL_S)
            wait(lambda: session.position_s >= PLAYED_UNTIL_S - 0.1 and not session.playing)
            session.set_speed(1.0)
            self.window.transport.show_speed(1.0)
        session.seek(SHOWN_AT_S)
        wait(lambda: abs(session.position_s - SHOWN_AT_S) < 0.1)
        settle()
        return self.window

    def memory(self) -> QWidget:
        """Play a stretch with the memory inspector open."""
        self.demo()
        window = self.window
        window.actions_.show_inspector.setChecked(True)
        window.inspector.compare_box.setChecked(True)
        self._play_again()
        settle()
        return window

    def evidence(self) -> QWidget:
        """Look at what a label rests on."""
        self.demo()
        window, inspector = self.window, self.window.inspector
        window.actions_.show_inspector.setChecked(True)
        inspector.compare_box.setChecked(False)
        view = inspector.activation
        view.on.setChecked(True)
        self._play_again()
        wait(lambda: not view.picture.image.isNull())
        settle()
        inspector.ensureWidgetVisible(view.picture)
        settle()
        return window

    def palette(self) -> QWidget:
        """Open the command palette on something: it lists what can be done now."""
        self.demo()
        return self.dialog("palette")

    def export(self) -> QWidget:
        """Wait for the estimate of the size."""
        self.demo()
        dialog = self.dialog("export")
        wait(lambda: any(letter.isdigit() for letter in dialog.form.estimate.text()))
        return dialog

    def rules(self) -> QWidget:
        """Have rules, a zone and a line."""
        self.demo()
        keep_rules(self.language)
        return self.dialog("rules")

    def zones(self) -> QWidget:
        """Show them on the picture."""
        self.rules()
        return self.window

    def teach(self) -> QWidget:
        """Teach two actions from the demo, and let it learn."""
        self.demo()
        session, dialog = self.desktop.session, self.dialog("teach")
        dialog.parts.name.setText("greetings")
        material = dialog.parts.material
        for action, parts in TAKES.items():
            material.action_named.emit(action)
            for start_s, end_s in parts:
                material.choose(action.en)
                session.set_marks(start_s, end_s)
                dialog.parts.take_part.click()
                wait(lambda: not dialog.taking.looking)
        dialog.learn()
        wait(lambda: dialog.ticket is None)
        material.choose("claps")
        settle()
        return dialog

    def bundles(self) -> QWidget:
        """Unfold the labels of a head."""
        dialog = self.dialog("bundles")
        wait(lambda: dialog.list.count() > 0)
        dialog.heads.expandItem(dialog.heads.topLevelItem(1))
        settle()
        return dialog

    def search(self) -> QWidget:
        """Have seen something."""
        keep_sightings()
        dialog = self.dialog("find")
        wait(lambda: dialog.hits.rowCount() > 0)
        settle()
        rows = [dialog.hits.index(row) for row in range(dialog.hits.rowCount())]
        picture = Qt.ItemDataRole.DecorationRole
        wait(lambda: all(dialog.hits.data(row, picture) is not None for row in rows))
        settle()
        return dialog

    # -- inside ----------------------------------------------------------------------------------

    def dialog(self, command: str) -> QDialog:
        """Open a dialog by its command."""
        getattr(self.window.actions_, command).trigger()
        settle()
        return next(one for one in self.window.findChildren(QDialog) if one.isVisible())

    def _play_again(self) -> None:
        session = self.desktop.session
        session.seek(SHOWN_AT_S - 4.0)
        wait(lambda: session.position_s < SHOWN_AT_S - 3.0)
        session.play()
        wait(lambda: session.position_s >= SHOWN_AT_S)
        session.pause()


SCENES: Final[dict[str, Callable[[Studio], QWidget]]] = {
    "welcome": Studio.welcome,
    "window": Studio.demo,
    "palette": Studio.palette,
    "export": Studio.export,
    "rules": Studio.rules,
    "zones": Studio.zones,
    "preferences": lambda studio: studio.dialog("preferences"),
    "bundles": Studio.bundles,
    "search": Studio.search,
    "address": lambda studio: studio.dialog("open_address"),
    "shortcuts": lambda studio: studio.dialog("shortcuts"),
    "memory-settings": lambda studio: studio.dialog("memory_settings"),
    "about": lambda studio: studio.dialog("about"),
    "teach": Studio.teach,
    "memory": Studio.memory,
    "evidence": Studio.evidence,
}
"""What can be taken, in an order that works."""


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


def keep_sightings() -> None:
    """Have seen something, to be found."""
    demo = str(ROOT / "assets" / "demo.mp4")
    seen = (
        *(("waving", "招手", 3.6, 6.4, 0.81), ("clapping", "拍手", 17.2, 21.2, 0.77)),
        *(("falling", "跌倒", 25.7, 27.1, 0.92), ("getting up", "起身", 40.5, 44.0, 0.71)),
    )
    store = SeenStore(default_store_path())
    recording = Recording(demo, "demo.mp4", "default 1", time.time() - 3600)
    store.replace(recording, [Sighting("actions", *one) for one in seen])
    store.close()


def settle(times: int = 1) -> None:
    """Let the window do what it has to."""
    QTest.qWait(times * SETTLE_MS)


def wait(condition: Callable[[], bool]) -> None:
    """Let the window work until something holds."""
    until_s = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > until_s:
            raise SystemExit("A screenshot took too long.")
        QTest.qWait(50)


def keep(widget: QWidget, path: Path) -> None:
    """Save a picture of a widget."""
    if not widget.grab().save(str(path)):
        raise SystemExit(f"{path} cannot be written.")
    print(path, flush=True)


def make(app: QApplication, looks: Iterable[tuple[str, str]], options: argparse.Namespace) -> None:
    """Take what is asked for in every look."""
    width, height = (int(side) for side in options.size.split("x"))
    for language, theme in looks:
        for kind in ("CONFIG", "DATA"):
            os.environ[f"LONGTAKE_{kind}_DIR"] = tempfile.mkdtemp(prefix="longtake-screenshots-")
        studio = Studio(app, language, theme, size=(width, height))
        for scene in options.scenes or SCENES:
            keep(studio.take(scene), options.out / f"{scene}-{language}.png")
        studio.close()


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=", ".join(SCENES))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--language", choices=("en", "zh"))
    parser.add_argument("--theme", choices=("dark", "light"))
    parser.add_argument("--size", default="1280x800", metavar="WxH")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    restore = install_qt_log()
    app = QApplication(["longtake"])
    apply_font(app)
    looks = [look for look in LOOKS if options.language in (None, look[0])]
    make(app, [(language, options.theme or theme) for language, theme in looks], options)
    restore()


if __name__ == "__main__":
    main()
