"""Pairs that together are worth most."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from engine.tracking.assignment import best_pairs


@pytest.mark.parametrize("seed", range(50))
def test_pairs_are_worth_as_much_as_the_reference_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 12, 2))
    worth = rng.random(shape) * (rng.random(shape) < 0.4)
    pairs = list(best_pairs(worth))
    rows, columns = linear_sum_assignment(-worth)
    assert sum(worth[pair] for pair in pairs) == pytest.approx(worth[rows, columns].sum())
    assert len(pairs) == min(shape)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_pair(shape: tuple[int, int]) -> None:
    assert list(best_pairs(np.zeros(shape))) == []
