"""A bell wakes the event loop from any thread."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, QThread

from app.bell import Bell


@pytest.fixture
def heard():
    return []


@pytest.fixture
def parent(qapp):
    return QObject()


@pytest.fixture
def bell(parent, heard):
    bell = Bell(lambda: heard.append(QThread.currentThread()), parent)
    yield bell
    bell.close()


def test_it_is_heard_in_the_thread_that_made_it(qtbot, bell, heard):
    ringer = threading.Thread(target=bell.ring)
    ringer.start()
    ringer.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [QThread.currentThread()]


def test_rings_not_yet_heard_count_as_one_and_never_block(qtbot, bell, heard):
    for _ in range(50):
        bell.ring()
    qtbot.waitUntil(lambda: bool(heard))
    qtbot.wait(20)
    assert len(heard) == 1
    for _ in range(200_000):  # more than the sockets hold
        bell.ring()
    bell.ring()
    qtbot.waitUntil(lambda: len(heard) > 1)


def test_after_the_end_nothing_is_heard(qtbot, bell, heard):
    bell.ring()
    bell.close()
    bell.ring()
    bell.close()
    qtbot.wait(20)
    assert heard == []
