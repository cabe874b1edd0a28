"""The model's clock: frames count by when they come, not by how many come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.base import initial_state

if TYPE_CHECKING:
    from engine.backends.base import Backend, StepOutput
    from models.spec import Manifest

_DUE: Final = 0.99
"""Share of a period from which on a frame is due: time stamps are rounded."""
_DUE_WHERE_TIMED: Final = 0.5
_SLOW: Final = 8.0
_PROBE_SEED: Final = 0


class Clock:
    """Says which frames come too early for a model, by the rate that it was trained at.

    A model that reads how much time has passed (``dt_s``) takes frames as they come; only those
    that are more than twice as fast as it was trained with cost without telling it anything. One
    that does not read it would take more frames for more time: everything faster than the trained
    rate is left out. `benchmarks.clock` prints what each way of feeding is worth.

    Parameters
    ----------
    backend
        Asked once, when the first frame comes early, whether it reads the time.
    """

    def __init__(self, backend: Backend, manifest: Manifest) -> None:
        self._backend, self._manifest = backend, manifest
        self._period_s = 1.0 / manifest.input.rate_hz
        self._reads_time: bool | None = None

    def is_early(self, dt_s: float) -> bool:
        """Whether a frame is to be left out that comes `dt_s` after the last one taken."""
        if dt_s >= _DUE * self._period_s or not self._manifest.state:
            return False
        if self._reads_time is None:
            self._reads_time = reads_time(self._backend, self._manifest)
        return not self._reads_time or dt_s < _DUE_WHERE_TIMED * self._period_s


def reads_time(backend: Backend, manifest: Manifest) -> bool:
    """Tell whether a model's answers depend on how much time has passed between two frames.

    Tried on noise: the first frame fills the memory, the second comes soon or late.
    """
    spec, state = manifest.input, initial_state(manifest)
    rng = np.random.default_rng(_PROBE_SEED)
    first, second = rng.integers(0, 256, (2, 1, spec.height, spec.width, 3), dtype=np.uint8)
    soon_s = np.full(1, 1.0 / spec.rate_hz, np.float32)
    state = backend.step(first, soon_s, state).state
    soon = backend.step(second, soon_s, state)
    late = backend.step(second, soon_s * np.float32(_SLOW), state)
    return not _same(soon, late)


def _same(one: StepOutput, other: StepOutput) -> bool:
    return all(
        np.array_equal(mine[name], theirs[name])
        for mine, theirs in ((one.heads, other.heads), (one.state, other.state))
        for name in mine
    )
