"""The head that is taught: what was read, averaged over half a second, weighed for each label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.spec import SHARED_STATE, TensorSpec
from models.teaching.reading import READING_SIZE, Where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from models.teaching.reading import Reader

    Floats = NDArray[np.float32]

AVERAGE_S: Final = 0.5
_AVERAGE: Final = "person-average"
_WEIGHT: Final = "person-weight"
_BOX: Final = "person-box"
_KNOWN: Final = "person-known"


@dataclass(frozen=True, slots=True, eq=False)
class TaughtHead:
    """A linear read-out of an exponential average; its state is carried like any other head's.

    Attributes
    ----------
    mean, scale
        (R,) what is usual in a reading, and one over how far it strays.
    weights, bias
        (R, L) and (L,).
    """

    mean: Floats
    scale: Floats
    weights: Floats
    bias: Floats

    def probability(self, average: Floats) -> Floats:
        """Return (..., L) probabilities, summing to one, of (..., R) averages."""
        logits = ((average - self.mean) * self.scale) @ self.weights + self.bias
        logits -= logits.max(axis=-1, keepdims=True)
        shares = np.exp(logits)
        found: Floats = (shares / shares.sum(axis=-1, keepdims=True)).astype(np.float32)
        return found


def state_spec() -> tuple[TensorSpec, ...]:
    """Return the state that all taught heads of a bundle share: one person, one average."""
    return (
        TensorSpec(name=f"{SHARED_STATE}.{_AVERAGE}", shape=(READING_SIZE,)),
        TensorSpec(name=f"{SHARED_STATE}.{_WEIGHT}", shape=(1,)),
        TensorSpec(name=f"{SHARED_STATE}.{_BOX}", shape=(4,)),
        TensorSpec(name=f"{SHARED_STATE}.{_KNOWN}", shape=(1,)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one step of a bundle tells taught heads.

    Attributes
    ----------
    reading, average
        (B, R) each.
    known
        (B,) whether a person was ever found.
    state
        Named as in `state_spec`, to be passed in with the next frame.
    """

    reading: Floats
    average: Floats
    known: NDArray[np.bool_]
    state: dict[str, Floats]


def see(
    reader: Reader,
    before: Mapping[str, NDArray[Any]],
    after: Mapping[str, NDArray[Any]],
    heads: Mapping[str, NDArray[Any]],
    dt_s: Floats,
) -> Seen:
    """Take one frame of each of B streams.

    Parameters
    ----------
    before
        The state before the bundle's step: the bundle's own, and that of `state_spec`.
    after, heads
        The bundle's state after it, and what its heads said.
    """
    own = {name: before[f"{SHARED_STATE}.{name}"] for name in (_AVERAGE, _WEIGHT, _BOX, _KNOWN)}
    where = reader.find(heads, Where(own[_BOX], own[_KNOWN]))
    reading = reader.read(before, after, dt_s, where)
    average, weight = _carry_on(own[_AVERAGE], own[_WEIGHT], reading, dt_s.reshape(-1, 1))
    following = {_AVERAGE: average, _WEIGHT: weight, _BOX: where.box, _KNOWN: where.known}
    state = {f"{SHARED_STATE}.{name}": value for name, value in following.items()}
    return Seen(reading, average, where.known[:, 0] > 0, state)


def averages(readings: Floats, times_s: NDArray[np.float64], first_dt_s: float = 0.04) -> Floats:
    """Return (T, R) averages of a run of readings from an empty memory, as `step` gives them."""
    dt_s = np.diff(times_s, prepend=times_s[0] - first_dt_s).astype(np.float32)
    average = np.zeros((1, readings.shape[1]), np.float32)
    weight = np.zeros((1, 1), np.float32)
    rows = np.empty_like(readings, np.float32)
    for t in range(len(readings)):
        average, weight = _carry_on(average, weight, readings[t : t + 1], dt_s[t : t + 1, None])
        rows[t] = average[0]
    return rows


def _carry_on(
    average: Floats, weight: Floats, reading: Floats, dt_s: Floats
) -> tuple[Floats, Floats]:
    """Let what is new in by how long it took; `weight` is how much there is to let it into."""
    keep = np.exp(-np.maximum(dt_s, 1e-3) / AVERAGE_S, dtype=np.float32) * weight
    new = np.float32(1) - np.exp(-np.maximum(dt_s, 1e-3) / AVERAGE_S, dtype=np.float32)
    total = keep + new
    return (average * keep + reading * new) / total, total
