"""Workers on a Ray cluster, which schedules, streams, and replaces those that die.

Each recording is a row of a Ray data set, and the model is an actor that is called with a row.
Recordings and results are on a disk that all machines see under the same path.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import math
import os
import warnings
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.batch.analyst import Analyst
from engine.batch.hold import work
from engine.batch.tasks import Outcome, Task
from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from engine.batch.tasks import Advance, Setup

_TRIES: Final = 3
_ENVIRONMENT: Final = {
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # its C++ part writes to the terminal past all loggers
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing leaves the computer
    "RAY_worker_niceness": "0",  # as workers without Ray; 15 starves beside other programs
}
"""What Ray is told before it starts, unless the environment says otherwise."""

log = logging.getLogger(__name__)


class RayEngine:
    """Has tasks done by actors of Ray Data.

    A task whose actor dies is given to another by Ray, three times; then it is given up. On a
    cluster with graphics cards the torch backend gets one for each actor.

    Parameters
    ----------
    workers
        Actors at the same time, each on one core.
    folder
        Where results are written; actors hold it while they live.
    address
        Of a running cluster; None starts one on this machine and ends it afterwards.

    Raises
    ------
    LongtakeError
        When Ray is not installed.
    """

    def __init__(self, workers: int, folder: Path, address: str | None = None) -> None:
        if importlib.util.find_spec("ray") is None:
            raise LongtakeError("Ray is not installed.", 'Run: pip install "longtake[ray]"')
        self._workers = workers
        self._folder = folder
        self._address = address

    def run(self, tasks: Iterable[Task], setup: Setup) -> Generator[Outcome | Advance, None, None]:
        """Do all tasks; see `engine.batch.tasks.Engine.run`.

        Until it is closed, what this process prints goes to the log: Ray prints there, too.
        """
        waiting = dict(enumerate(tasks))
        if waiting:
            with redirect_stdout(_Log()):
                yield from self._run(waiting, setup)

    def _run(self, waiting: dict[int, Task], setup: Setup) -> Iterator[Outcome]:
        for name, value in _ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        import ray

        started = not ray.is_initialized()
        if started:
            self._connect()
        try:
            for row in self._rows(waiting, setup):
                if unfit := row.pop("unfit"):
                    raise LongtakeError(unfit)
                task = waiting.pop(row.pop("number"))
                yield Outcome(task, **row)
            for task in waiting.values():
                yield Outcome(task, f"{task.source} ended the program {_TRIES} times.")
        finally:
            if started:
                ray.shutdown()

    def _connect(self) -> None:
        import ray

        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        if self._address is None:
            options |= {"num_cpus": self._workers, "include_dashboard": False}
        try:
            ray.init(self._address, **options)
        except Exception as error:  # it raises the bare class when a cluster does not start
            where = self._address or "on this machine"
            raise LongtakeError(
                f"No Ray cluster answers {where}: {error}", "`ray status` tells more."
            ) from error

    def _rows(self, waiting: dict[int, Task], setup: Setup) -> Iterable[dict[str, Any]]:
        import ray
        from ray.data import DataContext

        logging.getLogger("ray.data").setLevel(logging.ERROR)  # importing it has set another
        context = DataContext.get_current()
        context.enable_progress_bars = False
        context.max_errored_blocks = len(waiting)  # one bad file never stops the rest
        one_thread = setup if setup.threads else replace(setup, threads=1)
        rows = [_row(number, task) for number, task in waiting.items()]
        data = ray.data.from_items(rows, override_num_blocks=len(rows))
        with warnings.catch_warnings():
            # The bound on tries is said to be going, and nothing else bounds them yet.
            warnings.filterwarnings("ignore", "`ray_remote_args")
            results = data.map(
                _Watcher,
                fn_constructor_args=(one_thread, str(self._folder.absolute())),
                compute=ray.data.ActorPoolStrategy(size=min(self._workers, len(rows))),
                num_cpus=1,
                num_gpus=_gpu_share(setup.backend, self._workers),
                max_restarts=-1,
                max_task_retries=_TRIES - 1,
            )
        found: Iterable[dict[str, Any]] = results.iter_rows()
        return found


class _Log(io.TextIOBase):
    """Takes what is printed, for the log."""

    def write(self, text: str) -> int:
        if text.strip():
            log.info("%s", text.strip())
        return len(text)


class _Watcher:
    """The actor: holds the model and watches what it is given."""

    def __init__(self, setup: Setup, folder: str) -> None:
        import cv2

        cv2.setNumThreads(1)
        self._unfit = ""
        self._hold = ExitStack()  # never left: the system does when this process ends
        try:
            # The leader of this batch may have been killed, and the next one be waiting for us.
            self._hold.enter_context(work(Path(folder)))
            self._analyst = Analyst(setup)
        except LongtakeError as error:
            self._unfit = str(error)  # raised here, it would reach people as a failure of Ray's

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        number, task = row.pop("number"), _task(row)
        if self._unfit:
            outcome = Outcome(task)
        else:
            outcome = self._analyst.watch(task, lambda share: None)
        return {
            "number": number,
            "unfit": self._unfit,
            "reason": outcome.reason,
            "frames": outcome.frames,
            "damaged": outcome.damaged,
            "seconds": outcome.seconds,
            "wall_s": outcome.wall_s,
        }


def _row(number: int, task: Task) -> dict[str, Any]:
    """Return a task in columns that need no pickling."""
    return {
        "number": number,
        "file_id": task.file_id,
        "source": str(task.source.absolute()),  # an actor may be elsewhere
        "labels": str(task.labels.absolute()),
        "start_s": math.nan if task.start_s is None else task.start_s,
        "end_s": math.nan if task.end_s is None else task.end_s,
        "warm_up_s": task.warm_up_s,
    }


def _task(row: dict[str, Any]) -> Task:
    start_s, end_s = (None if math.isnan(row[key]) else row[key] for key in ("start_s", "end_s"))
    return Task(
        row["file_id"], Path(row["source"]), Path(row["labels"]), start_s, end_s, row["warm_up_s"]
    )


def _gpu_share(backend: str, workers: int) -> float:
    import ray

    cards = ray.cluster_resources().get("GPU", 0.0) if backend == "torch" else 0.0
    return min(1.0, cards / workers)
