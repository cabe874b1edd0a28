"""Workers on a Ray cluster, which schedules, streams, and replaces those that die.

Each recording is a row of a Ray data set, and the model is an actor that is called with a row.
Recordings and results are on a disk that all machines see under the same path.
"""

from __future__ import annotations

import importlib.util
import logging
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.batch.analyst import Analyst
from engine.batch.tasks import Outcome, Task
from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from engine.batch.tasks import Advance, Setup

_TRIES: Final = 3


class RayEngine:
    """Has tasks done by actors of Ray Data.

    A task whose actor dies is given to another by Ray, three times; then it is given up. On a
    cluster with graphics cards the torch backend gets one for each actor.

    Parameters
    ----------
    workers
        Actors at the same time, each on one core.
    address
        Of a running cluster; None starts one on this machine and ends it afterwards.

    Raises
    ------
    LongtakeError
        When Ray is not installed.
    """

    def __init__(self, workers: int, address: str | None = None) -> None:
        if importlib.util.find_spec("ray") is None:
            raise LongtakeError("Ray is not installed.", 'Run: pip install "longtake[ray]"')
        self._workers = workers
        self._address = address

    def run(self, tasks: Iterable[Task], setup: Setup) -> Generator[Outcome | Advance, None, None]:
        """Do all tasks; see `engine.batch.tasks.Engine.run`."""
        waiting = dict(enumerate(tasks))
        if not waiting:
            return
        import ray

        started = not ray.is_initialized()
        if started:
            self._connect()
        try:
            for row in self._rows(waiting, setup):
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
        logging.getLogger("ray.data").setLevel(logging.ERROR)
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

        context = DataContext.get_current()
        context.enable_progress_bars = False
        context.max_errored_blocks = len(waiting)  # one bad file never stops the rest
        one_thread = setup if setup.threads else replace(setup, threads=1)
        rows = [_row(number, task) for number, task in waiting.items()]
        results = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
            _Watcher,
            fn_constructor_args=(one_thread,),
            compute=ray.data.ActorPoolStrategy(size=min(self._workers, len(rows))),
            num_cpus=1,
            num_gpus=_gpu_share(setup.backend, self._workers),
            max_restarts=-1,
            max_task_retries=_TRIES - 1,
        )
        found: Iterable[dict[str, Any]] = results.iter_rows()
        return found


class _Watcher:
    """The actor: holds the model and watches what it is given."""

    def __init__(self, setup: Setup) -> None:
        import cv2

        cv2.setNumThreads(1)
        self._analyst = Analyst(setup)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        number = row.pop("number")
        outcome = self._analyst.watch(_task(row), lambda share: None)
        return {
            "number": number,
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
        "source": str(task.source),
        "labels": str(task.labels),
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
