"""A whole batch on this machine, with a model small enough to be watched by a test."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.export import ExportJob
from engine.batch.hold import lead
from engine.batch.ledger import FileState
from engine.batch.local import LocalEngine
from engine.batch.run import Batch, Options
from engine.batch.tasks import Advance, Outcome
from engine.errors import LongtakeError, SinkError, SourceError
from engine.store import Question, SeenStore
from tests.fixtures.clips import make_clip

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from engine.batch.tasks import Setup, Task


@pytest.fixture
def options(tmp_path, tiny_bundle):
    return Options(
        what=str(tmp_path / "archive"),
        out=tmp_path / "out",
        bundle=str(tiny_bundle),
        backend="onnxruntime",
        workers=2,
        store=tmp_path / "seen.sqlite",
    )


class InlineEngine:
    """Works in this process: the plan and the books are under test, not processes."""

    def __init__(self, stop_after: int = 10**9) -> None:
        self.stop_after = stop_after
        self.tasks: list[Task] = []

    def run(self, tasks: Iterable[Task], setup: Setup) -> Generator[Outcome | Advance, None, None]:
        from engine.batch.analyst import Analyst

        analyst = Analyst(setup)
        for number, task in enumerate(tasks):
            if number == self.stop_after:
                raise KeyboardInterrupt
            self.tasks.append(task)
            yield Advance(task, 0.5)
            yield analyst.watch(task, lambda share: None)


def run(options: Options, engine=None):
    engine = engine or InlineEngine()
    return Batch(options, lambda job: engine).run(lambda progress: None)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_labels_are_those_of_annotate_and_bad_files_stop_nothing(archive, options, tmp_path):
    folder = archive(3, damaged=3)
    entries = Batch(options, lambda job: LocalEngine(2, options.out)).run(lambda progress: None)
    states = {entry.name: entry.state for entry in entries}
    assert states == {f"clip{i:03}.mp4": FileState.DONE for i in range(3)} | {
        f"more/bad{i:03}.mp4": FileState.FAILED for i in range(3)
    }
    assert all("bad" in entry.reason for entry in entries if entry.state is FileState.FAILED)
    reference = tmp_path / "annotate.jsonl"
    ExportJob(
        options.bundle, "onnxruntime", str(folder / "clip000.mp4"), labels_path=reference
    ).run(lambda progress: None)
    assert lines(options.out / "labels" / "clip000.mp4.jsonl") == lines(reference)
    assert lines(options.out / "labels" / "clip002.mp4.jsonl")[1:] == lines(reference)[1:]
    assert not list(options.out.rglob("*.part"))


def test_what_is_done_stays_done(archive, options):
    archive(4)
    with pytest.raises(KeyboardInterrupt):
        run(options, InlineEngine(stop_after=2))
    second = InlineEngine()
    entries = run(options, second)
    assert len(second.tasks) == 2
    assert [entry.state for entry in entries] == [FileState.DONE] * 4
    third = InlineEngine()
    run(options, third)
    assert third.tasks == []


def test_new_and_changed_recordings_are_watched_failed_ones_on_demand(archive, options):
    folder = archive(2, damaged=1)
    run(options)
    shutil.copy(folder / "clip000.mp4", folder / "new.mp4")
    os.utime(folder / "clip001.mp4", (1, 1))
    second = InlineEngine()
    run(options, second)
    assert sorted(task.source.name for task in second.tasks) == ["clip001.mp4", "new.mp4"]
    third = InlineEngine()
    run(replace(options, retry=True), third)
    assert [task.source.name for task in third.tasks] == ["bad000.mp4"]


def test_progress_reaches_the_end(archive, options):
    archive(2, damaged=1)
    seen = []
    Batch(options, lambda job: InlineEngine()).run(seen.append)
    shares = [progress.share for progress in seen]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert (seen[-1].done, seen[-1].failed, seen[-1].total) == (2, 1, 3)
    assert {p.settled.name for p in seen if p.settled and p.settled.reason} == {"more/bad000.mp4"}


def test_two_models_are_not_mixed(archive, options):
    archive(1)
    run(options)
    with pytest.raises(SinkError, match=r"confidence None, not 0\.9.*another --out"):
        run(replace(options, confidence=0.9))


def test_only_one_leads(archive, options):
    archive(1)
    options.out.mkdir()
    with lead(options.out), pytest.raises(SinkError, match="Another batch is running"):
        run(options)
    assert len(run(options)) == 1


def test_a_folder_without_recordings(tmp_path, options):
    (tmp_path / "archive").mkdir()
    with pytest.raises(SourceError, match="no recordings in"):
        run(options)


def test_what_was_seen_can_be_found_once(archive, options):
    archive(2)
    run(options)
    with sqlite3.connect(options.out / "batch.sqlite") as db:
        db.execute("UPDATE file SET state = 'waiting'")  # as if killed before it was noted
    run(options)
    store = SeenStore(options.store)
    hits = store.find(Question("person"))
    assert len({(hit.address, hit.sighting) for hit in hits}) == len(hits) > 0
    assert {hit.title for hit in hits} == {"clip000.mp4", "clip001.mp4"}
    store.close()


def test_lists_and_patterns(archive, options, tmp_path):
    folder = archive(3)
    (tmp_path / "some.txt").write_text("# two\narchive/clip000.mp4\narchive/clip002.mp4\nno.mp4\n")
    entries = run(replace(options, what=str(tmp_path / "some.txt")))
    assert [(entry.name, entry.state) for entry in entries] == [
        ("archive/clip000.mp4", "done"),
        ("archive/clip002.mp4", "done"),
        ("no.mp4", "failed"),
    ]
    pattern = replace(options, what=str(folder / "clip00[12].mp4"), out=tmp_path / "out2")
    assert [entry.name for entry in run(pattern)] == ["clip001.mp4", "clip002.mp4"]


def test_workers_that_are_killed_are_replaced(archive, options):
    archive(4)
    engine = LocalEngine(2, options.out)
    killed: list[int] = []

    def kill_some(progress) -> None:
        if not killed:
            killed.append(engine.pids[0])
            os.kill(killed[-1], 9)

    entries = Batch(options, lambda job: engine).run(kill_some)
    assert killed
    assert [entry.state for entry in entries] == [FileState.DONE] * 4
    written = [lines(path)[1:] for path in (options.out / "labels").glob("*.jsonl")]
    assert len(written) == 4
    assert all(one == written[0] for one in written)


def test_a_recording_that_kills_its_workers_is_given_up(archive, options):
    archive(2)
    engine = LocalEngine(1, options.out)

    original = engine._give_next

    def give_and_kill(worker) -> None:
        original(worker)
        if worker.task and worker.task.source.name == "clip001.mp4":
            worker.process.kill()

    engine._give_next = give_and_kill  # type: ignore[method-assign]
    entries = Batch(replace(options, workers=1), lambda job: engine).run(lambda p: None)
    assert [entry.state for entry in entries] == [FileState.DONE, FileState.FAILED]
    assert entries[1].reason.endswith("ended the program 3 times (SIGKILL).")


def test_a_model_that_cannot_be_loaded_ends_the_batch(archive, options):
    archive(1)
    engine = LocalEngine(1, options.out)
    with pytest.raises(LongtakeError, match=r"no model bundle|backend"):
        Batch(replace(options, backend="nope", workers=1), lambda job: engine).run(lambda p: None)


def test_a_recording_that_does_not_get_on_is_ended(archive, options):
    folder = archive(1)
    make_clip(folder / "clip000.mp4", frames=1200, size=(64, 48))  # so long that it is noticed
    engine = LocalEngine(1, options.out, stalled_s=-1.0)  # whatever it does is too slow
    begun = time.monotonic()
    (entry,) = Batch(options, lambda job: engine).run(lambda progress: None)
    assert "did not get on" in entry.reason
    assert time.monotonic() - begun < 60
