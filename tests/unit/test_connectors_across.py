"""Rules across a person's records: periods with one code at a time, and at most one open."""

from datetime import date

import polars as pl

from connectors.staging.across import Periods, overlapping

EXCLUSIVE = Periods(start="alku", end="loppu", exclusive=True)
ONE_OPEN = Periods(start="alku", end="loppu", exclusive=False)
SCHEMA = {"source_record_id": pl.String, "tyonhakija_id": pl.String, "alku": pl.Date, "loppu": pl.Date}


def periods(*rows):
    return pl.DataFrame([(key, who, *days) for key, who, *days in rows], schema=SCHEMA, orient="row")


def broken(rule, incoming, stored=()):
    return sorted(overlapping(rule, periods(*incoming), periods(*stored)))


def may(day):
    return date(2026, 5, day)


def test_periods_that_follow_one_another_are_good():
    assert broken(EXCLUSIVE, [("a", "t", may(1), may(10)), ("b", "t", may(11), None)]) == []


def test_periods_that_share_a_day_are_both_refused():
    assert broken(EXCLUSIVE, [("a", "t", may(1), may(10)), ("b", "t", may(10), None)]) == ["a", "b"]


def test_a_long_period_overlaps_one_that_is_not_its_neighbour():
    rows = [("a", "t", may(1), may(30)), ("b", "t", may(2), may(3)), ("c", "t", may(20), may(21))]

    assert broken(EXCLUSIVE, rows) == ["a", "b", "c"]


def test_periods_of_two_jobseekers_may_overlap():
    assert broken(EXCLUSIVE, [("a", "t", may(1), None), ("b", "u", may(1), None)]) == []


def test_an_incoming_period_is_refused_for_a_stored_one_which_stays():
    assert broken(EXCLUSIVE, [("b", "t", may(5), None)], [("a", "t", may(1), None)]) == ["b"]


def test_a_stored_period_that_ends_in_the_same_batch_makes_room():
    incoming = [("a", "t", may(1), may(4)), ("b", "t", may(5), None)]

    assert broken(EXCLUSIVE, incoming, [("a", "t", may(1), None)]) == []


def test_one_service_line_is_open_at_a_time():
    assert broken(ONE_OPEN, [("a", "t", may(1), None), ("b", "t", may(5), None)]) == ["a", "b"]


def test_ended_service_lines_may_overlap():
    assert broken(ONE_OPEN, [("a", "t", may(1), may(9)), ("b", "t", may(5), None)]) == []
