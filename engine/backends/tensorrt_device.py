"""A graphics card, as far as steps need one: memory, copies, and plans that run.

`Card` is the whole of what only a machine with a card can run. It calls NVIDIA's driver, which
every such machine has, and needs no toolkit.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from engine.backends.tensorrt_builder import PlanTensor
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.backends.tensorrt_library import Library

_DRIVER: Final = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_CAPABILITY_MAJOR: Final = 75
_CAPABILITY_MINOR: Final = 76
_NAME_BYTES: Final = 128


class Engine(Protocol):
    """A plan loaded onto a device."""

    @property
    def tensors(self) -> tuple[PlanTensor, ...]:
        """Its inputs and outputs."""

    def run(self, addresses: Mapping[str, int]) -> None:
        """Begin a run with each tensor where `addresses` says; raises `BackendError`."""


class Device(Protocol):
    """Memory beside a processor's own. Work is done in the order in which it was asked for.

    Called from any thread, but from one at a time.
    """

    @property
    def name(self) -> str:
        """Of the card, for people."""

    @property
    def generation(self) -> str:
        """Of the card, such as ``SM89``."""

    def allocate(self, size_bytes: int) -> int:
        """Return the address of new memory; raises `BackendError` when there is too little."""

    def free(self, address: int) -> None:
        """Give memory back."""

    def upload(self, address: int, values: NDArray[np.generic]) -> None:
        """Copy there, perhaps after returning; `values` may be changed at once all the same."""

    def download(self, address: int, values: NDArray[np.generic]) -> None:
        """Wait for all that was begun, and fill `values`, which is contiguous."""

    def load(self, plan: bytes, library: Library) -> Engine:
        """Load a plan; raises `BackendError` when it is for another card or version."""


@cache
def open_card() -> Card:
    """Return the first NVIDIA card of this machine.

    Raises
    ------
    ImportError
        When there is none, or no driver.
    """
    try:
        driver = ctypes.CDLL(_DRIVER)
    except OSError:
        raise ImportError("there is no NVIDIA driver on this machine") from None
    return Card(driver)


class Card:
    """See `Device`; copies go through page-locked memory, in one stream."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        count, context, stream = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_void_p()
        if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
            raise ImportError("there is no NVIDIA card in this machine")
        device = ctypes.c_int()
        self._call("cuDeviceGet", ctypes.byref(device), 0)
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self._context = context
        self._enter()
        self._call("cuStreamCreate", ctypes.byref(stream), 0)
        self._stream = stream
        name = ctypes.create_string_buffer(_NAME_BYTES)
        self._call("cuDeviceGetName", name, _NAME_BYTES, device)
        self.name = name.value.decode(errors="replace")
        self.generation = f"SM{self._attribute(device, _CAPABILITY_MAJOR)}" + str(
            self._attribute(device, _CAPABILITY_MINOR)
        )
        self._locked: dict[int, tuple[ctypes.c_void_p, NDArray[np.uint8]]] = {}

    def allocate(self, size_bytes: int) -> int:
        """See `Device.allocate`."""
        self._enter()
        address, page_locked = ctypes.c_uint64(), ctypes.c_void_p()
        self._call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(size_bytes))
        self._call("cuMemAllocHost_v2", ctypes.byref(page_locked), ctypes.c_size_t(size_bytes))
        view = (ctypes.c_uint8 * size_bytes).from_address(page_locked.value or 0)
        self._locked[address.value] = page_locked, np.ctypeslib.as_array(view)
        return address.value

    def free(self, address: int) -> None:
        """See `Device.free`."""
        self._enter()
        self._call("cuStreamSynchronize", self._stream)
        page_locked, _ = self._locked.pop(address)
        self._call("cuMemFreeHost", page_locked)
        self._call("cuMemFree_v2", ctypes.c_uint64(address))

    def upload(self, address: int, values: NDArray[np.generic]) -> None:
        """See `Device.upload`.

        The page-locked copy is free to be written: every step ends with a `download`, which waits.
        """
        self._enter()
        page_locked, view = self._locked[address]
        flat = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
        view[: flat.size] = flat
        size = ctypes.c_size_t(flat.size)
        at = ctypes.c_uint64(address)
        self._call("cuMemcpyHtoDAsync_v2", at, page_locked, size, self._stream)

    def download(self, address: int, values: NDArray[np.generic]) -> None:
        """See `Device.download`."""
        self._enter()
        page_locked, view = self._locked[address]
        size = ctypes.c_size_t(values.nbytes)
        at = ctypes.c_uint64(address)
        self._call("cuMemcpyDtoHAsync_v2", page_locked, at, size, self._stream)
        self._call("cuStreamSynchronize", self._stream)
        values.reshape(-1).view(np.uint8)[:] = view[: values.nbytes]

    def load(self, plan: bytes, library: Library) -> Engine:
        """See `Device.load`."""
        self._enter()
        return _CardEngine(plan, library, self._stream.value or 0, self._enter)

    def _enter(self) -> None:
        """Make the card's context this thread's: each thread has to."""
        self._call("cuCtxSetCurrent", self._context)

    def _attribute(self, device: ctypes.c_int, which: int) -> int:
        value = ctypes.c_int()
        self._call("cuDeviceGetAttribute", ctypes.byref(value), which, device)
        return value.value

    def _call(self, function: str, *arguments: Any) -> None:
        if status := getattr(self._driver, function)(*arguments):
            raise BackendError(f"The graphics card failed: {function} returned {status}.")


class _CardEngine:
    """An engine and its one context."""

    def __init__(self, plan: bytes, library: Library, stream: int, enter: Any) -> None:
        trt = library.module
        self._runtime = trt.Runtime(trt.Logger(trt.Logger.ERROR))
        self._engine = self._runtime.deserialize_cuda_engine(plan)
        if self._engine is None:
            raise BackendError(f"{library.name} cannot load the plan on this card.")
        self._context = self._engine.create_execution_context()
        self._stream, self._enter = stream, enter
        names = [self._engine.get_tensor_name(i) for i in range(self._engine.num_io_tensors)]
        for name in names:
            if self._is_given(trt, name):
                shape = tuple(self._engine.get_tensor_shape(name))
                self._context.set_input_shape(name, (1, *shape[1:]))
        self.tensors = tuple(self._describe(trt, name) for name in names)

    def run(self, addresses: Mapping[str, int]) -> None:
        """See `Engine.run`."""
        self._enter()
        for name, address in addresses.items():
            self._context.set_tensor_address(name, address)
        if not self._context.execute_async_v3(self._stream):
            raise BackendError("The graphics card failed on a frame.")

    def _is_given(self, trt: Any, name: str) -> bool:
        return bool(self._engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT)

    def _describe(self, trt: Any, name: str) -> PlanTensor:
        dtype = trt.nptype(self._engine.get_tensor_dtype(name)).__name__
        shape = tuple(self._context.get_tensor_shape(name))
        return PlanTensor(name, shape, dtype, self._is_given(trt, name))
