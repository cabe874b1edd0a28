"""Preferences, model bundles, diagnostics, and beginning where one left off."""

from __future__ import annotations

import json
import logging
import threading
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from typer.testing import CliRunner

from app.bundles_view.bundles_dialog import BundlesDialog
from app.bundles_view.speeds import Speed, measure_speeds
from app.cli import cli
from app.diagnostics import anonymous, write_diagnostics
from app.doctor import Finding
from app.log_ring import LogRing, install_log_ring, installed_log_ring
from app.main import Desktop, GuiOptions
from app.preferences.applying import apply_preferences
from app.preferences.preferences_dialog import PreferencesDialog
from app.settings import Settings, load_settings, reset_settings, save_settings, settings_path
from engine.adjustments import Adjustments, load_adjustments, save_adjustments
from engine.bundle import load_bundle
from tests.app.fakes import FakeModelServices
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow


# -- preferences -----------------------------------------------------------------------------------


def test_nothing_changes_until_it_is_applied(qtbot: QtBot) -> None:
    settings = Settings(theme="light", confidence=0.5)
    dialog = PreferencesDialog(settings, ["openvino"])
    qtbot.addWidget(dialog)
    assert dialog.choice()["theme"] == "light"
    assert dialog.choice()["confidence"] == 0.5
    dialog.boxes["hide_people"].setChecked(True)
    with qtbot.assertNotEmitted(dialog.chosen):
        dialog.cancel.click()
    assert not settings.hide_people


def test_defaults_are_one_click_away(qtbot: QtBot) -> None:
    changed = Settings(theme="light", confidence=0.5, show_boxes=False, backend="torch")
    dialog = PreferencesDialog(changed, ["openvino", "torch"])
    qtbot.addWidget(dialog)
    dialog.restore.click()
    defaults = Settings()
    assert dialog.choice() == {name: getattr(defaults, name) for name in dialog.choice()}


def test_preferences_reach_the_window(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    settings, session = window._settings, window._session
    choice = PreferencesDialog(settings, []).choice()
    choice |= {
        "hide_people": True,
        "show_boxes": False,
        "confidence": 0.6,
        "backend": "onnxruntime",
        "precision": "bf16",
    }
    apply_preferences(choice, settings, session, window)
    assert window.actions_.hide_people.isChecked()
    assert settings.hide_people
    assert not session.style.boxes
    assert session.style.confidence == 0.6
    assert session.request is not None
    assert (session.request.backend, session.request.precision) == ("onnxruntime", "bf16")
    with qtbot.waitSignal(window.look_changed):
        apply_preferences({"theme": "light"}, settings, session, window)


def test_speeds_of_every_precision_are_shown(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    speeds = [Speed("openvino", 8.0, "CPU"), Speed("openvino", None, "not tested here", "bf16")]
    monkeypatch.setattr("app.bundles_view.speeds.measure_speeds", lambda *_: speeds)
    window.actions_.preferences.trigger()
    dialog = window.findChild(PreferencesDialog)
    dialog.measure.click()
    qtbot.waitUntil(lambda: "125 fps" in dialog.speeds.text())
    assert "openvino · bf16: not tested here" in dialog.speeds.text()
    assert dialog.measure.isEnabled()


def test_a_real_model_is_measured_where_it_may_run(tiny_bundle: Path) -> None:
    speeds = measure_speeds(str(tiny_bundle))
    exact = {speed.name: speed for speed in speeds if speed.precision == "f32"}
    assert exact["onnxruntime"].step_ms > 0
    fast = next(one for one in speeds if (one.name, one.precision) == ("openvino", "bf16"))
    assert fast.step_ms is None
    assert "check-drift" in fast.detail
    assert measure_speeds(str(tiny_bundle), lambda: True) == []


def test_who_does_not_wait_any_more_is_not_measured_for() -> None:
    """Opened and closed in a hurry, dialogs must not load one model each."""
    loading, closed = threading.Lock(), threading.Event()
    found: list[object] = []
    with loading:
        for _ in range(3):
            threading.Thread(
                target=lambda: found.append(measure_speeds("no bundle", closed.is_set, loading))
            ).start()
        closed.set()
        assert found == []
    deadline = time.monotonic() + 20
    while len(found) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert found == [[], [], []]


# -- beginning again -------------------------------------------------------------------------------


def test_settings_can_be_put_away() -> None:
    assert reset_settings() is None
    save_settings(Settings(theme="light"))
    former = reset_settings()
    assert former is not None
    assert former.exists()
    assert load_settings() == Settings()
    assert not settings_path().exists()


def test_the_session_is_gone_on_with(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    window._session.seek(1.0)
    qtbot.waitUntil(lambda: window._session.position_s > 0.9)
    window.tools.keep_session()
    settings = window._settings
    assert settings.last_address == str(clip)
    assert settings.last_position_s == pytest.approx(1.0, abs=0.05)
    settings.restore_session = True
    save_settings(settings)


@pytest.mark.parametrize("wanted", [True, False])
def test_the_start_opens_what_was_open(
    qapp, monkeypatch: pytest.MonkeyPatch, clip: Path, wanted: bool
) -> None:
    save_settings(Settings(restore_session=wanted, last_address=str(clip), last_position_s=1.0))
    monkeypatch.setattr(qapp, "exec", lambda: 0)
    desktop = Desktop(qapp, GuiOptions(), FakeModelServices())
    desktop.run()
    request = desktop.session.request
    desktop.shut_down()
    if wanted:
        assert request is not None
        assert (request.address, request.start_s) == (str(clip), 1.0)
    else:
        assert request is None


# -- model bundles ---------------------------------------------------------------------------------


@pytest.fixture
def bundles(qtbot: QtBot, window: MainWindow) -> BundlesDialog:
    window.actions_.bundles.trigger()
    dialog = window.findChild(BundlesDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.count() >= 2)
    return dialog


def test_a_bundle_tells_about_itself(bundles: BundlesDialog) -> None:
    assert "Apache-2.0" in bundles.facts.text()
    assert "trained" in bundles.card.toPlainText()
    assert bundles.heads.topLevelItemCount() == len(load_bundle("default").manifest.heads)


def test_thresholds_and_heads_are_kept(qtbot: QtBot, bundles: BundlesDialog) -> None:
    heads = bundles.heads
    actions, fight = heads.topLevelItem(1), heads.topLevelItem(2)
    assert actions is not None
    assert fight is not None
    heads.expandItem(actions)
    heads.field("actions", "falling").setValue(0.8)
    fight.setCheckState(0, Qt.CheckState.Unchecked)
    bundles.keep.click()
    wanted = Adjustments(thresholds={"actions": {"falling": 0.8}}, heads_off=("fight",))
    qtbot.waitUntil(lambda: load_adjustments("default") == wanted)
    bundles.restore.click()
    qtbot.waitUntil(lambda: load_adjustments("default") == Adjustments())


def test_what_was_kept_is_shown_again(qtbot: QtBot, window: MainWindow) -> None:
    save_adjustments("default", Adjustments(thresholds={"actions": {"falling": 0.8}}))
    window.tools.show_bundles()
    dialog = window.findChild(BundlesDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.count() >= 2)
    assert dialog.heads.adjustments().thresholds == {"actions": {"falling": 0.8}}
    dialog.heads.expandItem(dialog.heads.topLevelItem(1))
    assert dialog.heads.field("actions", "falling").value() == pytest.approx(0.8)


def test_speeds_are_measured_here(
    qtbot: QtBot, bundles: BundlesDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    speeds = [Speed("openvino", 10.0, "CPU"), Speed("torch", None, "not installed")]
    monkeypatch.setattr("app.bundles_view.bundles_dialog.measure_speeds", lambda *_: speeds)
    bundles.measure.click()
    qtbot.waitUntil(bundles.measure.isEnabled)
    assert "10.0 ms a frame, at most 100 fps (CPU)" in bundles.speeds.text()
    assert "torch · f32: not installed" in bundles.speeds.text()


# -- diagnostics -----------------------------------------------------------------------------------


def test_nothing_personal_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/anna"))
    monkeypatch.setattr("getpass.getuser", lambda: "anna")
    monkeypatch.setattr("platform.node", lambda: "annas-laptop")
    text = (
        "/home/anna/videos/party.mp4 C:\\Users\\anna\\clip.mp4 /home/otto/x "
        "rtsp://anna:secret@10.0.0.7/live?token=abc on annas-laptop by anna; anything stays"
    )
    found = anonymous(text)
    for secret in ("anna/", "anna\\", "otto", "secret", "abc", "annas-laptop", "by anna;"):
        assert secret not in found
    assert "~/videos" in found
    assert "anything stays" in found


def test_the_archive_holds_what_is_needed(tmp_path: Path) -> None:
    ring = install_log_ring()
    try:
        logging.getLogger("tests").info("opening rtsp://anna:secret@10.0.0.7/live")
        settings = Settings(recent=["/home/x/private.mp4"], last_address="rtsp://camera/1")
        write_diagnostics(tmp_path / "d.zip", [Finding("camera", False, "none")], settings)
    finally:
        logging.getLogger().removeHandler(ring)
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {"report.txt", "settings.json", "versions.txt", "log.txt"}
    assert "--  camera: none" in texts["report.txt"]
    assert "opening rtsp://***@10.0.0.7/live" in texts["log.txt"]
    assert "numpy " in texts["versions.txt"]
    kept = json.loads(texts["settings.json"])
    assert kept["recent"] == "<1 left out>"
    assert "private" not in texts["settings.json"]
    assert "camera/1" not in texts["settings.json"]


def test_the_ring_forgets_and_is_found() -> None:
    ring = LogRing()
    for number in range(3000):
        ring.handle(logging.LogRecord("x", logging.INFO, "", 0, f"line {number}", (), None))
    assert ring.text().count("\n") == 2000
    assert "line 2999" in ring.text()
    assert installed_log_ring() is None


def test_doctor_saves_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.doctor.examine", lambda: [Finding("camera", False, "none")])
    result = CliRunner().invoke(cli, ["doctor", "--save", str(tmp_path / "d.zip")])
    assert result.exit_code == 0
    assert zipfile.is_zipfile(tmp_path / "d.zip")
