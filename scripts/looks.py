"""Every screen in every look, to be looked at: ``python scripts/looks.py /tmp/looks``.

Two languages, two themes, 1280 x 800 and 2560 x 1440 at twice the size; nothing is compared and
nothing goes into the guides. A folder per look, and a sheet per scene, all looks side by side::

    python scripts/looks.py /tmp/looks grid export-queue --theme light --language zh --scale 2
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPixmap  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QTabWidget, QWidget  # noqa: E402

from app.capture.region_picker import RegionPicker  # noqa: E402
from app.leaving import ask_to_leave, tell_unfinished  # noqa: E402
from app.qt_log import install_qt_log  # noqa: E402
from app.theme import apply_font  # noqa: E402
from engine.sources import CameraDevice  # noqa: E402
from scripts.screenshots import SCENES, TAKES, Studio, keep, settle, wait  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtCore import QRect

DEMO: Final = ROOT / "assets" / "demo.mp4"
LIVE: Final = f"lavfi:movie={DEMO}"
SIZES: Final = {1: "1280x800", 2: "1280x720"}
"""Of the window in logical pixels, by the scale: the second is 2560 x 1440 of the screen's own."""
SHEET_PX: Final = 640


def live(studio: Studio) -> QWidget:
    """Watch something without an end."""
    studio.window.open_address(LIVE)
    session = studio.desktop.session
    wait(lambda: session.stream is not None and session.stream.info.live)
    wait(lambda: session.position_s > 6)
    return studio.window


def zoomed(studio: Studio) -> QWidget:
    """Look at a stretch of the timeline, of one label."""
    studio.demo()
    for _ in range(4):
        studio.window.actions_.zoom_in.trigger()
    settle()
    return studio.window


def marked(studio: Studio) -> QWidget:
    """Set in and out, hide people, and filter the lanes."""
    window = studio.demo()
    studio.desktop.session.set_marks(3.6, 6.4)
    studio.window.actions_.hide_people.setChecked(True)
    studio.window.timeline.filter_text.setText("walk" if studio.language == "en" else "走")
    settle(2)
    studio.window.actions_.hide_people.setChecked(False)
    return window


def unmark(studio: Studio) -> None:
    """Undo `marked`."""
    studio.desktop.session.set_marks(None, None)
    studio.window.timeline.filter_text.clear()
    studio.window.actions_.zoom_fit.trigger()


def small(studio: Studio) -> QWidget:
    """Make the window as small as it goes."""
    window = studio.demo()
    studio.former_size = window.size()  # type: ignore[attr-defined]
    window.resize(window.minimumSizeHint())
    settle()
    return window


def failed(studio: Studio) -> QWidget:
    """Open what is not there."""
    studio.window.open_address("/films/last summer.mp4")
    wait(studio.window.banner.isVisible)
    settle()
    return studio.window


def offered(studio: Studio) -> QWidget:
    """Plug a camera in."""
    studio.demo()
    studio.window.capture._offer(CameraDevice("/dev/video9", "HD Pro Webcam C920"))  # noqa: SLF001
    settle()
    return studio.window


def person_actions(studio: Studio) -> QWidget:
    """Ask what each person does."""
    studio.demo()
    session, former = studio.desktop.session, studio.desktop.session.stream
    studio.window.actions_.person_actions.setChecked(True)
    wait(lambda: session.stream not in (None, former) and session.frame is not None)
    session.play()
    wait(lambda: session.position_s > 9)
    session.pause()
    settle()
    return studio.window


def menu(name: str) -> Callable[[Studio], QWidget]:
    """Return the scene of a menu of the menu bar, by its place."""

    def scene(studio: Studio) -> QWidget:
        studio.demo()
        action = studio.window.menuBar().actions()[int(name)]
        shown = action.menu()
        assert isinstance(shown, QMenu)
        shown.popup(studio.window.mapToGlobal(QPoint(0, 30)))
        settle()
        return shown

    return scene


def lane_menu(studio: Studio) -> QWidget:
    """Press the right button on a bar."""
    studio.demo()
    lanes = [lane for lane in studio.window.timeline.lanes if lane.bars]
    shown = studio.window.lane_menu.make(lanes[0], sum(lanes[0].bars[0]) / 2)
    shown.popup(studio.window.mapToGlobal(QPoint(0, 0)))
    settle()
    return shown


def teach_empty(studio: Studio) -> QWidget:
    """Open Teach."""
    studio.demo()
    return studio.dialog("teach")


def teach_named(studio: Studio) -> QWidget:
    """Name actions, and show one take."""
    dialog = teach_empty(studio)
    dialog.parts.name.setText("greetings")
    material = dialog.parts.material
    for action in TAKES:
        material.action_named.emit(action)
    material.choose("waves")
    studio.desktop.session.set_marks(3.6, 4.5)
    dialog.parts.take_part.click()
    wait(lambda: not dialog.taking.looking)
    settle()
    return dialog


def teach_live(studio: Studio) -> QWidget:
    """Record takes from a live stream."""
    live(studio)
    dialog = studio.dialog("teach")
    material = dialog.parts.material
    for action in TAKES:
        material.action_named.emit(action)
    material.choose("waves")
    dialog.parts.record.click()
    settle()
    return dialog


def export_soft(studio: Studio) -> QWidget:
    """Choose subtitles, and labels of every kind."""
    dialog = studio.export()
    dialog.form.soft.setChecked(True)
    for box in dialog.form.labels.boxes.values():
        box.setChecked(True)
    settle()
    return dialog


def export_queue(studio: Studio) -> QWidget:
    """Have exports done, failed, under way and waiting."""
    dialog = studio.export()
    folder = Path(tempfile.mkdtemp(prefix="longtake-looks-"))
    dialog.form.end.setText("0:01.00")
    dialog.form.place.setText(str(folder / "first.mp4"))
    dialog.start()
    exports = studio.desktop.session.exports
    wait(lambda: not exports.unfinished)
    dialog.form.end.setText("0:47.00")
    for name in ("cancelled", "everything from the beginning to the very end of it", "last"):
        dialog.form.place.setText(str(folder / f"{name}.mp4"))
        dialog.start()
    wait(lambda: bool(exports.items[1].progress))
    exports.cancel(exports.items[1])
    wait(lambda: bool(exports.items[2].progress and exports.items[2].progress.eta_s))
    settle()
    return dialog


def leaving(studio: Studio) -> QWidget:
    """Close the window meanwhile."""
    export_queue(studio)
    session = studio.desktop.session
    box = ask_to_leave(studio.window, session, tell_unfinished(session))
    settle()
    return box


def rules_empty(studio: Studio) -> QWidget:
    """Have no rule yet."""
    studio.demo()
    dialog = studio.dialog("rules")
    while dialog.list.count():
        dialog.remove()
    settle()
    return dialog


def rules_more(studio: Studio) -> QWidget:
    """Show a rule that does everything, and something in the log."""
    dialog = studio.rules()
    for box in dialog.form.then.ticks.values():
        box.setChecked(True)
    dialog.try_out()
    settle()
    return dialog


def grid_empty(studio: Studio) -> QWidget:
    """Open the grid."""
    studio.window.grid.show()
    settle()
    grid = studio.window.grid.window
    assert grid is not None
    return grid


def grid(studio: Studio) -> QWidget:
    """Watch four streams at once, one of which is not there."""
    shown = grid_empty(studio)
    studio.window.grid.show([str(DEMO), LIVE, "rtsp://127.0.0.1:1/yard", str(DEMO)])
    tiles = shown.view.tiles
    wait(lambda: sum(tile.video.picture_rect().isValid() for tile in tiles.values()) >= 3)
    settle(4)
    return shown


def grid_large(studio: Studio) -> QWidget:
    """Look at one of them closely."""
    shown = grid(studio)
    shown._enlarge_at(0)  # noqa: SLF001
    settle(3)
    return shown


def bundles_card(studio: Studio) -> QWidget:
    """Read the model card."""
    dialog = studio.bundles()
    tabs = dialog.findChild(QTabWidget)
    tabs.setCurrentIndex(1 - tabs.currentIndex())
    settle()
    return dialog


def find_nothing(studio: Studio) -> QWidget:
    """Search for what was never seen."""
    dialog = studio.search()
    dialog.text.setText("zzz")
    settle(2)
    return dialog


def palette_typed(studio: Studio) -> QWidget:
    """Type into the palette."""
    dialog = studio.palette()
    dialog.search.setText("me" if studio.language == "en" else "记")
    settle()
    return dialog


def region(studio: Studio) -> QWidget:
    """Choose a part of the screen."""
    studio.demo()
    picture = QPixmap(studio.window.grab())
    place: QRect = studio.window.rect()
    picker = RegionPicker(picture, place)
    picker.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    picker._begin, picker._end = QPoint(200, 150), QPoint(700, 500)  # noqa: SLF001
    return picker


def full_screen(studio: Studio) -> QWidget:
    """Fill the screen."""
    studio.demo()
    studio.window.actions_.full_screen.setChecked(True)
    settle(2)
    return studio.window


MORE: Final[dict[str, Callable[[Studio], QWidget]]] = {
    "find-nothing": find_nothing,
    "bundles-card": bundles_card,
    "failed": failed,
    "zoomed": zoomed,
    "marked": marked,
    "offered": offered,
    "small": small,
    "menu-file": menu("0"),
    "menu-playback": menu("1"),
    "menu-view": menu("2"),
    "menu-model": menu("3"),
    "menu-help": menu("4"),
    "lane-menu": lane_menu,
    "palette-typed": palette_typed,
    "region": region,
    "full-screen": full_screen,
    "rules-empty": rules_empty,
    "rules-more": rules_more,
    "export-soft": export_soft,
    "export-queue": export_queue,
    "leaving": leaving,
    "person-actions": person_actions,
    "teach-empty": teach_empty,
    "teach-named": teach_named,
    "live": live,
    "teach-live": teach_live,
    "grid-empty": grid_empty,
    "grid": grid,
    "grid-large": grid_large,
}


def tidy(studio: Studio) -> None:
    """Leave the window as it was before a scene."""
    window, actions = studio.window, studio.window.actions_
    unmark(studio)
    window.banner.hide()
    if actions.full_screen.isChecked():
        actions.full_screen.setChecked(False)
    if hasattr(studio, "former_size"):
        window.resize(studio.former_size)
    for popup in window.findChildren(QMenu):
        popup.close()
    if actions.person_actions.isChecked():
        actions.person_actions.setChecked(False)
    if window.grid.window is not None:
        window.grid.window.close()
    studio.desktop.session.exports.cancel_all()
    window._settings.places = {}  # noqa: SLF001
    for dialog in window.findChildren(QDialog):
        dialog.close()
    stream = studio.desktop.session.stream
    if stream is None or stream.info.live:
        studio.desktop.session.close_stream()
    settle()


def shoot(language: str, theme: str, scale: int, scenes: Iterable[str], out: Path) -> None:
    """Take every scene in one look."""
    for kind in ("CONFIG", "DATA"):
        os.environ[f"LONGTAKE_{kind}_DIR"] = tempfile.mkdtemp(prefix="longtake-looks-")
    width, height = (int(side) for side in SIZES[scale].split("x"))
    app = QGuiApplication.instance()
    assert isinstance(app, QApplication)
    studio = Studio(app, language, theme, size=(width, height))
    out.mkdir(parents=True, exist_ok=True)
    for scene in scenes:
        every = {**SCENES, **MORE}
        try:
            if scene in SCENES:
                widget = studio.take(scene)
            else:
                widget = every[scene](studio)
            keep(widget, out / f"{scene}.png")
        except (Exception, SystemExit) as error:
            print(f"{scene}: {error!r}", file=sys.stderr)
        tidy(studio)
    studio.close()


def sheet(out: Path, scene: str, looks: Iterable[str]) -> None:
    """Put the pictures of a scene side by side, each scaled to the same width."""
    images = [QImage(str(out / look / f"{scene}.png")) for look in looks]
    shown = [
        image.scaledToWidth(SHEET_PX, Qt.TransformationMode.SmoothTransformation)
        for image in images
        if not image.isNull()
    ]
    if not shown:
        return
    columns = min(4, len(shown))
    rows = [shown[i : i + columns] for i in range(0, len(shown), columns)]
    heights = [max(image.height() for image in row) for row in rows]
    canvas = QImage(SHEET_PX * columns, sum(heights), QImage.Format.Format_RGB32)
    canvas.fill(Qt.GlobalColor.magenta)
    painter, top = QPainter(canvas), 0
    for row, height in zip(rows, heights, strict=True):
        for column, image in enumerate(row):
            painter.drawImage(column * SHEET_PX, top, image)
        top += height
    painter.end()
    canvas.save(str(out / f"{scene}.png"))


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=", ".join((*SCENES, *MORE)))
    parser.add_argument("--language", choices=("en", "zh"), action="append")
    parser.add_argument("--theme", choices=("dark", "light"), action="append")
    parser.add_argument("--scale", type=int, choices=tuple(SIZES), action="append")
    options = parser.parse_args()
    scenes = options.scenes or (*SCENES, *MORE)
    looks = list(
        itertools.product(
            options.scale or SIZES,
            options.theme or ("dark", "light"),
            options.language or ("en", "zh"),
        )
    )
    names = [f"{theme}-{language}-{scale}" for scale, theme, language in looks]
    if len(looks) == 1:
        restore = install_qt_log()
        app = QApplication(["longtake"])
        apply_font(app)
        shoot(looks[0][2], looks[0][1], looks[0][0], scenes, options.out / names[0])
        restore()
        return
    for scale, theme, language in looks:
        choice = ["--scale", str(scale), "--theme", theme, "--language", language]
        command = [sys.executable, __file__, str(options.out), *scenes, *choice]
        # Qt asks once, at the start of a process, how large a pixel is.
        subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": str(scale)}, check=True)
    for scene in scenes:
        sheet(options.out, scene, names)


if __name__ == "__main__":
    main()
