"""Counters of calls: a minute's worth each, apart for each system."""

from datetime import UTC, datetime, timedelta

import pytest

from web.limits import Limits, Rate
from web.problems import Kind, Problem

NOON = datetime(2026, 6, 1, 9, tzinfo=UTC)


def use_up(limits, system="one", rate=Rate.TOKEN, at=NOON):
    return [limits.take(system, rate, at=at).left for _ in range(rate.value // limits.workers)]


def test_a_system_may_call_until_the_minutes_calls_are_used_up():
    limits = Limits(workers=1)

    left = use_up(limits)

    assert left == list(range(29, -1, -1))
    with pytest.raises(Problem) as refused:
        limits.take("one", Rate.TOKEN, at=NOON + timedelta(seconds=20))
    assert refused.value.kind is Kind.RATE_LIMITED
    assert refused.value.headers["Retry-After"] == "40"


def test_the_next_minute_begins_anew():
    limits = Limits(workers=1)
    use_up(limits)

    assert limits.take("one", Rate.TOKEN, at=NOON + timedelta(seconds=60)).left == 29


def test_systems_and_rates_do_not_count_against_each_other():
    limits = Limits(workers=1)
    use_up(limits)

    assert limits.take("two", Rate.TOKEN, at=NOON).left == 29
    assert limits.take("one", Rate.CALLS, at=NOON).left == 599


def test_workers_share_a_limit():
    assert len(use_up(Limits(workers=3))) == 10


def test_an_answer_tells_the_rate():
    assert Limits(workers=1).take("one", Rate.CALLS, at=NOON).headers() == {
        "RateLimit-Policy": '"calls";q=600;w=60',
        "RateLimit": '"calls";r=599;t=60',
    }
