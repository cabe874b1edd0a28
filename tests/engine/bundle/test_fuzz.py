"""The short form of ``python -m benchmarks.fuzz_bundles``; the long one has 100,000 cases."""

from __future__ import annotations

import pytest

from benchmarks.fuzz_bundles import run_cases

CASES = 200


@pytest.mark.parametrize("kind", ["manifest", "graph", "weights", "archive"])
def test_spoilt_bundles_are_accepted_or_refused_and_nothing_else(kind: str, tiny_bundle):
    tally = run_cases(tiny_bundle, 1_000_000, CASES, only=kind)
    assert tally.failures == []
    assert tally.outcomes[f"{kind} refused"] > CASES // 2
