"""Holidays of Finland by the calendar: Easter moves, Midsummer is a Saturday, and a workday is none."""

from datetime import date

import pytest

from schemas.holidays import easter, holidays, is_holiday


@pytest.mark.parametrize(
    ("year", "day"),
    [(2000, (4, 23)), (2008, (3, 23)), (2011, (4, 24)), (2024, (3, 31)), (2026, (4, 5)), (2038, (4, 25))],
)
def test_easter_falls_as_the_almanac_has_it(year, day):
    assert easter(year) == date(year, *day)


def test_the_holidays_of_a_year_are_those_of_the_almanac():
    said = "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-20 10-31 12-06 12-25 12-26"

    assert sorted(day.isoformat() for day in holidays(2026)) == [f"2026-{day}" for day in said.split()]


@pytest.mark.parametrize(("day", "said"), [((2026, 11, 22), True), ((2026, 6, 20), True), ((2026, 6, 19), False)])
def test_a_sunday_and_midsummer_are_holidays_and_the_eve_is_none(day, said):
    assert is_holiday(date(*day)) is said
