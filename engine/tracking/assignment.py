"""Who is who: the pairs that are best taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lap
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def best_pairs(worth: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Yield row and column of pairs, min(N, M) of them, that together are worth most.

    Jonker & Volgenant, "A Shortest Augmenting Path Algorithm for Dense and Sparse Linear
    Assignment Problems", Computing 38 (1987).

    Parameters
    ----------
    worth
        (N, M), finite.
    """
    if not worth.size:
        return
    _, rows, columns = lap.lapjvx(-np.asarray(worth, np.float64), extend_cost=True)
    yield from zip(rows.tolist(), columns.tolist(), strict=True)
