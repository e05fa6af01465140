"""Holidays of Finland by the calendar: Easter moves, Midsummer is a Saturday, and a workday is none."""

from datetime import date

import pytest

from schemas.holidays import easter, holidays, is_holiday, is_working_day, working_day_after


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


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ((2026, 11, 20), True),
        ((2026, 11, 21), False),
        ((2026, 12, 24), False),
        ((2026, 6, 19), False),
        ((2026, 5, 1), False),
        ((2026, 12, 31), True),
    ],
)
def test_a_saturday_and_the_eves_of_christmas_and_midsummer_are_no_working_days(day, said):
    assert is_working_day(date(*day)) is said


@pytest.mark.parametrize(
    ("day", "fifth"),
    [
        ((2026, 11, 16), (2026, 11, 23)),
        ((2026, 11, 21), (2026, 11, 27)),
        ((2026, 12, 22), (2026, 12, 31)),
        ((2026, 4, 1), (2026, 4, 10)),
    ],
)
def test_five_working_days_pass_over_weekends_christmas_and_easter(day, fifth):
    assert working_day_after(date(*day), days=5) == date(*fifth)
