"""Moments enter the database aware and leave it as UTC."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects.postgresql import dialect

from db.metadata import Schema, Timestamp, metadata_of

DIALECT = dialect()
HELSINKI_SUMMER = timezone(timedelta(hours=3))


def test_a_moment_without_a_zone_does_not_enter():
    with pytest.raises(ValueError, match="without a time zone"):
        Timestamp().process_bind_param(datetime(2026, 6, 1, 9), DIALECT)  # noqa: DTZ001 - what is refused


def test_a_moment_enters_as_it_is_and_leaves_in_utc():
    noon = datetime(2026, 6, 1, 12, tzinfo=HELSINKI_SUMMER)

    assert Timestamp().process_bind_param(noon, DIALECT) is noon
    assert str(Timestamp().process_result_value(noon, DIALECT)) == "2026-06-01 09:00:00+00:00"


def test_no_moment_stays_none():
    assert Timestamp().process_bind_param(None, DIALECT) is None
    assert Timestamp().process_result_value(None, DIALECT) is None


def test_a_schema_has_one_collection_of_tables():
    assert metadata_of(Schema.STAGING) is metadata_of(Schema.STAGING)
    assert metadata_of(Schema.STAGING).schema == "staging"
