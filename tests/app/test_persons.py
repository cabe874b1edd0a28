"""What each person does: in exports, in the window and drawn beside the box."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.main_window import MainWindow
from app.overlay import OverlayPainter
from app.overlay_style import OverlayStyle
from app.session import Session
from app.settings import Settings
from engine.errors import BundleError
from engine.results import PersonActions
from engine.sinks.labels import read_labels
from tests.app.fakes import make_manifest, make_result

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def annotate(clip: Path, tiny_bundle: Path, labels: Path, *more: str) -> list[dict]:
    arguments = ["annotate", str(clip), "--no-video", "--labels", str(labels), "--quiet"]
    options = ["--bundle", str(tiny_bundle), "--backend", "onnxruntime", *more]
    result = CliRunner().invoke(cli, [*arguments, *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return list(read_labels(labels))[1:-1]


def test_annotate_tells_people_apart_and_changes_nothing_else(clip, tiny_bundle, tmp_path):
    plain = annotate(clip, tiny_bundle, tmp_path / "a.jsonl")
    apart = annotate(clip, tiny_bundle, tmp_path / "b.jsonl", "--per-track", "2")
    assert len(apart) == 60
    for one, other in zip(plain, apart, strict=True):
        (person,) = other.pop("persons")
        assert person["track_id"] == other["detections"][0]["track_id"]
        assert set(person["actions"]) == {"actions"}
        assert json.dumps(one) == json.dumps(other)


def test_a_bundle_that_finds_no_people_says_so(clip):
    arguments = ["annotate", str(clip), "--no-video", "--bundle", "mnist-rows", "--per-track", "1"]
    result = CliRunner().invoke(cli, arguments)
    assert isinstance(result.exception, BundleError)
    assert "finds no people" in str(result.exception)


def painted(result, **style) -> np.ndarray:
    image = np.full((480, 640, 4), 40, np.uint8)
    painter = OverlayPainter(make_manifest(), style=OverlayStyle(memory=False, **style))
    painter.paint(image, result)
    return image.astype(int)


def person(track_id: int, label: int, probability: float) -> PersonActions:
    chances = np.zeros(5, np.float32)
    chances[label] = probability
    return PersonActions(track_id, {"actions": chances}, 1.0)


def test_what_is_done_is_written_at_the_box_of_who_does_it(qapp):
    result = make_result(0.0, 640, 480, actions={})
    before = painted(result)
    # In the list the other way round than the boxes, with one who has no box any more.
    persons = (person(7, 3, 0.9), person(3, 1, 0.8), person(9, 1, 0.9))
    changed = (painted(replace(result, persons=persons)) != before).any(axis=2)
    for box in result.detections.xyxy[:2].astype(int):
        left, _, _, bottom = box.tolist()
        assert changed[bottom - 20 : bottom, left : left + 60].any()
    rows, columns = np.nonzero(changed)
    assert rows.min() > 400
    assert columns.min() >= int(result.detections.xyxy[0, 0]) - 1
    assert not (painted(replace(result, persons=persons), actions=False) != before).any()


def test_nothing_is_written_of_who_does_nothing_in_particular(qapp):
    result = make_result(0.0, 640, 480, actions={})
    unsure = replace(result, persons=(person(3, 1, 0.3),))
    np.testing.assert_array_equal(painted(unsure), painted(result))


@pytest.fixture
def window(qtbot: QtBot, tiny_bundle):
    session = Session()
    window = MainWindow(session, Settings(), "en", bundle=str(tiny_bundle), backend="onnxruntime")
    qtbot.addWidget(window, before_close_func=MainWindow.close_unasked)
    window.show()
    yield window
    session.shut_down()


def test_the_window_switches_it_on_and_off(qtbot: QtBot, window: MainWindow, clip: Path):
    session, switch = window._session, window.actions_.person_actions
    window.open_address(str(clip))
    qtbot.waitUntil(lambda: session.frame is not None)
    assert session.frame.result.persons == ()
    switch.trigger()
    assert window._settings.person_actions
    qtbot.waitUntil(lambda: session.frame is not None and session.frame.result.persons != ())
    switch.trigger()
    qtbot.waitUntil(lambda: session.frame is not None and session.frame.result.persons == ())
    assert session.request.per_track == 0
