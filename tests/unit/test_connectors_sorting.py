"""What becomes of an incoming record, by what is stored of it: each rule in one row."""

import polars as pl
import pytest

from connectors.staging.sorting import FATE, FAULT, sorted_out

HOME = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
STORED = {"stored_person": HOME, "stored_version": 3, "stored_hash": 77, "stored_cut": 0, "stored_connection": "te-36"}

SCHEMA = {
    "source_record_id": pl.String,
    "stored_person": pl.String,
    "stored_version": pl.Int64,
    "stored_hash": pl.Int64,
    "stored_cut": pl.Int16,
    "stored_connection": pl.String,
}


def a_row(**changed):
    row = {
        "source_record_id": "r1",
        "version": 3,
        "content_hash": 77,
        "cut": 0,
        "person_id": HOME,
        "connection": "te-36",
        "allowed": True,
        "in_error": False,
        "fault": None,
    }
    return row | changed


def fates(*rows, stored=STORED, numbered=True):
    incoming = pl.DataFrame(rows, schema_overrides={"fault": pl.String, "cut": pl.Int16, "person_id": pl.String})
    known = pl.DataFrame([{"source_record_id": "r1", **stored}] if stored else [], schema=SCHEMA)
    return sorted_out(incoming, known, numbered=numbered).select(FATE, FAULT).rows()


@pytest.mark.parametrize(
    ("changed", "fate", "fault"),
    [
        ({}, "same", None),
        ({"version": 4, "content_hash": 78}, "changed", None),
        ({"version": 2, "content_hash": 76}, "older", None),
        ({"content_hash": 78}, "refused", "VERSION_CONFLICT"),
        ({"version": 4, "person_id": OTHER}, "refused", "RECORD_MOVED"),
        ({"cut": 1}, "changed", None),
        ({"connection": "te-23"}, "changed", None),
        ({"version": 4, "allowed": False}, "dropped", None),
        ({"version": 4, "in_error": True}, "dropped", None),
        ({"version": 4, "fault": "OVERLAP"}, "refused", "OVERLAP"),
        ({"version": 4, "fault": "UNKNOWN_PERSON", "person_id": None}, "refused", "UNKNOWN_PERSON"),
    ],
)
def test_a_known_record_is_judged_by_version_content_and_person(changed, fate, fault):
    assert fates(a_row(**changed)) == [(fate, fault)]


def test_a_record_that_is_not_stored_is_new():
    assert fates(a_row(), stored=None) == [("new", None)]


def test_a_counter_of_the_same_day_with_another_count_is_replaced():
    assert fates(a_row(content_hash=78), numbered=False) == [("changed", None)]


def test_a_row_whose_content_is_not_known_any_more_is_replaced_by_the_same_version():
    assert fates(a_row(), stored=STORED | {"stored_hash": 0}) == [("changed", None)]


def test_of_two_rows_with_one_key_the_higher_version_goes_on():
    low, high = a_row(version=4, content_hash=78), a_row(version=5, content_hash=79)

    assert fates(low, high) == [("repeated", None), ("changed", None)]


def test_the_same_row_twice_counts_once():
    assert fates(a_row(), a_row(), stored=None) == [("new", None), ("repeated", None)]


def test_two_contents_of_one_version_are_both_refused():
    assert fates(a_row(version=4, content_hash=78), a_row(version=4, content_hash=79)) == [
        ("refused", "VERSION_CONFLICT"),
        ("refused", "VERSION_CONFLICT"),
    ]
