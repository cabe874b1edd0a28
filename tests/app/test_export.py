"""Exports, by the job and through the dialog, read back from disk."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from shiboken6 import isValid

from app.export import ExportJob, ExportProgress
from app.exports.export_dialog import ExportDialog
from app.exports.queue import ExportState
from app.overlay import OverlayPainter
from app.overlay_style import OverlayStyle
from app.privacy import pixelate
from app.session import Session
from app.settings import Settings
from app.stream import OpenRequest
from engine.errors import BundleError, SinkError, SourceError
from engine.rules.model import RuleBook
from engine.sinks.encoders import hardware_encoders
from engine.sinks.estimate import estimate_bytes
from tests.app.fakes import FakeModelServices, make_manifest, make_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow

pytestmark = pytest.mark.usefixtures("qapp")


def pictures(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [(f.time, f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def job_of(tiny_bundle: Path, clip: Path, tmp_path: Path):
    def make(**changes: object) -> ExportJob:
        fields = {
            "bundle": tiny_bundle,
            "backend_name": "onnxruntime",
            "source_address": str(clip),
            "video_path": tmp_path / "out.mp4",
            "labels_path": tmp_path / "out.jsonl",
        }
        return ExportJob(**(fields | changes))

    return make


def test_a_whole_clip(
    job_of, clip: Path, no_leaked_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.export._REPORT_EVERY_S", 0.01)
    told: list[ExportProgress] = []
    job = job_of()
    summary = job.run(told.append)
    assert (summary.frames, summary.dropped, summary.cancelled) == (60, 0, False)
    assert summary.fps > 1
    assert all(a.frames <= b.frames and 0 <= b.share <= 1 for a, b in pairwise(told))
    assert told[-1].share > 0
    before, after = pictures(clip), pictures(job.video_path)
    assert [t for t, _ in after] == pytest.approx([t for t, _ in before], abs=1e-3)
    # The tiny bundle's boxes are drawn: the picture differs from the source around them.
    difference = np.abs(after[30][1].astype(int) - before[30][1].astype(int)).max(axis=2)
    assert (difference > 60).mean() > 0.02
    found = lines(job.labels_path)
    assert [line["type"] for line in found] == ["header", *["frame"] * 60, "summary"]
    assert list(job.video_path.parent.glob("*.part")) == []


def test_a_part_keeps_its_times_in_the_labels(job_of) -> None:
    job = job_of(start_s=0.5, end_s=1.0, video_path=None)
    summary = job.run(lambda progress: None)
    times = [line["pts_s"] for line in lines(job.labels_path) if line["type"] == "frame"]
    assert summary.frames == len(times) == 15
    assert times[0] == pytest.approx(0.5, abs=1e-3)
    assert times[-1] == pytest.approx(29 / 30, abs=1e-3)


def test_only_analysing_writes_nothing(job_of, tmp_path: Path) -> None:
    summary = job_of(video_path=None, labels_path=None).run(lambda progress: None)
    assert summary.frames == 60
    assert summary.video_path is summary.labels_path is None
    assert list(tmp_path.glob("out*")) == []


def test_rules_are_followed(job_of, tmp_path: Path, no_leaked_threads: None) -> None:
    clip = {"do": "clip", "folder": str(tmp_path / "clips"), "before_s": 0.2, "after_s": 0.2}
    when = {"kind": "present", "label": "chair", "for_s": 0.5}
    rules = {"rules": [{"name": "chair", "when": when, "then": [clip, {"do": "sound"}]}]}
    job = job_of(video_path=None, rules=RuleBook.model_validate(rules))
    entries = job.run(lambda progress: None).rule_log
    assert entries[0].text.endswith(": 1 × chair")
    assert {entry.action for entry in entries} == {"", "clip", "sound"}
    (saved,) = (tmp_path / "clips").iterdir()
    assert len(pictures(saved)) > 5


def test_confidence_reaches_the_labels(job_of) -> None:
    job = job_of(video_path=None, confidence=0.99)
    job.run(lambda progress: None)
    assert all(not line["detections"] for line in lines(job.labels_path)[1:-1])


def test_cancelling_leaves_a_part_that_plays(
    job_of, make_clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.export._REPORT_EVERY_S", 0.01)
    long_clip = make_clip(tmp_path / "long.mp4", frames=300, size=(160, 128))
    job = job_of(source_address=str(long_clip), labels_path=None)
    summary = job.run(lambda progress: job.cancel() if progress.frames > 60 else None)
    assert summary.cancelled
    assert not job.video_path.exists()
    part = next(tmp_path.glob("*.part"))
    assert 30 < len(pictures(part)) < 300


def test_the_recording_itself_is_not_overwritten(job_of, clip: Path) -> None:
    before = clip.read_bytes()
    with pytest.raises(SinkError, match="overwritten"):
        job_of(video_path=clip).run(lambda progress: None)
    assert clip.read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"source_address": "/nowhere/clip.mp4"}, SourceError),
        ({"bundle": "no-such-bundle"}, BundleError),
        ({"labels_path": "unwritable"}, SinkError),
    ],
    ids=["source", "bundle", "target"],
)
def test_failures_name_what_is_wrong(
    job_of, tmp_path: Path, changes: dict, error: type, no_leaked_threads: None
) -> None:
    if changes.get("labels_path"):
        (tmp_path / "file").touch()
        changes = {"labels_path": tmp_path / "file" / "out.jsonl"}
    with pytest.raises(error):
        job_of(**changes).run(lambda progress: None)
    assert not (tmp_path / "out.mp4").exists()


def test_without_a_window_system(clip: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    """As from the command line: the job makes the Qt application it needs for text itself."""
    target = tmp_path / "out.mp4"
    code = (
        "import sys, pathlib; from app.export import ExportJob\n"
        "job = ExportJob(sys.argv[1], 'onnxruntime', sys.argv[2], pathlib.Path(sys.argv[3]))\n"
        "print(job.run(lambda progress: None).frames)"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code, str(tiny_bundle), str(clip), str(target)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert completed.stdout.strip() == "60", completed.stderr
    assert len(pictures(target)) == 60


class TestDialog:
    """The dialog, with the model of the tiny bundle."""

    @pytest.fixture
    def dialog(
        self, qtbot: QtBot, clip: Path, tiny_bundle: Path, tmp_path: Path
    ) -> Iterator[ExportDialog]:
        session = Session(FakeModelServices())
        with qtbot.waitSignal(session.frame_ready):
            session.open(
                OpenRequest(str(clip), str(tiny_bundle), backend="onnxruntime", paused=True)
            )
        session.set_marks(0.5, 1.5)
        dialog = ExportDialog(session, Settings(), "en")
        dialog.show()
        dialog.form.place.setText(str(tmp_path / "export.mp4"))
        yield dialog
        session.shut_down()
        if isValid(dialog):
            dialog.close()

    def test_end_to_end(self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path) -> None:
        assert (dialog.form.start.text(), dialog.form.end.text()) == ("0:00.50", "0:01.50")
        dialog.form.labels.boxes["jsonl"].setChecked(True)
        qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
        assert dialog.start_button.text() == "Add to queue"
        (row,) = dialog.queue.rows
        assert row.button.text() == "Cancel"
        qtbot.waitUntil(lambda: row.item.state is ExportState.DONE)
        assert row.item.summary.frames == 30
        assert row.button.text() == "Show in folder"
        assert "30 frames" in row.detail.toolTip()
        assert dialog.start_button.text() == "Export"
        assert len(pictures(tmp_path / "export.mp4")) == 30
        assert len(lines(tmp_path / "export.jsonl")) == 32
        row.remove.click()
        assert dialog.queue.rows == []

    def test_several_go_one_after_the_other(
        self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
    ) -> None:
        first = dialog.start()
        dialog.form.place.setText(str(tmp_path / "second.mp4"))
        second = dialog.start()
        dialog.form.place.setText(str(tmp_path / "third.mp4"))
        third = dialog.start()
        assert [item.state for item in (first, second, third)] == ["running", "waiting", "waiting"]
        dialog.queue.rows[1].button.click()
        assert second.state is ExportState.CANCELLED
        qtbot.waitUntil(lambda: third.state is ExportState.DONE)
        assert first.state is ExportState.DONE
        assert (tmp_path / "third.mp4").exists()
        assert not (tmp_path / "second.mp4").exists()

    def test_what_waits_is_not_overwritten_by_what_comes_after(
        self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
    ) -> None:
        items = [dialog.start(), dialog.start(), dialog.start()]
        names = [item.target.name for item in items]
        assert names == ["export.mp4", "export-2.mp4", "export-3.mp4"]
        for row in dialog.queue.rows:
            row.button.click()
        qtbot.waitUntil(lambda: not any(item.unfinished for item in items))

    def test_what_is_drawn_and_how_well_is_chosen(
        self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
    ) -> None:
        drawing = dialog.form.drawing
        for box in (drawing.boxes, drawing.actions_, drawing.memory):
            assert box.isChecked()
            box.setChecked(False)
        dialog.form.look.quality.setCurrentIndex(2)
        bare = dialog.start()
        dialog.form.place.setText(str(tmp_path / "drawn.mp4"))
        drawing.memory.setChecked(True)
        drawn = dialog.start()
        assert (bare.job.quality, bare.job.style.boxes, bare.job.style.memory) == (29, False, False)
        qtbot.waitUntil(lambda: drawn.state is ExportState.DONE)
        corner = (slice(0, 20), slice(-90, None))
        plain, badged = (pictures(tmp_path / name) for name in ("export.mp4", "drawn.mp4"))
        assert np.abs(plain[5][1][corner].astype(int) - badged[5][1][corner]).mean() > 5
        assert np.abs(plain[5][1][-60:].astype(int) - badged[5][1][-60:]).mean() < 5

    def test_a_soft_export_copies_the_recording(
        self, qtbot: QtBot, dialog: ExportDialog, clip: Path, tmp_path: Path
    ) -> None:
        form = dialog.form
        qtbot.mouseClick(form.soft, Qt.MouseButton.LeftButton)
        assert not form.video.isChecked()
        assert form.drawing.boxes.isEnabled()
        assert not form.drawing.strip.isEnabled()
        assert not form.hiding.isEnabled()
        for name in ("coco", "webvtt", "boris"):
            form.labels.boxes[name].setChecked(True)
        form.start.setText("0:00")
        form.end.setText("")
        item = dialog.start()
        qtbot.waitUntil(lambda: item.state is ExportState.DONE)
        assert len(pictures(tmp_path / "export.mkv")) == 60
        with av.open(str(tmp_path / "export.mkv")) as container:
            cues = sum(p.size > 0 for p in container.demux(container.streams.subtitles[0]))
        assert cues > 2
        for ending in (".coco.json", ".vtt", ".boris.csv"):
            assert (tmp_path / f"export{ending}").stat().st_size > 5
        assert not list(tmp_path.glob("*.ass*"))

    def test_what_comes_out_smaller(
        self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
    ) -> None:
        item = dialog.form.look
        assert item.picture_size.count() == 1  # there is nothing below 240 lines to offer
        item.picture_size.addItem("120p", 120)
        item.picture_size.setCurrentIndex(1)
        dialog.form.drawing.strip.setChecked(True)
        dialog.form.hiding.choice.setCurrentIndex(1)
        assert dialog.form.hiding.warning.isVisible()
        export = dialog.start()
        assert export.job.style.hide_heads
        qtbot.waitUntil(lambda: export.state is ExportState.DONE)
        assert pictures(tmp_path / "export.mp4")[0][1].shape == (120, 160, 3)

    def test_the_size_is_estimated(
        self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
    ) -> None:
        form = dialog.form
        for box in (form.drawing.boxes, form.drawing.actions_, form.drawing.memory):
            box.setChecked(False)
        qtbot.waitUntil(lambda: "About" in form.estimate.text())
        item = dialog.start()
        qtbot.waitUntil(lambda: item.state is ExportState.DONE)
        actual = (tmp_path / "export.mp4").stat().st_size
        request = dialog._session.request
        guess = estimate_bytes(request.address, (0.5, 1.5), 23, form.look.options())
        assert 0.7 < guess / actual < 1.3
        form.video.setChecked(False)
        assert form.estimate.text() == ""

    def test_hardware_is_offered_only_where_it_works(
        self, qtbot: QtBot, dialog: ExportDialog
    ) -> None:
        look = dialog.form.look
        qtbot.waitUntil(lambda: "Looking" not in look.encoder.toolTip())
        assert look.encoder.count() == 1 + len(hardware_encoders())
        assert look.encoder.isEnabled() is bool(hardware_encoders())

    @pytest.mark.parametrize(
        ("start", "end", "video", "ready"),
        [
            ("0:00", "0:01", True, True),
            ("0:00", "", True, True),
            ("0:01", "0:01", True, False),
            ("nonsense", "0:01", True, False),
            ("0:00", "0:01", False, False),
        ],
    )
    def test_what_cannot_be_exported_cannot_be_started(
        self, dialog: ExportDialog, start: str, end: str, video: bool, ready: bool
    ) -> None:
        dialog.form.start.setText(start)
        dialog.form.end.setText(end)
        dialog.form.video.setChecked(video)
        assert dialog.start_button.isEnabled() is ready

    def test_the_end_of_the_clip_keeps_its_last_frame(self, dialog: ExportDialog) -> None:
        dialog.form.start.setText("0:00.00")
        dialog.form.end.setText("0:02.00")
        assert dialog.form.part() == (None, None)

    def test_replacing_is_announced(self, dialog: ExportDialog, tmp_path: Path) -> None:
        (tmp_path / "there.mp4").touch()
        dialog.form.place.setText(str(tmp_path / "there.mp4"))
        assert "there.mp4" in dialog.form._note.text()

    def test_cancelling_explains_what_is_left(
        self, qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Cancelled as soon as it runs, long before the clip is through."""
        run = ExportJob.run

        def run_slowly(job: ExportJob, on_progress: Callable[[ExportProgress], None]) -> object:
            job._cancelled.wait(10)
            return run(job, on_progress)

        monkeypatch.setattr(ExportJob, "run", run_slowly)
        monkeypatch.setattr("app.export._REPORT_EVERY_S", 0.0)
        item = dialog.start()
        (row,) = dialog.queue.rows
        row.button.click()
        assert row.detail.toolTip() == "Cancelling…"
        qtbot.waitUntil(lambda: item.state is ExportState.CANCELLED)
        assert ".part" in row.detail.toolTip()

    def test_failure_is_told_in_its_row_and_the_next_one_runs(
        self, qtbot: QtBot, dialog: ExportDialog, clip: Path, tmp_path: Path
    ) -> None:
        dialog.form.place.setText(str(clip))
        failing = dialog.start()
        dialog.form.place.setText(str(tmp_path / "next.mp4"))
        following = dialog.start()
        qtbot.waitUntil(lambda: following.state is ExportState.DONE)
        assert failing.state is ExportState.FAILED
        assert "overwritten" in dialog.queue.rows[0].detail.toolTip()

    def test_closing_the_dialog_does_not_stop_it(
        self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
    ) -> None:
        item = dialog.start()
        dialog.close()
        qtbot.waitUntil(lambda: item.state is ExportState.DONE)
        assert (tmp_path / "export.mp4").exists()


class TestWindow:
    """Exports as the main window shows them."""

    @pytest.fixture
    def exporting(
        self,
        qtbot: QtBot,
        window: MainWindow,
        clip: Path,
        tiny_bundle: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> MainWindow:
        """The window with an export that runs until it is cancelled."""
        run = ExportJob.run

        def wait_and_run(job: ExportJob, on_progress: Callable[..., None]) -> object:
            on_progress(ExportProgress(15, 0.25, 0.5, 30.0, 60.0))
            job._cancelled.wait(20)
            return run(job, on_progress)

        monkeypatch.setattr(ExportJob, "run", wait_and_run)
        job = ExportJob(tiny_bundle, "onnxruntime", str(clip), tmp_path / "out.mp4")
        window._session.exports.add(job)
        return window

    def test_the_status_bar_tells_and_leads_to_the_list(
        self, qtbot: QtBot, exporting: MainWindow
    ) -> None:
        button = exporting.status.exports
        qtbot.waitUntil(lambda: "25%" in button.text())
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        dialog = exporting.findChild(ExportDialog)
        qtbot.waitUntil(lambda: "1:00 left" in dialog.queue.rows[0].detail.toolTip())
        dialog.queue.rows[0].button.click()
        qtbot.waitUntil(lambda: not button.isVisible())
        dialog.close()

    def test_closing_the_window_asks_first(self, qtbot: QtBot, exporting: MainWindow) -> None:
        exporting.close()
        assert exporting.isVisible()
        box = exporting.findChild(QMessageBox)
        qtbot.mouseClick(box.findChild(QPushButton, "leave"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not exporting.isVisible())
        qtbot.waitUntil(lambda: not exporting._session.exports.unfinished)


def test_people_are_hidden_beyond_recovery() -> None:
    rng = np.random.default_rng(1)
    image = rng.integers(0, 255, (200, 200, 4), np.uint8)
    before = image.copy()
    pixelate(image, np.array([[50, 40, 110, 160], [190, 190, 400, 400]], np.float32))
    inside = image[45:155, 55:105]
    assert len(np.unique(inside.reshape(-1, 4), axis=0)) <= 9 * 17
    assert (image[:30] == before[:30]).all()
    assert (image[:, 130:170] == before[:, 130:170]).all()


def test_only_people_are_hidden() -> None:
    style = OverlayStyle(boxes=False, actions=False, memory=False, hide_people=True)
    image = np.random.default_rng(2).integers(0, 255, (200, 400, 4), np.uint8)
    before = image.copy()
    result = make_result(0.0, 400, 200)
    OverlayPainter(make_manifest(), style=style).paint(image, result)
    for box, class_id in zip(result.detections.xyxy, result.detections.class_id, strict=True):
        left, top, right, bottom = (round(v) for v in box.tolist())
        middle = (slice(top + 20, bottom - 20), slice(left + 20, right - 20), slice(0, 3))
        assert (image[middle] == before[middle]).mean() < 0.2 if class_id == 0 else True
    chair = (slice(150, 180), slice(30, 60), slice(0, 3))
    assert (image[chair] == before[chair]).all()


def test_stills_have_nothing_to_copy(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "stills").mkdir()
    for name in "ab":
        still = np.full((48, 64, 3), 90, np.uint8)
        cv2.imwrite(str(tmp_path / "stills" / f"{name}.png"), still)
    with qtbot.waitSignal(window._session.frame_ready):
        window.open_address(str(tmp_path / "stills"))
    dialog = ExportDialog(window._session, Settings(), "en", window)
    assert not dialog.form.soft.isEnabled()
    assert dialog.form.video.isEnabled()
    dialog.close()
