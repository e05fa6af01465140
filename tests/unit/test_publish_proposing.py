"""How long a proposal waits: to the end of the fifth working day after its own, in Helsinki."""

from datetime import UTC, datetime, timedelta

import pytest

from publish.proposing import _since, lapses

INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("proposed", "over"),
    [
        ("2026-11-16T08:00+00:00", "2026-11-23T22:00+00:00"),
        ("2026-11-15T22:30+00:00", "2026-11-23T22:00+00:00"),
        ("2026-12-22T12:00+00:00", "2026-12-31T22:00+00:00"),
    ],
)
def test_a_proposal_waits_for_five_working_days_of_helsinki(proposed, over):
    assert lapses(datetime.fromisoformat(proposed)) == datetime.fromisoformat(over)


def test_a_proposal_is_among_those_that_wait_until_it_lapses_and_not_after_on_every_day_of_a_year():
    days = [datetime(2026, 1, 1, 21, 30, tzinfo=UTC) + timedelta(days=day) for day in range(366)]

    assert all(_since(lapses(day) - INSTANT) <= day < _since(lapses(day)) for day in days)
