"""Figures of recurrent state that can be had from the state alone. Knows no Qt.

A bundle's graph gives h and c of every layer but not its gates. With o the output gate and f the
forget gate of an LSTM (Hochreiter & Schmidhuber 1997; Gers et al. 2000), ⊙ element by element::

    c[t] = f ⊙ c[t-1] + i ⊙ g        h[t] = o ⊙ tanh(c[t])

- o = h / tanh(c) is exact.
- f cannot be told from i ⊙ g. Instead `carried_share` measures how much of c[t-1] is still there in
  c[t]: the slope of the regression of the one on the other. Where the picture stands still the
  model keeps writing what it already holds, so the share is an upper bound of the mean of f.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_TANH: Final = 0.02
_FORGOTTEN: Final = 0.05
_TINY: Final = 1e-9


def output_gate(h: NDArray[np.float32], c: NDArray[np.float32]) -> float | None:
    """Return the mean output gate, 0..1, over the units whose cells hold anything; else None."""
    squashed = np.tanh(c)
    known = np.abs(squashed) > _LEAST_TANH
    if not known.any():
        return None
    return float(np.clip(h[known] / squashed[known], 0.0, 1.0).mean())


def carried_share(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """Return how much of the cell state `before` is left in `after`, 0..1; 0 of nothing."""
    size = float(np.dot(before, before))
    if size < _TINY:
        return 0.0
    return min(1.0, max(0.0, float(np.dot(before, after)) / size))


def horizon_s(times_s: NDArray[np.float64], shares: NDArray[np.float32]) -> tuple[float, bool]:
    """Return how far back the newest state reaches, and whether that is all there was.

    Parameters
    ----------
    times_s, shares
        (N,) of the frames, ascending, and what each carried over from the one before.

    Returns
    -------
    Seconds after which less than one twentieth is left of what was known then, and True when even
    of the first frame more is left.
    """
    left = 1.0
    for place in range(len(times_s) - 1, 0, -1):
        left *= float(shares[place])
        if left < _FORGOTTEN:
            return float(times_s[-1] - times_s[place - 1]), False
    return (float(times_s[-1] - times_s[0]) if len(times_s) else 0.0), True
