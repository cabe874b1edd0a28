"""Teaching: what can be told apart is learnt, and what cannot is owned up to."""

from __future__ import annotations

import numpy as np
import pytest

from models.teaching.course import Progress, teach
from models.teaching.fit import CancelledError, Examples, fit_head
from models.teaching.judge import Doubt
from models.teaching.takes import BACKGROUND, MOST_EXAMPLES, Take

_SIZE = 64  # a reading's own size would only take longer
_RNG = np.random.default_rng(7)
_PLACES = {name: _RNG.normal(0, 1, _SIZE) for name in ("clap", "wave", BACKGROUND)}


def take(label: str, number: int, *, of: str | None = None, **changes: object) -> Take:
    """A second and a half of something that looks like `of`; each take differs a little."""
    rng = np.random.default_rng([number, len(label), 11])
    place = _PLACES[label if of is None else of] + rng.normal(0, 0.5, _SIZE)
    readings = place + rng.normal(0, 1.0, (24, _SIZE))
    fields = {
        "id": f"{label or 'none'}-{number}",
        "label": label,
        "source": f"clip {number}",
        "start_s": 0.0,
        "end_s": 1.5,
        "times_s": np.arange(24) / 16,
        "readings": readings.astype(np.float16),
    }
    return Take(**(fields | changes))  # type: ignore[arg-type]


def takes(*labels: str, count: int = 4) -> list[Take]:
    return [take(label, number) for label in labels for number in range(count)]


def doubts(taken: list[Take], *actions: str) -> set[Doubt]:
    return {finding.doubt for finding in teach(taken, actions).verdict.findings}


def test_what_differs_is_told_apart() -> None:
    taught = teach(takes("clap", "wave", BACKGROUND), ("clap", "wave"))
    assert taught.labels == ("clap", "wave", BACKGROUND)
    assert taught.verdict.accuracy == 1.0
    assert taught.verdict.good
    assert taught.verdict.findings == ()
    fresh = take("wave", 99).examples()
    assert taught.head.probability(fresh).mean(axis=0).argmax() == 1


def test_the_same_takes_give_the_same_head() -> None:
    first, second = (teach(takes("clap", BACKGROUND), ("clap",)).head for _ in range(2))
    np.testing.assert_array_equal(first.weights, second.weights)


def test_probabilities_sum_to_one() -> None:
    head = teach(takes("clap", "wave"), ("clap", "wave")).head
    found = head.probability(take("wave", 5).examples())
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-5)
    assert found.min() >= 0


def test_what_looks_like_nothing_is_not_called_good() -> None:
    alike = [take("clap", n, of=BACKGROUND) for n in range(4)] + takes(BACKGROUND)
    verdict = teach(alike, ("clap",)).verdict
    assert not verdict.good
    found = {finding.doubt: finding for finding in verdict.findings}
    assert found.keys() & {Doubt.LIKE_BACKGROUND, Doubt.FALSE_ALARMS}


def test_actions_that_look_the_same_are_named() -> None:
    alike = [take("clap", n, of="wave") for n in range(4)] + takes("wave", BACKGROUND)
    verdict = teach(alike, ("clap", "wave")).verdict
    assert not verdict.good
    pairs = {(finding.label, finding.other) for finding in verdict.findings}
    assert pairs & {("clap", "wave"), ("wave", "clap")}


def test_doubts_about_the_takes_themselves() -> None:
    assert Doubt.FEW_TAKES in doubts(takes("clap", BACKGROUND, count=2), "clap")
    assert Doubt.NO_BACKGROUND in doubts(takes("clap", "wave"), "clap", "wave")
    short = [take("clap", n, end_s=0.4) for n in range(3)]
    assert Doubt.SHORT_TAKES in doubts(short + takes(BACKGROUND), "clap")
    unseen = [take("clap", n, person_share=0.1) for n in range(3)]
    assert Doubt.NOBODY_SEEN in doubts(unseen + takes(BACKGROUND), "clap")
    one = [take(label, n, source="one") for label in ("clap", BACKGROUND) for n in range(3)]
    assert Doubt.ONE_PLACE in doubts(one, "clap")


def test_one_take_of_each_is_learnt_but_not_tested() -> None:
    verdict = teach(takes("clap", BACKGROUND, count=1), ("clap",)).verdict
    assert verdict.accuracy is None
    assert not verdict.good


@pytest.mark.parametrize("labels", [("clap",), (BACKGROUND,)])
def test_nothing_to_tell_apart(labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"nothing to tell|no takes of"):
        teach(takes(*labels), ("clap",))


def test_progress_rises_and_can_cancel() -> None:
    seen: list[Progress] = []
    teach(takes("clap", BACKGROUND), ("clap",), seen.append)
    shares = [progress.share for progress in seen]
    assert shares == sorted(shares)
    losses = [progress.loss for progress in seen if progress.loss is not None]
    assert losses[-1] < losses[0]

    def stop(progress: Progress) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        teach(takes("clap", BACKGROUND), ("clap",), stop)


def test_many_examples_are_fitted_as_well_as_few() -> None:
    # More rows than readings: the other way to find the strongest directions.
    rngs = [np.random.default_rng(seed) for seed in (0, 1)]
    rows = [rng.normal(k, 1, (100, 64)).astype(np.float32) for k, rng in enumerate(rngs)]
    head = fit_head(Examples(rows, [0, 1], 2))
    assert (head.probability(rows[1]).argmax(axis=1) == 1).mean() > 0.99


def test_a_long_take_counts_as_much_as_a_short_one() -> None:
    long = take("clap", 1, end_s=60.0, times_s=np.linspace(0, 60, 24))
    assert len(long.examples()) <= MOST_EXAMPLES
    many = take("clap", 1, end_s=60.0, times_s=np.arange(960) / 16, readings=np.zeros((960, 8)))
    assert len(many.examples()) == MOST_EXAMPLES


def test_the_lead_in_is_no_example() -> None:
    led = take("clap", 1, start_s=1.0, end_s=1.5)
    assert len(led.examples()) == 6  # of 24, those from 1.125 s on
