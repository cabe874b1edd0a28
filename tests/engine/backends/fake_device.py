"""Devices without a card: one made of bytes, one of the host's own memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock

import numpy as np

from engine.backends.device import EngineTensor
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX


@dataclass
class FakeDevice:
    """Counts copies; refuses addresses that it did not hand out."""

    name: str = "Fake 4090"
    generation: str = "SM89"
    kind: str = "cuda"
    stream: int = 7
    lock: RLock = field(default_factory=RLock)
    uploads: int = 0
    downloads: int = 0
    fails: bool = False
    memory: dict[int, bytearray] = field(default_factory=dict)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def allocate(self, size_bytes):
        address = 1000 + len(self.memory)
        self.memory[address] = bytearray(b"\xaa" * size_bytes)
        return address

    def free(self, address):
        self.memory[address] = bytearray()

    def upload(self, address, values):
        self.uploads += 1
        data = np.ascontiguousarray(values).tobytes()
        assert len(data) == len(self.memory[address])
        self.memory[address][:] = data

    def download(self, wanted):
        for address, values in wanted.items():
            self.downloads += 1
            assert values.nbytes == len(self.memory[address])
            values[...] = np.frombuffer(self.memory[address], values.dtype).reshape(values.shape)

    def enter(self):
        pass

    def capture(self, run):
        run()
        return run


@dataclass
class HostDevice:
    """Real addresses, which runtimes for processors take; what was freed is gone."""

    name: str = "Host"
    generation: str = "none"
    kind: str = "cpu"
    stream: int = 0
    lock: RLock = field(default_factory=RLock)
    memory: dict[int, np.ndarray] = field(default_factory=dict)
    allocations: int = 0
    uploads: int = 0
    downloads: int = 0

    def allocate(self, size_bytes):
        self.allocations += 1
        block = np.full(size_bytes, 0xAA, np.uint8)
        self.memory[block.ctypes.data] = block
        return block.ctypes.data

    def free(self, address):
        self.memory.pop(address).fill(0xAA)

    def upload(self, address, values):
        self.uploads += 1
        data = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
        assert data.size == self.memory[address].size
        self.memory[address][:] = data

    def download(self, wanted):
        self.downloads += len(wanted)
        for address, values in wanted.items():
            assert values.nbytes == self.memory[address].size
            values.reshape(-1).view(np.uint8)[:] = self.memory[address]

    def enter(self):
        pass

    def capture(self, run):
        return run


class FakeEngine:
    """Adds what the frame's first byte says to the memory, and says the sum."""

    def __init__(self, device):
        self._device = device
        self.tensors = (
            EngineTensor(FRAME_INPUT, (1, 4, 4, 3), "uint8", True),
            EngineTensor(DT_INPUT, (1,), "float32", True),
            EngineTensor("head.m.h", (1, 2), "float32", True),
            EngineTensor("head.probability", (1, 2), "float32", False),
            EngineTensor(NEXT_PREFIX + "head.m.h", (1, 2), "float32", False),
        )

    def bind(self, addresses):
        assert addresses["head.m.h"] != addresses[NEXT_PREFIX + "head.m.h"]
        memory = self._device.memory

        def run():
            if self._device.fails:
                raise BackendError("The graphics card failed on a frame.")
            kept = np.frombuffer(memory[addresses["head.m.h"]], np.float32)
            following = kept + memory[addresses[FRAME_INPUT]][0]
            for name in (NEXT_PREFIX + "head.m.h", "head.probability"):
                memory[addresses[name]][:] = following.astype(np.float32).tobytes()

        return run
