"""A plan loaded onto a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.backends.device import EngineTensor
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backends.device import Device, Run
    from engine.backends.tensorrt_library import Library


class PlanEngine:
    """See `engine.backends.device.Engine`; one row.

    Raises
    ------
    BackendError
        When the plan is for another card or version.
    """

    def __init__(self, plan: bytes, library: Library, device: Device) -> None:
        self._device = device
        device.enter()
        trt = library.module
        self._runtime = trt.Runtime(trt.Logger(trt.Logger.ERROR))
        self._engine = self._runtime.deserialize_cuda_engine(plan)
        if self._engine is None:
            raise BackendError(f"{library.name} cannot load the plan on this card.")
        self._context = self._engine.create_execution_context()
        names = [self._engine.get_tensor_name(i) for i in range(self._engine.num_io_tensors)]
        for name in names:
            if self._is_given(trt, name):
                shape = tuple(self._engine.get_tensor_shape(name))
                self._context.set_input_shape(name, (1, *shape[1:]))
        self.tensors = tuple(self._describe(trt, name) for name in names)

    def bind(self, addresses: Mapping[str, int]) -> Run:
        """See `Engine.bind`: captured, so that the 50 addresses are not set anew each time."""

        def run() -> None:
            self._device.enter()
            for name, address in addresses.items():
                self._context.set_tensor_address(name, address)
            if not self._context.execute_async_v3(self._device.stream):
                raise BackendError("The graphics card failed on a frame.")

        return self._device.capture(run)

    def _is_given(self, trt: Any, name: str) -> bool:
        return bool(self._engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT)

    def _describe(self, trt: Any, name: str) -> EngineTensor:
        dtype = trt.nptype(self._engine.get_tensor_dtype(name)).__name__
        shape = tuple(self._context.get_tensor_shape(name))
        return EngineTensor(name, shape, dtype, self._is_given(trt, name))
