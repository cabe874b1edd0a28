"""Steps side by side: so many at a time, in the order of asking."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.backends import initial_state
from engine.backends.base import StepOutput
from engine.backends.choice import PROVIDERS
from engine.bundle import load_bundle
from engine.errors import BackendError
from engine.streams import SharedModel
from engine.streams.gate import Gate
from engine.streams.turns import Turns

WAIT_S = 10


class HeldBackend:
    """Lets a step end when it is told to; notes who is in."""

    name, device = "held", "no device"

    def __init__(self):
        self.began = []
        self.changed = threading.Condition()
        self.ends = threading.Semaphore(0)
        self.inside = self.most = 0
        self.closed_with = None

    def step(self, frame, dt_s, state):
        with self.changed:
            self.began.append(int(frame[0, 0, 0, 0]))
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.changed.notify_all()
        assert self.ends.acquire(timeout=WAIT_S)
        with self.changed:
            self.inside -= 1
        if frame[0, 0, 0, 0] == 255:
            raise BackendError("poisoned")
        return StepOutput({"said": frame[:, 0, 0, :1]}, {"count": state["count"] + 1})

    def close(self):
        self.closed_with = self.inside

    def await_begun(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.began) >= count, WAIT_S)


def ask(gate, number):
    frame = np.full((1, 1, 1, 3), number, np.uint8)
    state = {"count": np.zeros((1, 1), np.float32)}
    return gate.step(frame, np.ones(1, np.float32), state).heads["said"].item()


def queue_up(pool, gate, numbers):
    """Let them ask one after the other; whoever finds no place waits."""
    asked = []
    for number in numbers:
        waiting = len(gate._waiting)
        asked.append(pool.submit(ask, gate, number))
        while len(gate._waiting) == waiting:
            pass
    return asked


@pytest.fixture
def backend():
    return HeldBackend()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_so_many_at_once_then_in_the_order_of_asking(backend, pool):
    gate = Gate(backend, 2)
    asked = [pool.submit(ask, gate, number) for number in (1, 2)]
    backend.await_begun(2)
    asked += queue_up(pool, gate, (3, 4, 5))
    for ended in range(3):
        backend.ends.release()
        backend.await_begun(3 + ended)
    backend.ends.release(2)
    assert [done.result(WAIT_S) for done in asked] == [1, 2, 3, 4, 5]
    assert backend.began[2:] == [3, 4, 5]
    assert backend.most == 2
    gate.close()
    assert backend.closed_with == 0


def test_who_fails_makes_room_for_the_next(backend, pool):
    gate = Gate(backend, 1)
    poisoned = pool.submit(ask, gate, 255)
    backend.await_begun(1)
    (other,) = queue_up(pool, gate, [7])
    backend.ends.release(2)
    with pytest.raises(BackendError, match="poisoned"):
        poisoned.result(WAIT_S)
    assert other.result(WAIT_S) == 7
    gate.close()


def test_closing_waits_for_who_is_at_it_and_refuses_the_others(backend, pool):
    gate = Gate(backend, 1)
    running = pool.submit(ask, gate, 1)
    backend.await_begun(1)
    (waiting,) = queue_up(pool, gate, [2])
    closing = pool.submit(gate.close)
    with pytest.raises(BackendError, match="closed"):
        waiting.result(WAIT_S)
    assert backend.closed_with is None
    backend.ends.release()
    assert running.result(WAIT_S) == 1
    closing.result(WAIT_S)
    assert backend.closed_with == 0
    with pytest.raises(BackendError, match="closed"):
        ask(gate, 3)


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_rows_of_many_threads_are_those_of_one_to_the_bit(tiny_bundle, runtime):
    bundle = load_bundle(tiny_bundle)
    alone = PROVIDERS[runtime].create(bundle, 1, None)
    model = SharedModel(PROVIDERS[runtime].create(bundle, 2, None))
    spec = bundle.manifest.input
    streams = np.random.default_rng(3).integers(
        0, 256, (5, 12, 1, spec.height, spec.width, 3), np.uint8
    )
    dt_s = np.full(1, 1 / 30, np.float32)

    def run(step, stream):
        state, said = initial_state(bundle.manifest), []
        for frame in stream:
            output = step(frame, dt_s, state)
            state = output.state
            said.append(output)
        return said

    with ThreadPoolExecutor(5) as pool:
        together = list(pool.map(lambda stream: run(model.lane().step, stream), streams))
    for stream, said in zip(streams, together, strict=True):
        for one, other in zip(said, run(alone.step, stream), strict=True):
            for found, expected in ((one.heads, other.heads), (one.state, other.state)):
                for name in expected:
                    np.testing.assert_array_equal(found[name], expected[name])
    model.close()
    alone.close()


def test_a_device_that_gains_by_batches_gets_turns(backend):
    model = SharedModel(backend)
    assert isinstance(model._steps, Turns)
    model.close()
