"""Works out which places of a frame speak for a label. Knows no Qt; slow, for a thread."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import BackendError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.memory.look_probe import Look
    from engine.bundle import Bundle
    from engine.lessons.store import Lesson

_CELL_PX = 16


class Activation:
    """Loads what is needed when it is first asked; kept for as long as the bundle is the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[str, Bundle, Any] | None = None

    def map(self, address: str, look: Look, head: str, label: int) -> NDArray[np.float32]:
        """Return (H / 16, W / 16) in 0..1, see `models.attribution` and its namesake for lessons.

        Raises
        ------
        BackendError
            If PyTorch is not installed, or the model cannot tell.
        """
        with self._lock:
            bundle = self._bundle(address)
            lesson = next((one for one in bundle.lessons if one.manifest.name == head), None)
            if lesson is not None:
                return _of_lesson(lesson, look, label)
            return self._of_network(address, bundle, look, head, label)

    def _bundle(self, address: str) -> Bundle:
        from engine.bundle import load_bundle

        if self._loaded is None or self._loaded[0] != address:
            self._loaded = (address, load_bundle(address), None)
        return self._loaded[1]

    def _of_network(
        self, address: str, bundle: Bundle, look: Look, head: str, label: int
    ) -> NDArray[np.float32]:
        if find_spec("torch") is None:
            raise BackendError(
                "Showing what a decision rests on needs PyTorch.",
                "Install it with: pip install 'longtake[train]'",
            )
        from models.attribution import Attribution

        network = self._loaded[2] if self._loaded else None
        try:
            if network is None:
                network = Attribution(bundle.folder)
                self._loaded = (address, bundle, network)
            state = _complete(bundle, look)
            found: NDArray[np.float32] = network.map(
                look.rgb, state, look.dt_s, f"{head}.probability", label
            )
        except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
            raise BackendError(
                f"The model {bundle.manifest.name!r} does not tell what it rests on: {error}."
            ) from error
        return found


def _complete(bundle: Bundle, look: Look) -> dict[str, NDArray[np.float32]]:
    """Return the state of all heads: of those that are switched off, an empty one."""
    from engine.bundle.manifest import read_manifest

    state = {spec.name: spec.shape for spec in read_manifest(bundle.folder).state}
    return {
        name: np.asarray(look.before.get(name, np.zeros((1, *shape), np.float32)), np.float32)
        for name, shape in state.items()
    }


def _of_lesson(lesson: Lesson, look: Look, label: int) -> NDArray[np.float32]:
    from models.teaching.attribution import evidence, on_picture

    average = look.after["shared.person-average"][0]
    known = bool(look.after["shared.person-known"][0, 0] > 0)
    box = look.after["shared.person-box"][0] if known else np.array([0, 0, 1, 1], np.float32)
    size = (look.rgb.shape[0] // _CELL_PX, look.rgb.shape[1] // _CELL_PX)
    return on_picture(evidence(lesson.head, average, label), box, size)
