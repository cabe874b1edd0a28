"""Batched steps: who takes turns, and that rows are their owners'."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.backends.base import StepOutput
from engine.errors import BackendError
from engine.streams.turns import Turns

POISON = 255


class CountingBackend:
    """Counts each row's steps in its state; fails on a batch that holds a poisoned picture."""

    name, device = "counting", "no device"

    def __init__(self):
        self.batches: list[list[int]] = []
        self.gate = threading.Semaphore(10_000)
        self.closed = False

    def step(self, frame, dt_s, state):
        self.gate.acquire()
        self.batches.append(frame[:, 0, 0, 0].tolist())
        if (frame == POISON).any():
            raise BackendError("poisoned")
        return StepOutput(
            {"said": frame[:, 0, 0, :1].astype(np.float32) + dt_s[:, None]},
            {"count": state["count"] + 1},
        )

    def close(self):
        self.closed = True


class Walker:
    """A stream: its own number in every picture, its own state carried along."""

    def __init__(self, model, number):
        self.model, self.number = model, number
        self.state = {"count": np.zeros((1, 1), np.float32)}

    def step(self):
        frame = np.full((1, 1, 1, 3), self.number, np.uint8)
        output = self.model.step(frame, np.full(1, 0.5, np.float32), self.state)
        self.state = output.state
        assert output.heads["said"].tolist() == [[self.number + 0.5]]

    @property
    def steps(self):
        return int(self.state["count"][0, 0])


@pytest.fixture
def backend():
    return CountingBackend()


@pytest.fixture
def model(backend):
    model = Turns(backend, most_rows=4)
    yield model
    backend.gate.release(10_000)
    model.close()
    assert backend.closed


def wait_for_requests(model, count):
    with model._changed:
        while len(model._waiting) < count:
            model._changed.wait(0.01)


def test_rows_go_back_to_whom_they_belong(model):
    walkers = [Walker(model, number) for number in range(1, 10)]

    def walk(walker):
        for _ in range(50):
            walker.step()

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(walk, walkers))
    assert [walker.steps for walker in walkers] == [50] * 9


def test_turns_take_who_waits_in_order_and_at_most_so_many(model, backend):
    backend.gate = threading.Semaphore(0)
    threads = []
    for number in range(1, 8):
        thread = threading.Thread(target=Walker(model, number).step)
        thread.start()
        threads.append(thread)
        if number == 1:  # held at the gate: the others wait behind it
            while model._turns < 1:
                pass
        else:
            wait_for_requests(model, number - 1)
    backend.gate.release(10)
    for thread in threads:
        thread.join(5)
    assert backend.batches == [[1], [2, 3, 4, 5], [6, 7]]
    assert model.rows_per_turn == pytest.approx(7 / 3)


def test_only_the_row_at_fault_fails(model, backend):
    backend.gate = threading.Semaphore(0)
    good, bad, other = Walker(model, 1), Walker(model, POISON), Walker(model, 2)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(Walker(model, 9).step)
        while model._turns < 1:
            pass
        futures = [pool.submit(walker.step) for walker in (good, bad, other)]
        wait_for_requests(model, 3)
        backend.gate.release(10)
        first.result(5)
        futures[0].result(5)
        futures[2].result(5)
        with pytest.raises(BackendError, match="poisoned"):
            futures[1].result(5)
    assert (good.steps, other.steps) == (1, 1)


def test_closing_refuses_who_waits_and_who_comes_later(model, backend):
    backend.gate = threading.Semaphore(0)
    with ThreadPoolExecutor(3) as pool:
        running = pool.submit(Walker(model, 1).step)
        while model._turns < 1:
            pass
        waiting = pool.submit(Walker(model, 2).step)
        wait_for_requests(model, 1)
        closing = pool.submit(model.close)
        backend.gate.release(10)
        closing.result(5)
        running.result(5)
        with pytest.raises(BackendError, match="closed"):
            waiting.result(5)
    with pytest.raises(BackendError, match="closed"):
        Walker(model, 3).step()
