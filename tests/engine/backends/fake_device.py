"""A device made of bytes: what a plan computes on a card, NumPy computes here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.backends.tensorrt_builder import PlanTensor
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX


@dataclass
class FakeDevice:
    """Counts copies; refuses addresses that it did not hand out."""

    name: str = "Fake 4090"
    generation: str = "SM89"
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

    def download(self, address, values):
        self.downloads += 1
        assert values.nbytes == len(self.memory[address])
        values[...] = np.frombuffer(self.memory[address], values.dtype).reshape(values.shape)

    def load(self, plan, library):
        return FakeEngine(self)


class FakeEngine:
    """Adds what the frame's first byte says to the memory, and says the sum."""

    def __init__(self, device):
        self._device = device
        self.tensors = (
            PlanTensor(FRAME_INPUT, (1, 4, 4, 3), "uint8", True),
            PlanTensor(DT_INPUT, (1,), "float32", True),
            PlanTensor("head.m.h", (1, 2), "float32", True),
            PlanTensor("head.probability", (1, 2), "float32", False),
            PlanTensor(NEXT_PREFIX + "head.m.h", (1, 2), "float32", False),
        )

    def run(self, addresses):
        if self._device.fails:
            raise BackendError("The graphics card failed on a frame.")
        memory = self._device.memory
        assert addresses["head.m.h"] != addresses[NEXT_PREFIX + "head.m.h"]
        kept = np.frombuffer(memory[addresses["head.m.h"]], np.float32)
        following = kept + memory[addresses[FRAME_INPUT]][0]
        for name in (NEXT_PREFIX + "head.m.h", "head.probability"):
            memory[addresses[name]][:] = following.astype(np.float32).tobytes()
