"""Memory on a device: the same values as on the host, and no copy that nobody asked for."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.backends.resident_state import PingPong
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX
from tests.engine.backends.fake_device import FakeDevice, FakeEngine

SHAPES = {"head.m.h": (1, 2)}
ZERO = {"head.m.h": np.zeros((1, 2), np.float32)}


class Steps:
    """What `ResidentBackend` does for one row, without a graph."""

    def __init__(self):
        self.device = FakeDevice()
        self.memory = PingPong(self.device, SHAPES)
        frame = self.frame = self.device.allocate(4 * 4 * 3)
        others = {DT_INPUT: 0, FRAME_INPUT: frame, "head.probability": self.device.allocate(8)}
        engine = FakeEngine(self.device)
        self.runs = {
            now: engine.bind(
                others
                | now.addresses
                | {NEXT_PREFIX + name: at for name, at in following.addresses.items()}
            )
            for now, following in self.memory.directions
        }

    def step(self, state, value):
        now, following = self.memory.enter(state)
        self.device.upload(self.frame, np.full((1, 4, 4, 3), value, np.uint8))
        self.runs[now]()
        return following.occupy()


@pytest.fixture
def steps():
    return Steps()


def value(state):
    return state["head.m.h"][0, 0]


def test_memory_stays_where_it_is(steps):
    state = steps.step(ZERO, 1)
    uploads = steps.device.uploads
    for _ in range(50):
        state = steps.step(state, 1)
    assert steps.device.uploads == uploads + 50  # the frames, and nothing else
    assert steps.device.downloads == 0
    assert value(state) == 51
    assert value(state) == 51
    assert steps.device.downloads == 1


def test_a_state_once_handed_out_never_changes(steps):
    state, kept = ZERO, []
    for _ in range(6):
        state = steps.step(state, 2)
        kept.append(state)
    assert [value(each) for each in kept] == [2, 4, 6, 8, 10, 12]


def test_going_back_to_an_earlier_state(steps):
    first = steps.step(ZERO, 1)
    second = steps.step(first, 10)
    third = steps.step(second, 10)
    assert value(steps.step(first, 5)) == 6
    assert value(steps.step(third, 5)) == 26
    assert (value(first), value(second), value(third)) == (1, 11, 21)


def test_states_outlive_the_device(steps):
    state = steps.step(ZERO, 7)
    steps.memory.free()
    assert value(state) == 7
    assert dict(state).keys() == SHAPES.keys()


def test_a_failed_step_leaves_memory_alone(steps):
    state = steps.step(ZERO, 3)
    steps.device.fails = True
    with pytest.raises(BackendError):
        steps.step(state, 3)
    steps.device.fails = False
    assert value(steps.step(state, 4)) == 7


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 255), st.booleans()), max_size=25))
def test_whatever_is_stepped_from_it_is_as_on_the_host(script):
    steps = Steps()
    states, expected = [ZERO], [0.0]
    for back, frame, forget in script:
        place = max(0, len(states) - 1 - back)
        states.append(steps.step(states[place], frame))
        expected.append(expected[place] + frame)
        if forget and len(states) > 2:
            del states[1], expected[1]
            gc.collect(0)
    assert [value(state) for state in states] == expected
