"""A batch from its beginning, or from where it was left, to its end."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.backends import create_backend
from engine.batch.files import find_recordings
from engine.batch.hold import lead
from engine.batch.ledger import FileState, Ledger
from engine.batch.parts import join, split
from engine.batch.sightings import sightings_in
from engine.batch.tasks import Advance, Outcome, Setup, Task
from engine.bundle import load_bundle
from engine.errors import LongtakeError, SinkError, SourceError
from engine.sources import open_source
from engine.store import Recording, SeenStore
from engine.store.seen import now_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from engine.batch.ledger import Entry
    from engine.batch.tasks import Engine
    from engine.bundle import Bundle

LEDGER: Final = "batch.sqlite"
LABELS: Final = "labels"
_SEVERAL_WORKERS: Final = 2


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a batch.

    Attributes
    ----------
    what
        As `engine.batch.files.find_recordings` takes it.
    out
        Folder of the results, made when there is none.
    bundle, backend, confidence
        As for `longtake annotate`.
    workers
        At the same time; on Ray, None leaves it to the cluster.
    retry
        Try those again that failed before.
    part_s, warm_up_s
        Split recordings into parts of about this length, each warmed up so long; None does not.
    store
        Where what was seen is kept to be found again; None keeps it nowhere.
    """

    what: str
    out: Path
    bundle: str
    backend: str
    workers: int
    confidence: float | None = None
    retry: bool = False
    part_s: float | None = None
    warm_up_s: float = 60.0
    store: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is.

    Attributes
    ----------
    done, failed, total
        Recordings.
    share
        Of the bytes that were to be watched in this run, 0..1.
    settled
        The recording that was done or failed just now.
    """

    done: int
    failed: int
    total: int
    share: float
    settled: Entry | None = None


@dataclass(slots=True)
class _File:
    """A recording under way."""

    entry: Entry
    tasks: list[Task]
    outcomes: dict[Task, Outcome] = field(default_factory=dict)
    shares: dict[Task, float] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return sum(self.shares.values()) / len(self.tasks)

    @property
    def damaged(self) -> int:
        return sum(one.damaged for one in self.outcomes.values())


class Batch:
    """One run of a batch; several can follow one another in the same folder.

    ::

        found → WAITING ─watched→ labels in place → sightings in the store → DONE
                    └─cannot be watched→ FAILED

    Each arrow can be taken twice without harm, and DONE is written last: whenever this process is
    killed, the next run takes up what was not DONE and nothing is there twice.
    """

    def __init__(self, options: Options, engine: Callable[[Batch], Engine]) -> None:
        self.options = options
        self._engine = engine
        self._bundle: Bundle = load_bundle(options.bundle)

    def run(self, on_progress: Callable[[Progress], None]) -> list[Entry]:
        """Do what is not done yet; return all recordings in the ledger.

        Raises
        ------
        LongtakeError
            When there is nothing to do it with; a recording that cannot be watched is no error.
        """
        options = self.options
        try:
            options.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SinkError(f"{options.out} cannot be made: {error.strerror}.") from error
        with ExitStack() as stack:
            stack.enter_context(lead(options.out))
            ledger = stack.enter_context(closing(Ledger(options.out / LEDGER)))
            store = None
            if options.store is not None:
                store = stack.enter_context(closing(SeenStore(options.store)))
            ledger.take_in(
                find_recordings(options.what, leave_out=options.out), retry=options.retry
            )
            setup = self._agree(ledger)
            _Run(self, ledger, store, setup).watch(self._engine(self), on_progress)
            return ledger.entries()

    @property
    def bundle(self) -> Bundle:
        """The model."""
        return self._bundle

    def labels_path(self, entry: Entry) -> Path:
        """Return where the labels of a recording go."""
        return self.options.out / LABELS / f"{entry.name}.jsonl"

    def _agree(self, ledger: Ledger) -> Setup:
        options = self.options
        backend = options.backend
        if backend == "auto":
            # The first run decides for all: results of two runtimes differ in the last digits.
            backend = ledger.setting("backend") or self._fastest()
        ledger.agree_on(
            {
                "model": f"{self._bundle.address} {self._bundle.model_sha256[:16]}",
                "backend": backend,
                "confidence": str(options.confidence),
                "parts of": str(options.part_s),
                "warm-up of": str(options.warm_up_s),
            }
        )
        threads = None
        if options.workers >= _SEVERAL_WORKERS:
            threads = max(1, (os.cpu_count() or 1) // options.workers)
        bundle = options.bundle
        if Path(bundle).is_dir():
            bundle = os.path.abspath(bundle)  # a worker may be elsewhere
        return Setup(bundle, backend, threads, options.confidence)

    def _fastest(self) -> str:
        backend = create_backend(self._bundle)
        backend.close()
        return backend.name


class _Run:
    """What one run of a batch keeps in mind."""

    def __init__(self, batch: Batch, ledger: Ledger, store: SeenStore | None, setup: Setup) -> None:
        self._batch, self._ledger, self._store, self._setup = batch, ledger, store, setup
        self._files: dict[int, _File] = {}
        self._bytes_done = 0
        entries = ledger.entries()
        self._total = len(entries)
        self._done = sum(entry.state is FileState.DONE for entry in entries)
        self._failed = sum(entry.state is FileState.FAILED for entry in entries)

    def watch(self, engine: Engine, on_progress: Callable[[Progress], None]) -> None:
        waiting = self._ledger.entries(FileState.WAITING)
        self._bytes = max(1, sum(entry.size for entry in waiting))
        tasks = list(self._plan(waiting))
        for file in list(self._files.values()):
            self._settle_when_complete(file, on_progress)
        with closing(engine.run(tasks, self._setup)) as messages:
            for message in messages:
                file = self._files[message.task.file_id]
                if isinstance(message, Advance):
                    file.shares[message.task] = message.share
                    on_progress(self._progress(None))
                else:
                    file.outcomes[message.task] = message
                    file.shares[message.task] = 1.0
                    self._settle_when_complete(file, on_progress)

    def _plan(self, waiting: Sequence[Entry]) -> Iterator[Task]:
        """Yield what is to be watched: the largest first, or one would be left over at the end."""
        for entry in sorted(waiting, key=lambda entry: -entry.size):
            whole = Task(entry.id, entry.path, self._batch.labels_path(entry))
            tasks = self._split(whole, entry.stamp)
            file = self._files[entry.id] = _File(entry, tasks)
            for task in tasks:
                if len(tasks) > 1 and task.labels.exists():
                    file.outcomes[task], file.shares[task] = Outcome(task), 1.0
                else:
                    yield task

    def _split(self, whole: Task, stamp: str) -> list[Task]:
        options = self._batch.options
        if options.part_s is None:
            return [whole]
        try:
            source = open_source(whole.source)
        except SourceError:
            return [whole]  # whoever watches it will say why
        source.close()
        duration_s = source.info.duration_s if source.info.seekable else None
        return split(whole, duration_s, options.part_s, options.warm_up_s, stamp)

    def _settle_when_complete(self, file: _File, on_progress: Callable[[Progress], None]) -> None:
        if len(file.outcomes) < len(file.tasks):
            return
        reason = next((one.reason for one in file.outcomes.values() if one.reason), "")
        if not reason:
            try:
                self._keep(file)
            except LongtakeError as error:
                reason = str(error)
        self._settle(file, reason, file.outcomes.values())
        on_progress(self._progress(self._files.pop(file.entry.id)))

    def _keep(self, file: _File) -> None:
        labels = self._batch.labels_path(file.entry)
        if len(file.tasks) > 1:
            summary = join([task.labels for task in file.tasks], labels)
            # Parts done in an earlier run are not among the outcomes of this one.
            wall_s = sum(one.wall_s for one in file.outcomes.values())
            whole = replace(file.tasks[0], labels=labels, start_s=None, end_s=None)
            file.outcomes = {
                whole: Outcome(
                    whole, "", summary["frames"], file.damaged, summary["seconds"], wall_s
                )
            }
        if self._store is not None:
            manifest = self._batch.bundle.manifest
            recording = Recording(
                str(file.entry.path),
                Path(file.entry.name).name,
                f"{manifest.name} {manifest.version}",
                now_s(),
            )
            self._store.replace(recording, sightings_in(labels, manifest))

    def _settle(self, file: _File, reason: str, outcomes: Iterable[Outcome]) -> None:
        found = list(outcomes)
        self._ledger.settle(
            file.entry.id,
            reason,
            frames=sum(one.frames for one in found),
            damaged=sum(one.damaged for one in found),
            seconds=sum(one.seconds for one in found),
            wall_s=sum(one.wall_s for one in found),
        )
        self._bytes_done += file.entry.size
        if reason:
            self._failed += 1
        else:
            self._done += 1

    def _progress(self, settled: _File | None) -> Progress:
        under_way = sum(file.entry.size * file.share for file in self._files.values())
        entry = None
        if settled is not None:
            entry = self._ledger.entry(settled.entry.id)
        share = min(1.0, (self._bytes_done + under_way) / self._bytes)
        return Progress(self._done, self._failed, self._total, share, entry)
