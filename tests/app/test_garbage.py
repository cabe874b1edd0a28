"""No thread but the window's destroys what Qt made."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject

from app.garbage import GarbageCollector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


class Knot(QObject):
    """Refers to itself, and says where it ends."""

    def __init__(self, ends: list[str]) -> None:
        super().__init__()
        self._ends, self._self = ends, self

    def __del__(self) -> None:
        self._ends.append(threading.current_thread().name)


@pytest.fixture
def collector(qapp: QObject) -> Iterator[GarbageCollector]:
    collector = GarbageCollector(qapp)
    yield collector
    collector.close()


def allocate() -> list[list[int]]:
    """Make so much that Python would collect, were it let."""
    return [[] for _ in range(200_000)]


@pytest.mark.usefixtures("collector")
def test_what_a_thread_allocates_ends_nothing_of_the_windows(qtbot: QtBot) -> None:
    ends: list[str] = []
    Knot(ends)
    worker = threading.Thread(target=allocate, name="worker")
    worker.start()
    worker.join()
    assert ends == []
    kept = allocate()  # or nothing would be due
    qtbot.waitUntil(lambda: bool(ends))
    assert kept
    assert ends == [threading.main_thread().name]


def test_afterwards_python_collects_again(collector: GarbageCollector) -> None:
    assert not gc.isenabled()
    ends: list[str] = []
    Knot(ends)
    collector.close()
    assert gc.isenabled()
    assert ends == [threading.main_thread().name]
