"""Periods: half-open, with ends that compare."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from consent.model import FUTURE, PAST, Period
from consent.model.period import common, period, union, without
from tests.spec.world import day

START = day("1.1.")
MOMENTS = [START + timedelta(days=n) for n in range(12)]
moments = st.sampled_from(MOMENTS)
periods = st.tuples(moments, moments).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Period(*pair))
many = st.lists(periods, max_size=4).map(tuple)


def held(among, at):
    return any(each.holds(at) for each in among)


def test_a_period_holds_its_start_and_not_its_end():
    january = Period(day("1.1."), day("1.2."))

    assert january.holds(day("1.1."))
    assert not january.holds(day("1.2."))


def test_an_open_end_is_beyond_every_fact():
    assert period(None, None) == Period(PAST, FUTURE)


@given(periods, periods)
def test_what_two_periods_share_is_what_both_hold(one, other):
    shared = common(one, other)

    assert [bool(shared and shared.holds(at)) for at in MOMENTS] == [
        one.holds(at) and other.holds(at) for at in MOMENTS
    ]


@given(many, periods)
def test_what_is_taken_out_is_gone_and_all_else_is_left(among, taken):
    left = without(among, taken)

    assert [held(left, at) for at in MOMENTS] == [held(among, at) and not taken.holds(at) for at in MOMENTS]
    assert all(each.start < each.end for each in left)


@given(many)
def test_a_union_holds_the_same_time_in_parts_that_do_not_touch(among):
    joined = union(among)

    assert [held(joined, at) for at in MOMENTS] == [held(among, at) for at in MOMENTS]
    assert all(one.end < other.start for one, other in pairwise(joined))
