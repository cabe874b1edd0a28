"""An NVIDIA card by its driver, which every machine with such a card has; needs no toolkit.

This and the engines' few lines on streams are all that only a machine with a card can run.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import weakref
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.backends.device import Run

_DRIVER: Final = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_CAPABILITY_MAJOR: Final = 75
_CAPABILITY_MINOR: Final = 76
_NAME_BYTES: Final = 128
_CAPTURE_OF_THIS_THREAD: Final = 1
"""What other threads ask of the card meanwhile neither is captured nor breaks the capture."""

log = logging.getLogger(__name__)


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
    """See `engine.backends.device.Device`; copies go through page-locked memory, in one stream."""

    kind: Final[Literal["cuda", "cpu"]] = "cuda"

    def __init__(self, driver: Any) -> None:
        self._driver, self.lock = driver, RLock()
        count, context, stream = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_void_p()
        if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
            raise ImportError("there is no NVIDIA card in this machine")
        device = ctypes.c_int()
        self._call("cuDeviceGet", ctypes.byref(device), 0)
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self._context = context
        self.enter()
        # In step with the default stream, which libraries copy weights in: they do not wait for it.
        self._call("cuStreamCreate", ctypes.byref(stream), 0)
        self._stream = stream
        self.stream = stream.value or 0
        name = ctypes.create_string_buffer(_NAME_BYTES)
        self._call("cuDeviceGetName", name, _NAME_BYTES, device)
        self.name = name.value.decode(errors="replace")
        self.generation = f"SM{self._attribute(device, _CAPABILITY_MAJOR)}" + str(
            self._attribute(device, _CAPABILITY_MINOR)
        )
        self._locked: dict[int, tuple[ctypes.c_void_p, NDArray[np.uint8]]] = {}

    def allocate(self, size_bytes: int) -> int:
        """See `Device.allocate`."""
        self.enter()
        address, page_locked = ctypes.c_uint64(), ctypes.c_void_p()
        self._call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(size_bytes))
        self._call("cuMemAllocHost_v2", ctypes.byref(page_locked), ctypes.c_size_t(size_bytes))
        view = (ctypes.c_uint8 * size_bytes).from_address(page_locked.value or 0)
        self._locked[address.value] = page_locked, np.ctypeslib.as_array(view)
        return address.value

    def free(self, address: int) -> None:
        """See `Device.free`."""
        self.enter()
        self._call("cuStreamSynchronize", self._stream)
        page_locked, _ = self._locked.pop(address)
        self._call("cuMemFreeHost", page_locked)
        self._call("cuMemFree_v2", ctypes.c_uint64(address))

    def upload(self, address: int, values: NDArray[np.generic]) -> None:
        """See `Device.upload`.

        The page-locked copy is free to be written: every step ends with a `download`, which waits.
        """
        self.enter()
        page_locked, view = self._locked[address]
        flat = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
        view[: flat.size] = flat
        size = ctypes.c_size_t(flat.size)
        at = ctypes.c_uint64(address)
        self._call("cuMemcpyHtoDAsync_v2", at, page_locked, size, self._stream)

    def download(self, wanted: Mapping[int, NDArray[np.generic]]) -> None:
        """See `Device.download`: all copies are under way before the one wait."""
        self.enter()
        for address, values in wanted.items():
            page_locked, _ = self._locked[address]
            size, at = ctypes.c_size_t(values.nbytes), ctypes.c_uint64(address)
            self._call("cuMemcpyDtoHAsync_v2", page_locked, at, size, self._stream)
        self._call("cuStreamSynchronize", self._stream)
        for address, values in wanted.items():
            values.reshape(-1).view(np.uint8)[:] = self._locked[address][1][: values.nbytes]

    def capture(self, run: Run) -> Run:
        """See `Device.capture`: a CUDA graph, for which the card is asked once instead of often."""
        run()
        self.enter()
        self._call("cuStreamSynchronize", self._stream)
        try:
            graph = self._record(run)
        except BackendError as error:
            log.warning("Each run is put together anew, for it cannot be captured: %s", error)
            return run

        def launch() -> None:
            self.enter()
            self._call("cuGraphLaunch", graph, self._stream)

        weakref.finalize(launch, self._driver.cuGraphExecDestroy, graph).atexit = False
        return launch

    def enter(self) -> None:
        """See `Device.enter`: each thread has to make the card's context its own."""
        self._call("cuCtxSetCurrent", self._context)

    def _record(self, run: Run) -> ctypes.c_void_p:
        """Return what `run` asks for, ready to be launched."""
        recorded, ready = ctypes.c_void_p(), ctypes.c_void_p()
        self._call("cuStreamBeginCapture_v2", self._stream, _CAPTURE_OF_THIS_THREAD)
        try:
            run()
        finally:  # else the stream would record for ever
            status = self._driver.cuStreamEndCapture(self._stream, ctypes.byref(recorded))
        if status:
            raise _failure("cuStreamEndCapture", status)
        self._call("cuGraphInstantiateWithFlags", ctypes.byref(ready), recorded, ctypes.c_uint64(0))
        self._call("cuGraphDestroy", recorded)
        return ready

    def _attribute(self, device: ctypes.c_int, which: int) -> int:
        value = ctypes.c_int()
        self._call("cuDeviceGetAttribute", ctypes.byref(value), which, device)
        return value.value

    def _call(self, function: str, *arguments: Any) -> None:
        if status := getattr(self._driver, function)(*arguments):
            raise _failure(function, status)


def _failure(function: str, status: int) -> BackendError:
    return BackendError(f"The graphics card failed: {function} returned {status}.")
