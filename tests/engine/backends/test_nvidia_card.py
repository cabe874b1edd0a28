"""The card, with its driver made of ctypes."""

from __future__ import annotations

import ctypes
import gc

import numpy as np
import pytest

from engine.backends.nvidia_card import Card, open_card
from engine.errors import BackendError


class _Driver:
    """NVIDIA's driver with one card, made of ctypes: the calls that `Card` makes, answered."""

    def __init__(self, cards=1):
        self.cards, self.memory, self.host = cards, {}, {}
        self.records, self.launched, self.destroyed = True, [], []

    def cuInit(self, flags):
        return 0

    def cuDeviceGetCount(self, count):
        count._obj.value = self.cards
        return 0

    def cuDeviceGetAttribute(self, value, which, device):
        value._obj.value = {75: 8, 76: 9}[which]
        return 0

    def cuDeviceGetName(self, name, size, device):
        name.value = b"Fake 4090"
        return 0

    def cuMemAlloc_v2(self, address, size):
        if size.value > 1 << 30:
            return 2
        address._obj.value = 5000 + len(self.memory)
        self.memory[address._obj.value] = bytearray(size.value)
        return 0

    def cuMemAllocHost_v2(self, address, size):
        buffer = ctypes.create_string_buffer(size.value)
        address._obj.value = ctypes.addressof(buffer)
        self.host[address._obj.value] = buffer
        return 0

    def cuMemcpyHtoDAsync_v2(self, address, host, size, stream):
        self.memory[address.value][: size.value] = ctypes.string_at(host, size.value)
        return 0

    def cuMemcpyDtoHAsync_v2(self, host, address, size, stream):
        ctypes.memmove(host, bytes(self.memory[address.value]), size.value)
        return 0

    def cuGraphInstantiateWithFlags(self, ready, recorded, flags):
        ready._obj.value = 77
        return 0

    def cuStreamEndCapture(self, stream, recorded):
        return 0 if self.records else 901

    def cuGraphLaunch(self, graph, stream):
        self.launched.append(graph.value)
        return 0

    def cuGraphExecDestroy(self, graph):
        self.destroyed.append(graph.value)
        return 0

    def __getattr__(self, name):
        return lambda *arguments: 0


def test_the_card_copies_what_it_is_given():
    card = Card(_Driver())
    assert (card.name, card.generation) == ("Fake 4090", "SM89")
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    address = card.allocate(values.nbytes)
    card.upload(address, values.T.copy().T)
    found = np.zeros_like(values)
    card.download({address: found})
    np.testing.assert_array_equal(found, values)
    card.free(address)
    with pytest.raises(BackendError, match="cuMemAlloc_v2 returned 2"):
        card.allocate(2 << 30)


def test_what_is_captured_is_asked_for_once():
    driver, asked = _Driver(), []
    launch = Card(driver).capture(lambda: asked.append(1))
    assert asked == [1, 1]  # once to warm up, once to be recorded
    launch()
    launch()
    assert (asked, driver.launched) == ([1, 1], [77, 77])
    del launch
    gc.collect()
    assert driver.destroyed == [77]


def test_what_cannot_be_captured_runs_as_it_is(caplog):
    driver, asked = _Driver(), []
    driver.records = False
    run = Card(driver).capture(lambda: asked.append(1))
    run()
    assert (len(asked), driver.launched) == (3, [])
    assert "cuStreamEndCapture returned 901" in caplog.text


def test_a_machine_without_a_card_says_so(monkeypatch):
    with pytest.raises(ImportError, match="no NVIDIA card"):
        Card(_Driver(cards=0))
    monkeypatch.setattr("engine.backends.nvidia_card._DRIVER", "libnone-such.so.9")
    open_card.cache_clear()
    with pytest.raises(ImportError, match="no NVIDIA driver"):
        open_card()
    open_card.cache_clear()
