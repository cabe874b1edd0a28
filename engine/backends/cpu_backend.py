"""What runtimes on the CPU have in common: graphs run in halves, rows side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.backends.graph_part import graph_of, outputs_of
from engine.backends.machine import usable_cores
from engine.backends.stepper import Stepper

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Encoder, State, StepOutput
    from engine.backends.precision import Precision
    from engine.backends.stepper import Runtime
    from engine.bundle import Bundle
    from models.spec import HeadSpec


class CpuBackend:
    """A bundle in a runtime; run from one thread.

    Parameters
    ----------
    name
        Key of the runtime.
    threads
        Of one step. Frames are read ahead on as many as there are cores.
    heads
        Those wanted; None wants all.
    """

    def __init__(
        self,
        name: str,
        runtime: Runtime,
        bundle: Bundle,
        threads: int,
        heads: Sequence[HeadSpec] | None,
        precision: Precision,
    ) -> None:
        self._name, self._threads, self._precision = name, threads, precision
        size = (bundle.manifest.input.width, bundle.manifest.input.height)
        outputs = outputs_of(bundle.manifest, heads)
        self._stepper = Stepper(
            graph_of(bundle, heads), outputs, size, runtime, threads=threads, lanes=usable_cores()
        )

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return self._name

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return f"CPU, {self._precision}, {self._threads} thread{'s' if self._threads > 1 else ''}"

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`."""
        return self._stepper.step(frame, dt_s, state)

    def encoder(self) -> Encoder | None:
        """See `engine.backends.base.Divisible.encoder`."""
        return self._stepper.encoder()

    def take_side_by_side(self) -> int:
        """See `engine.backends.base.SideBySide.take_side_by_side`."""
        self._threads = 1
        return self._stepper.take_side_by_side()

    def close(self) -> None:
        """End the threads; what was loaded goes with the object."""
        self._stepper.close()
