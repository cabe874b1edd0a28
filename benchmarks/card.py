"""What only a graphics card can run: each runtime in every way it has there, to be compared."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING

from engine.backends.nvidia_card import open_card
from engine.backends.onnxruntime_cuda import CUDA, CudaOnnxRuntimeBackend
from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.backends import Backend
    from engine.backends.device import Device
    from engine.bundle import Bundle


def find_card() -> Device | None:
    """Return the card of this machine, if it has one."""
    try:
        return open_card()
    except ImportError:
        return None


def load_ways(bundle: Bundle, card: Device) -> Iterator[tuple[str, Backend]]:
    """Yield what can be had beside the ways that the app itself takes; say of others why not."""
    for row, load in {**_of_torch(bundle, card), **_of_onnxruntime(bundle, card)}.items():
        try:
            yield row, load()
        except (LongtakeError, ImportError) as error:
            print(f"{row}: left out: {error}")


def _of_torch(bundle: Bundle, card: Device) -> dict[str, Callable[[], Backend]]:
    if importlib.util.find_spec("torch") is None:
        return {}
    from engine.backends.torch_backend import TorchBackend
    from engine.backends.torch_cuda import CudaTorchBackend, Way

    def on_card(*, compiled: bool, captured: bool) -> Callable[[], Backend]:
        return partial(CudaTorchBackend, bundle, card, Way(compiled, captured))

    return {
        "torch f32, eager, state through the host": partial(TorchBackend, bundle, 1),
        "torch f32, eager": on_card(compiled=False, captured=False),
        "torch f32, compiled": on_card(compiled=True, captured=False),
        "torch f32, compiled, CUDA graph": on_card(compiled=True, captured=True),
    }


def _of_onnxruntime(bundle: Bundle, card: Device) -> dict[str, Callable[[], Backend]]:
    return {
        "onnxruntime-cuda f32, state through the host": partial(CUDA.create, bundle, 1),
        "onnxruntime-cuda f32, bound": partial(
            CudaOnnxRuntimeBackend, bundle, None, card, captured=False
        ),
    }
