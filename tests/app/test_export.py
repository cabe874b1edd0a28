"""Exports, by the job and through the dialog, read back from disk."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.dialogs.export_dialog import ExportDialog
from app.export import ExportJob
from app.session import Session
from app.settings import Settings
from app.stream import OpenRequest
from engine.errors import BundleError, SinkError, SourceError
from tests.app.fakes import FakeModelServices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.export import ExportProgress

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
        with qtbot.waitSignal(session.frame_ready, timeout=10_000):
            session.open(
                OpenRequest(str(clip), str(tiny_bundle), backend="onnxruntime", paused=True)
            )
        session.set_marks(0.5, 1.5)
        dialog = ExportDialog(session, Settings(), "en")
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.form.place.setText(str(tmp_path / "export.mp4"))
        yield dialog
        session.shut_down()

    def test_end_to_end(self, qtbot: QtBot, dialog: ExportDialog, tmp_path: Path) -> None:
        assert (dialog.form.start.text(), dialog.form.end.text()) == ("0:00.50", "0:01.50")
        dialog.form.labels.setChecked(True)
        assert not dialog.reveal_button.isVisible()
        qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
        assert not dialog.start_button.isEnabled()
        qtbot.waitUntil(lambda: dialog.summary is not None, timeout=20_000)
        assert dialog.reveal_button.isVisible()
        assert dialog.summary.frames == 30
        assert len(pictures(tmp_path / "export.mp4")) == 30
        assert len(lines(tmp_path / "export.jsonl")) == 32

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
        dialog.start()
        dialog.cancel_button.click()
        assert dialog._headline.text() == "Cancelling…"
        qtbot.waitUntil(lambda: dialog.summary is not None, timeout=10_000)
        assert dialog.summary.cancelled
        assert dialog._headline.text() == "Cancelled"
        assert ".part" in dialog._detail.text()
        assert dialog.cancel_button.text() == "Close"

    def test_failure_is_told_in_the_dialog(
        self, qtbot: QtBot, dialog: ExportDialog, clip: Path
    ) -> None:
        dialog.form.place.setText(str(clip))
        dialog.start()
        qtbot.waitUntil(lambda: "overwritten" in dialog._headline.text(), timeout=10_000)
        dialog.start_button.click()
        assert dialog.form.isVisible()
