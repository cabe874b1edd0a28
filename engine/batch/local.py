"""Workers on this machine: a process each, replaced when one dies."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Final

from engine.batch.hold import work
from engine.batch.tasks import Advance, Outcome
from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from engine.batch.tasks import Setup, Task

_TRIES: Final = 3
_STALLED_S: Final = 300.0
_END_TIMEOUT_S: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Unfit:
    """A worker's last words: it cannot work at all."""

    reason: str


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    moved_at: float = field(default_factory=time.monotonic)
    share: float = -1.0


class LocalEngine:
    """Gives each worker one task at a time.

    A worker that dies, by a signal or by a fault in a decoder, is replaced, and its task is given
    to another; a task that three have died of is given up. A task that does not get on for five
    minutes is ended.

    Parameters
    ----------
    folder
        Where results are written; workers hold it while they live.
    """

    def __init__(self, workers: int, folder: Path, *, stalled_s: float = _STALLED_S) -> None:
        self._wanted = workers
        self._folder = folder
        self._stalled_s = stalled_s
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        self._deaths: Counter[Task] = Counter()
        self._waiting: deque[Task] = deque()

    @property
    def pids(self) -> tuple[int, ...]:
        """Processes at work, for tests that end some."""
        return tuple(w.process.pid for w in self._workers if w.process.pid is not None)

    def run(self, tasks: Iterable[Task], setup: Setup) -> Generator[Outcome | Advance, None, None]:
        """Do all tasks; see `engine.batch.tasks.Engine.run`."""
        self._waiting = deque(tasks)
        try:
            for _ in range(min(self._wanted, len(self._waiting))):
                self._workers.append(self._start(setup))
            while any(worker.task for worker in self._workers):
                yield from self._listen(setup)
        finally:
            self._end()

    def _start(self, setup: Setup) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(theirs, setup, self._folder), name="longtake-batch", daemon=True
        )
        process.start()
        theirs.close()  # so that the pipe ends with the worker
        worker = _Worker(process, ours)
        self._give_next(worker)
        return worker

    def _give_next(self, worker: _Worker) -> None:
        worker.task = self._waiting.popleft() if self._waiting else None
        worker.moved_at, worker.share = time.monotonic(), -1.0
        if worker.task is not None:
            try:
                worker.pipe.send(worker.task)
            except OSError:
                log.debug("The worker is dead already; its silence will be heard.")

    def _listen(self, setup: Setup) -> Iterator[Outcome | Advance]:
        """Take in what workers say, for a second at most."""
        busy = {worker.pipe: worker for worker in self._workers if worker.task}
        for ready in wait(list(busy), timeout=1.0):
            worker = busy[ready]  # type: ignore[index]
            try:
                message: Any = worker.pipe.recv()
            except (EOFError, OSError):
                yield from self._bury(worker, setup)
                continue
            if isinstance(message, _Unfit):
                raise LongtakeError(message.reason)
            if isinstance(message, Advance):
                self._note_advance(worker, message)
            else:
                self._give_next(worker)
            yield message
        for worker in busy.values():
            if worker.task and time.monotonic() - worker.moved_at > self._stalled_s:
                worker.process.kill()
                self._deaths[worker.task] = _TRIES  # it would only stall again

    def _note_advance(self, worker: _Worker, message: Advance) -> None:
        if message.share > worker.share:
            worker.share, worker.moved_at = message.share, time.monotonic()

    def _bury(self, worker: _Worker, setup: Setup) -> Iterator[Outcome]:
        """Replace a dead worker; have its task done by another, or give it up."""
        task = worker.task
        assert task is not None
        worker.process.join(_END_TIMEOUT_S)
        self._workers.remove(worker)
        self._deaths[task] += 1
        log.warning("A worker died (%s) of %s", worker.process.exitcode, task.source)
        if self._deaths[task] < _TRIES:
            self._waiting.appendleft(task)
        elif self._deaths[task] > _TRIES:
            minutes = self._stalled_s / 60
            yield Outcome(task, f"{task.source} did not get on for {minutes:.0f} minutes.")
        else:
            how = _cause_of_death(worker.process.exitcode)
            yield Outcome(task, f"{task.source} ended the program {_TRIES} times ({how}).")
        if self._waiting:
            self._workers.append(self._start(setup))

    def _end(self) -> None:
        for worker in self._workers:
            worker.pipe.close()
            if worker.task is not None:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_END_TIMEOUT_S)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()


def _cause_of_death(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return signal.Signals(-exit_code).name
    return f"exit code {exit_code}"


def _serve(pipe: Connection, setup: Setup, folder: Path) -> None:
    """Do tasks until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the leader ends this
    import cv2

    from engine.batch.analyst import Analyst

    cv2.setNumThreads(1)
    try:
        with work(folder):
            analyst = Analyst(setup)
            while True:
                task: Task = pipe.recv()
                pipe.send(_watch(analyst, task, pipe))
    except LongtakeError as error:
        pipe.send(_Unfit(str(error)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nobody wants the result any more


def _watch(analyst: Any, task: Task, pipe: Connection) -> Outcome:
    outcome: Outcome = analyst.watch(task, lambda share: pipe.send(Advance(task, share)))
    return outcome
