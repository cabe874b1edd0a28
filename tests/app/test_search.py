"""Find what was seen: ask, look, open at the very moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from app.search.hits_model import DETAIL
from app.search.remember import remembering
from app.search.search_dialog import SearchDialog
from app.settings import Settings
from engine.sources.base import SourceInfo, SourceKind
from engine.store import Question, Recording, SeenStore, Sighting, default_store_path
from tests.app.fakes import make_manifest

if TYPE_CHECKING:
    from pathlib import Path

FALL = Sighting("actions", "falling", "跌倒", 0.5, 1.0, 0.8)
WAVE = Sighting("actions", "waving", "挥手", 1.2, 1.6, 0.6)
DOUBT = Sighting("actions", "falling", "跌倒", 1.7, 1.8, 0.3)


@pytest.fixture(autouse=True)
def _own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def seen(clip: Path):
    store = SeenStore(default_store_path())
    now = time.time()
    store.replace(Recording(str(clip), clip.name, "tiny 1", now), [FALL, WAVE, DOUBT])
    live = Recording("camera:0", "Door", "tiny 1", now - 30 * 3600, live=True)
    store.add(store.begin(live), live, [FALL])
    store.close()


@pytest.fixture
def dialog(qtbot, session):
    dialog = SearchDialog(session, Settings(), "en")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def names(dialog: SearchDialog) -> list[str]:
    rows = range(dialog.hits.rowCount())
    return [str(dialog.hits.index(row).data()) for row in rows]


def test_what_to_do_when_nothing_was_watched(qtbot, dialog):
    qtbot.waitUntil(lambda: "longtake batch" in dialog.note)
    assert not default_store_path().exists()


def test_every_change_asks_again(qtbot, seen, dialog):
    qtbot.waitUntil(lambda: len(names(dialog)) == 3)
    dialog.text.setText("fall")
    qtbot.waitUntil(lambda: names(dialog) == ["falling  80%", "falling  80%"])
    dialog.since.setCurrentIndex(1)
    qtbot.waitUntil(lambda: names(dialog) == ["falling  80%"])
    dialog.least.setValue(20)
    qtbot.waitUntil(lambda: names(dialog) == ["falling  80%", "falling  30%"])
    dialog.text.setText("swimming")
    qtbot.waitUntil(lambda: "Nothing like it" in dialog.note)


def test_chinese(qtbot, seen, session):
    dialog = SearchDialog(session, Settings(), "zh")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.text.setText("挥手")
    qtbot.waitUntil(lambda: names(dialog) == ["挥手  60%"])


def test_pictures_come_by_themselves(qtbot, seen, dialog, clip):
    dialog.text.setText("waving")
    qtbot.waitUntil(lambda: len(names(dialog)) == 1)
    index = dialog.hits.index(0)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None)
    picture = index.data(Qt.ItemDataRole.DecorationRole)
    assert 0 < picture.width() <= 128
    assert index.data(DETAIL) == f"{clip.name} · 0:01 – 0:01"


def test_a_recording_that_is_gone_has_no_picture_and_is_no_error(qtbot, session, dialog):
    store = SeenStore(default_store_path())
    store.replace(Recording("/gone.mp4", "gone.mp4", "tiny 1", time.time()), [FALL])
    store.close()
    failures = []
    session.failed.connect(lambda *what: failures.append(what))
    dialog.text.setText("fall")
    qtbot.waitUntil(lambda: len(names(dialog)) == 1)
    qtbot.waitUntil(lambda: not dialog.hits._busy and bool(dialog.hits._pictures))
    assert failures == []
    assert dialog.hits.index(0).data(Qt.ItemDataRole.DecorationRole) is None


def test_live_moments_are_shown_but_do_not_open(qtbot, seen, dialog):
    dialog.text.setText("fall")
    qtbot.waitUntil(lambda: len(names(dialog)) == 2)
    index = dialog.hits.index(1)
    assert str(index.data(DETAIL)).startswith("Door · ")
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    chosen = []
    dialog.moment_chosen.connect(lambda *what: chosen.append(what))
    dialog._open(index)
    assert chosen == []


def test_a_click_opens_the_recording_at_the_moment(qtbot, seen, window, session, clip):
    window.actions_.find.trigger()
    dialog = window.findChild(SearchDialog)
    window.actions_.find.trigger()
    assert window.findChildren(SearchDialog) == [dialog]
    dialog.text.setText("falling")
    qtbot.waitUntil(lambda: len(names(dialog)) == 2)
    place = dialog.list.visualRect(dialog.hits.index(0)).center()
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(
        lambda: session.frame is not None and session.frame.result.pts_s >= FALL.start_s - 1e-3,
        timeout=10_000,
    )
    qtbot.waitUntil(lambda: session.status is not None and session.status.state.value == "paused")
    assert session.frame.result.pts_s == pytest.approx(FALL.start_s, abs=1 / 30)
    assert session.stream.request.address == str(clip)
    dialog.close()


def test_the_choice_to_remember_is_kept(qtbot, dialog):
    assert not dialog._settings.remember_live
    dialog.remember.click()
    assert dialog._settings.remember_live


def test_only_live_streams_are_remembered_and_without_a_password():
    manifest = make_manifest()
    recording = SourceInfo("clip", SourceKind.FILE, 64, 48)
    assert remembering("/clip.mp4", recording, manifest) == []
    live = SourceInfo("cam", SourceKind.NETWORK, 64, 48, live=True)
    (sink,) = remembering("rtsp://me:secret@cam/1", live, manifest)
    sink.close()
    store = SeenStore(default_store_path())
    assert store.find(Question()) == []
    addresses = store._db.execute("SELECT address FROM recording").fetchall()
    store.close()
    assert len(addresses) == 1
    assert "secret" not in addresses[0][0]
