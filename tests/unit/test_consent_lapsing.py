"""What ends soon with nothing to take its place."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from consent.lapsing import lapsing
from consent.model import Agreement, Period, Register, Statute
from schemas.vocabulary import PartyKind

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SOON = NOW + timedelta(days=60)
COUNTY, OFFICE = "0000000-1", "0000000-2"
NEED, CONTACT = "sote.palvelutarve", "sote.yhteyshenkilo"


def days(start, end):
    return Period(NOW + timedelta(days=start), NOW + timedelta(days=end))


def an_agreement(number=1, *, categories=(NEED,), in_force, recipient=OFFICE):
    return Agreement(
        agreement_id=UUID(int=number),
        controller=COUNTY,
        recipient=recipient,
        purpose="TYO",
        categories=frozenset(categories),
        in_force=in_force,
    )


def a_statute(version=1, *, in_force):
    return Statute(
        statute_id=UUID(int=9),
        version=version,
        key="LAW",
        controller_kind=PartyKind.COUNTY,
        categories=frozenset({NEED}),
        recipient_kind=PartyKind.EMPLOYMENT_AUTHORITY,
        purpose="TYO",
        in_force=in_force,
        law="1/2026",
    )


def found(*agreements, statutes=()):
    parties = {COUNTY: PartyKind.COUNTY, OFFICE: PartyKind.EMPLOYMENT_AUTHORITY}
    register = Register(seq=1, agreements=agreements, statutes=statutes, parties=parties)
    return [
        (each.agreement_id or each.law, each.categories)
        for each in lapsing(register, recipient=OFFICE, at=NOW, before=SOON)
    ]


def test_what_ends_within_the_time_is_listed_the_first_to_end_first():
    ending = an_agreement(1, in_force=days(-9, 40)), an_agreement(2, categories=(CONTACT,), in_force=days(-9, 20))

    assert found(*ending, an_agreement(3, in_force=days(-9, 60))) == [(UUID(int=2), (CONTACT,))]
    assert found(*ending) == [(UUID(int=2), (CONTACT,)), (UUID(int=1), (NEED,))]


def test_what_has_ended_or_not_begun_or_is_another_offices_is_not_listed():
    others = an_agreement(1, in_force=days(-9, 0)), an_agreement(2, in_force=days(1, 20))

    assert found(*others, an_agreement(3, in_force=days(-9, 20), recipient="0000000-3")) == []


def test_only_the_categories_that_nothing_goes_on_opening_are_named():
    ending = an_agreement(1, categories=(NEED, CONTACT), in_force=days(-9, 20))

    assert found(ending, an_agreement(2, in_force=days(20, 900))) == [(UUID(int=1), (CONTACT,))]


def test_a_law_whose_next_version_follows_at_once_is_not_listed():
    ending = a_statute(in_force=days(-9, 20))

    assert found(statutes=(ending,)) == [("1/2026", (NEED,))]
    assert found(statutes=(ending, a_statute(2, in_force=days(20, 900)))) == []
    assert found(statutes=(ending, a_statute(2, in_force=days(21, 900)))) == [("1/2026", (NEED,))]
