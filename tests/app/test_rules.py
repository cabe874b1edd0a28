"""Rules through the real dialog and canvas, with the window behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from shiboken6 import isValid

from app.overlay_style import ATTENTION
from app.rules.rules_dialog import RulesDialog
from app.rules.store import load_book, rules_path, save_book, user_secrets
from engine.rules.model import Line, RuleBook
from tests.engine.rules.servers import web_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def playing(qtbot: QtBot, window: MainWindow, clip: Path) -> MainWindow:
    """The window on the clip, held."""
    with qtbot.waitSignal(window._session.frame_ready):
        window.open_address(str(clip))
    window._session.pause()
    return window


@pytest.fixture
def dialog(qtbot: QtBot, playing: MainWindow) -> Iterator[RulesDialog]:
    playing.actions_.rules.trigger()
    dialog = playing.findChild(RulesDialog)
    qtbot.waitExposed(dialog)
    yield dialog
    if isValid(dialog):
        dialog.close()


def click(qtbot: QtBot, dialog: RulesDialog, x: float, y: float) -> None:
    """Click a place of the picture, in fractions of it."""
    canvas, rect = dialog.regions.canvas, dialog.regions.canvas._video.picture_rect()
    place = QPoint(round(rect.x() + x * rect.width()), round(rect.y() + y * rect.height()))
    qtbot.mouseClick(canvas, LEFT, pos=place)


def draw_zone(qtbot: QtBot, dialog: RulesDialog, *corners: tuple[float, float]) -> None:
    qtbot.mouseClick(dialog.regions.zone_button, LEFT)
    for corner in corners:
        click(qtbot, dialog, *corner)
    qtbot.keyClick(dialog.regions.canvas, Qt.Key.Key_Return)


def test_a_rule_from_nothing_to_its_effect(
    qtbot: QtBot, playing: MainWindow, dialog: RulesDialog
) -> None:
    """Draw a zone, watch it, be told by a web address, all with the mouse and the keyboard."""
    form = dialog.form
    assert not form.isVisible()
    assert dialog.log.count() == 0
    draw_zone(qtbot, dialog, (0.1, 0.1), (0.9, 0.1), (0.9, 0.99), (0.1, 0.99))
    qtbot.mouseClick(dialog.add_button, LEFT)
    form.when.kind.setCurrentIndex(1)
    assert form.when.thing.currentData() == "person"
    form.when.count.setValue(2)
    form.when.for_s.setValue(0.5)
    form.when.zone.setCurrentIndex(1)
    form.then.ticks["webhook"].setChecked(True)
    dialog.on_recordings.setChecked(True)
    with web_server() as (url, received):
        form.then.url.setText(f"{url}/hook")
        form.then.token.setText("t0ken")
        qtbot.mouseClick(dialog.save_button, LEFT)
        assert dialog.note.text() == ""
        assert not dialog.save_button.isEnabled()
        playing._session.play()
        assert received.event.wait(10)
    ((path, headers, body),) = received.items
    assert (path, headers["Authorization"]) == ("/hook", "Bearer t0ken")
    assert (body["rule"], body["detail"]) == ("Rule 1", "2 × person")
    assert 0.5 <= body["time_s"] < 2.0
    qtbot.waitUntil(lambda: dialog.log.count() == 3)
    words = [dialog.log.item(i).text() for i in range(3)]
    assert all("Rule 1" in text for text in words)
    assert any("127.0.0.1: 204" in text for text in words)
    # The default action, a message, is shown in the window.
    qtbot.waitUntil(lambda: "2 × person" in playing.status._health.text())
    kept = json.loads(rules_path().read_text(encoding="utf-8"))
    assert kept["zones"][0]["points"][2] == pytest.approx([0.9, 0.99], abs=0.01)
    assert "t0ken" not in rules_path().read_text(encoding="utf-8")
    assert user_secrets().get(kept["rules"][0]["then"][1]["secret"]) == "t0ken"


def test_recordings_are_only_watched_unless_wanted(
    qtbot: QtBot, playing: MainWindow, dialog: RulesDialog
) -> None:
    qtbot.mouseClick(dialog.add_button, LEFT)
    dialog.form.when.kind.setCurrentIndex(1)
    dialog.form.when.for_s.setValue(0)
    assert dialog.save()
    playing._session.play()
    qtbot.waitUntil(lambda: dialog.log.count() == 1)
    assert "nothing done" in dialog.log.item(0).text()


def test_a_line_is_drawn_and_watched(qtbot: QtBot, dialog: RulesDialog) -> None:
    qtbot.mouseClick(dialog.add_button, LEFT)
    dialog.form.when.kind.setCurrentIndex(2)
    assert not dialog.save()
    assert "line" in dialog.note.text()
    qtbot.mouseClick(dialog.regions.line_button, LEFT)
    assert "begins" in dialog.regions.canvas.hint()
    click(qtbot, dialog, 0.5, 0.1)
    click(qtbot, dialog, 0.5, 0.9)
    assert dialog.regions.canvas.drawing == ""
    assert dialog.save()
    (rule,) = load_book().rules
    assert (rule.when.line, rule.when.direction) == ("Line 1", "any")
    dialog.regions.list.item(0).setText("Door")
    assert dialog.save()
    assert load_book().rules[0].when.line == "Door"
    dialog.regions.list.setCurrentRow(0)
    qtbot.mouseClick(dialog.regions.remove_button, LEFT)
    assert not dialog.save()


@pytest.mark.parametrize("way", [(0, -0.4), (0, 0.4), (0.4, 0), (-0.4, 0)])
def test_the_name_of_a_line_covers_neither_line_nor_arrow(
    dialog: RulesDialog, way: tuple[float, float]
) -> None:
    canvas = dialog.regions.canvas
    start, end = (0.5 - way[0] / 2, 0.5 - way[1] / 2), (0.5 + way[0] / 2, 0.5 + way[1] / 2)
    canvas.show_regions((), (Line(name="Doorway of the yard", start=start, end=end),))
    shown, rect = canvas.grab().toImage(), canvas._video.picture_rect()
    along_x, along_y = (way[0] > 0) - (way[0] < 0), (way[1] > 0) - (way[1] < 0)
    middle = rect.center()
    for ahead in (0, 8):  # on the line, and on its arrow to the right
        place = QPoint(middle.x() - along_y * ahead, middle.y() + along_x * ahead)
        near = [shown.pixelColor(place + QPoint(dx, dy)) for dx in (0, 1) for dy in (0, 1)]
        assert any(_alike(colour, QColor(ATTENTION)) for colour in near), (way, ahead)


def _alike(one: QColor, other: QColor) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_the_form_of_a_rule_can_be_read_however_small_the_dialog(dialog: RulesDialog) -> None:
    dialog.add()
    dialog.resize(dialog.minimumSizeHint())
    seen = dialog.form.parentWidget().parentWidget()
    assert seen.width() >= dialog.form.minimumSizeHint().width()


def test_drawing_can_be_given_up_and_lets_the_mouse_through_again(
    qtbot: QtBot, dialog: RulesDialog
) -> None:
    canvas = dialog.regions.canvas
    through = Qt.WidgetAttribute.WA_TransparentForMouseEvents
    assert canvas.testAttribute(through)
    qtbot.mouseClick(dialog.regions.zone_button, LEFT)
    assert not canvas.testAttribute(through)
    assert not dialog.isVisible()  # it would lie above the picture
    for corner in ((0.2, 0.2), (0.8, 0.2), (0.5, 0.5)):
        click(qtbot, dialog, *corner)
    qtbot.keyClick(canvas, Qt.Key.Key_Backspace)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.drawing == "zone"  # two corners are no zone
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert canvas.testAttribute(through)
    assert dialog.regions.list.count() == 0


def test_the_first_corner_again_closes_a_zone(qtbot: QtBot, dialog: RulesDialog) -> None:
    qtbot.mouseClick(dialog.regions.zone_button, LEFT)
    for corner in ((0.2, 0.2), (0.8, 0.2), (0.5, 0.7), (0.2, 0.2)):
        click(qtbot, dialog, *corner)
    (zone,) = dialog.regions.zones
    assert len(zone.points) == 3


def test_a_zone_that_is_gone_is_anywhere(qtbot: QtBot, dialog: RulesDialog) -> None:
    draw_zone(qtbot, dialog, (0.1, 0.1), (0.5, 0.1), (0.5, 0.5))
    qtbot.mouseClick(dialog.add_button, LEFT)
    dialog.form.when.zone.setCurrentIndex(1)
    assert dialog.save()
    dialog.regions.list.setCurrentRow(0)
    qtbot.mouseClick(dialog.regions.remove_button, LEFT)
    assert dialog.save()
    assert load_book().rules[0].when.zone is None


@pytest.mark.parametrize(
    ("kind", "field", "text", "told"),
    [
        ("command", "command", "", "Name the program"),
        ("command", "command", "say 'hello", "quotes"),
        ("webhook", "url", "ftp://host/x", "web address"),
        ("mqtt", "host", "", "broker"),
        ("mqtt", "topic", "a/#", "holds no #"),
    ],
)
def test_what_is_wrong_is_told(
    qtbot: QtBot, dialog: RulesDialog, kind: str, field: str, text: str, told: str
) -> None:
    qtbot.mouseClick(dialog.add_button, LEFT)
    then = dialog.form.then
    then.host.setText("broker.local")
    then.topic.setText("a")
    then.ticks[kind].setChecked(True)
    getattr(then, field).setText(text)
    assert not dialog.save()
    assert told in dialog.note.text()
    assert not rules_path().exists()


def test_what_a_file_says_survives_the_dialog(qtbot: QtBot, playing: MainWindow) -> None:
    """Every condition and action, and what the form has no field for."""
    then = [
        {"do": "sound"},
        {"do": "clip", "before_s": 2.0, "after_s": 1.5, "folder": "/tmp/a b"},
        {"do": "command", "command": ["say", "it's 'so'"], "timeout_s": 7.0},
        {"do": "webhook", "url": "https://a.example/b", "secret": "mine", "timeout_s": 3.0},
        {"do": "mqtt", "host": "h", "port": 8883, "topic": "t", "user": "u", "tls": True, "qos": 2},
        {"do": "webhook", "url": "https://second.example/"},
    ]
    conditions = [
        {"kind": "action", "label": "falling", "head": "actions", "at_least": 0.7, "zone": "z"},
        {"kind": "present", "label": "chair", "count": 3, "for_s": 4.0},
        {"kind": "crosses", "label": "person", "line": "l", "direction": "to-left"},
        {"kind": "action", "label": "not of this model", "for_s": 0.0},
    ]
    rules = [
        {"name": f"r{i}", "when": when, "then": then, "cool_down_s": 33.0, "enabled": i % 2 == 0}
        for i, when in enumerate(conditions)
    ]
    book = RuleBook.model_validate(
        {
            "rules": rules,
            "zones": [{"name": "z", "points": [[0, 0], [1, 0], [0, 1]]}],
            "lines": [{"name": "l", "start": [0, 0], "end": [1, 1]}],
        }
    )
    save_book(book)
    playing.actions_.rules.trigger()
    dialog = playing.findChild(RulesDialog)
    for row in range(len(rules)):
        dialog.list.setCurrentRow(row)
    assert dialog.save()
    saved, expected = load_book().model_dump(), book.model_dump()
    for rule in (*saved["rules"], *expected["rules"]):
        rule["then"] = sorted(rule["then"], key=str)
    assert saved == expected
    dialog.close()


def test_trying_a_rule_does_what_it_says(qtbot: QtBot, dialog: RulesDialog) -> None:
    qtbot.mouseClick(dialog.add_button, LEFT)
    dialog.form.then.ticks["command"].setChecked(True)
    dialog.form.then.command.setText("sh -c 'echo $LONGTAKE_RULE'")
    qtbot.mouseClick(dialog.try_button, LEFT)
    qtbot.waitUntil(lambda: dialog.log.count() == 3)
    assert any("sh: Rule 1" in dialog.log.item(i).text() for i in range(3))


def test_names_are_unique_and_rules_removed(qtbot: QtBot, dialog: RulesDialog) -> None:
    for _ in range(2):
        qtbot.mouseClick(dialog.add_button, LEFT)
    dialog.form.name.setText("Rule 1")
    assert not dialog.save()
    assert "already" in dialog.note.text()
    dialog.form.name.setText("Other")
    assert dialog.list.item(1).text() == "Other"
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.save()
    assert [(r.name, r.enabled) for r in load_book().rules] == [("Rule 1", False), ("Other", True)]
    qtbot.mouseClick(dialog.remove_button, LEFT)
    qtbot.mouseClick(dialog.remove_button, LEFT)
    assert dialog.save()
    assert load_book().rules == ()


def test_a_broken_file_is_told_in_the_log(qtbot: QtBot, playing: MainWindow) -> None:
    """The stream plays all the same."""
    rules_path().parent.mkdir(parents=True, exist_ok=True)
    rules_path().write_text("{", encoding="utf-8")
    playing.actions_.rules.trigger()
    dialog = playing.findChild(RulesDialog)
    assert "rules.json" in dialog.log.item(0).text()
    assert rules_path().with_suffix(".broken.json").read_text(encoding="utf-8") == "{"
    dialog.close()


def test_closing_takes_everything_off_the_picture(
    qtbot: QtBot, playing: MainWindow, dialog: RulesDialog
) -> None:
    draw_zone(qtbot, dialog, (0.1, 0.1), (0.5, 0.1), (0.5, 0.5))
    playing.resize(900, 700)
    canvas = dialog.regions.canvas
    qtbot.waitUntil(lambda: canvas.size() == playing.video.size())
    dialog.close()
    assert not canvas.isVisible()
