"""Work in threads whose results are collected by the one who asked. Knows no Qt."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Callable

_TASK: Final = "longtake-task"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    future: Future[Any]
    thread: threading.Thread
    done: Callable[[Any], None]
    failed: Callable[[LongtakeError], None]
    cancel: Callable[[], None] | None


class Background:
    """Tasks under way. All methods are for one thread, the one that calls `collect`."""

    def __init__(self) -> None:
        self._tasks: list[_Task] = []

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[LongtakeError], None],
        cancel: Callable[[], None] | None = None,
    ) -> None:
        """Start `work` in a thread; what comes of it waits for `collect`."""
        future: Future[T] = Future()
        thread = threading.Thread(target=_fulfil, args=(future, work), name=_TASK, daemon=True)
        self._tasks.append(_Task(future, thread, done, failed, cancel))
        thread.start()

    def collect(self) -> None:
        """Call `done` or `failed` of every task that is finished.

        Raises
        ------
        BaseException
            What a task raised, if it is no `LongtakeError`: a defect.
        """
        for task in [task for task in self._tasks if task.future.done()]:
            self._tasks.remove(task)
            try:
                result = task.future.result()
            except LongtakeError as error:
                task.failed(error)
            else:
                task.done(result)

    def cancel(self, timeout_s: float) -> None:
        """Cancel what can be, and wait for that; forget the results of everything."""
        deadline = time.monotonic() + timeout_s
        cancelled = []
        for task in self._tasks:
            if task.cancel is not None:
                task.cancel()
                cancelled.append(task.thread)
        for thread in cancelled:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._tasks.clear()


def wait_for_tasks(timeout_s: float) -> None:
    """Wait for tasks of whomever, cancelled or not, before the process ends.

    A runtime that is loading a model cannot be interrupted, and the interpreter must not end
    beneath it: the process would be aborted.
    """
    deadline = time.monotonic() + timeout_s
    for thread in threading.enumerate():
        if thread.name == _TASK and thread is not threading.current_thread():
            thread.join(max(0.0, deadline - time.monotonic()))


def _fulfil(future: Future[T], work: Callable[[], T]) -> None:
    # Whatever it is, it is carried over and raised again where the result is collected.
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
