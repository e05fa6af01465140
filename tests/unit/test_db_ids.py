"""Identifiers sort by the moment they were made."""

from datetime import UTC, datetime, timedelta, timezone

from db.ids import assemble, uuid7

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_an_id_carries_its_moment_its_version_and_its_variant():
    made = uuid7(NOON)

    assert made.int >> 80 == int(NOON.timestamp() * 1000)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_a_later_id_sorts_after_an_earlier_one():
    ids = [uuid7(NOON + timedelta(milliseconds=n)) for n in range(100)]

    assert ids == sorted(ids)


def test_two_ids_of_one_moment_differ():
    assert len({uuid7(NOON) for _ in range(1000)}) == 1000


def test_the_same_moment_in_another_zone_gives_the_same_bits():
    helsinki = NOON.astimezone(timezone(timedelta(hours=3)))

    assert assemble(helsinki, bytes(10)) == assemble(NOON, bytes(10))
