"""Policies are read, written and judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.frame import Cause
from engine.state import DEFAULTS, POSSIBLE, Reaction, StatePolicy, Treatment

TREATMENTS = {
    cause: st.sampled_from(POSSIBLE[cause]).flatmap(
        lambda reaction: (
            st.integers(1, 600).map(lambda s: Treatment(Reaction.DECAY, float(s)))
            if reaction is Reaction.DECAY
            else st.just(Treatment(reaction))
        )
    )
    for cause in Cause
}


@given(st.fixed_dictionaries({}, optional=TREATMENTS))
def test_what_is_written_is_read_again(treatments):
    policy = StatePolicy(treatments)
    again = StatePolicy.parse(str(policy))
    assert all(again.treatment(cause) == policy.treatment(cause) for cause in Cause)


def test_what_is_not_named_has_its_default():
    policy = StatePolicy.parse(" gap = decay:0.5 , scene-cut=hold ")
    assert policy.treatment(Cause.GAP) == Treatment(Reaction.DECAY, 0.5)
    assert policy.treatment(Cause.SCENE_CUT) == Treatment(Reaction.HOLD)
    assert policy.treatment(Cause.SIZE) == DEFAULTS[Cause.SIZE]
    assert StatePolicy.parse("") == StatePolicy()
    assert str(StatePolicy.parse("gap=hold")) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gap", "'gap' is not cause=reaction"),
        ("gaps=hold", "'gaps' is not a cause: start, seek, gap, drop"),
        ("gap=forget", "'forget' is not a reaction: reset, hold, decay, replay"),
        ("gap=replay", "gap=replay cannot be; it takes reset, hold, decay"),
        ("start=hold", "it takes reset"),
        ("backend=hold", "it takes reset, replay"),
        ("gap=decay:soon", "'soon' is no number"),
        ("gap=decay:0", "more than 0"),
        ("gap=decay:inf", "more than 0"),
        ("gap=decay:nan", "more than 0"),
        ("gap=hold:2", "only decay does"),
    ],
)
def test_nonsense_is_told_with_what_would_make_sense(text, told):
    with pytest.raises(ValueError, match=told):
        StatePolicy.parse(text)


def test_memory_is_held_over_a_short_gap_and_reset_over_a_long_or_backward_one():
    policy = StatePolicy()
    assert policy.judge(Cause.GAP, 1.9).reaction is Reaction.HOLD
    for dt_s in (2.1, 0.0, -0.1):
        assert policy.judge(Cause.GAP, dt_s).reaction is Reaction.RESET
        assert not policy.follows(dt_s)


def test_decay_halves_per_half_life_and_knows_no_limit():
    policy = StatePolicy.parse("gap=decay:2,seek=decay:4")
    assert policy.judge(Cause.GAP, 2.0).kept == pytest.approx(0.5)
    assert policy.judge(Cause.GAP, 20.0).kept == pytest.approx(2**-10)
    assert policy.judge(Cause.SEEK, -8.0).kept == pytest.approx(0.25)


def test_a_jump_that_holds_knows_no_limit_either():
    policy = StatePolicy.parse("seek=hold")
    assert policy.judge(Cause.SEEK, -100.0).reaction is Reaction.HOLD
    assert not policy.replays(Cause.SEEK)
    assert StatePolicy().replays(Cause.SEEK)
