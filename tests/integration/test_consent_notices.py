"""Texts of an agreement over time, and whose consents a newer one asks anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent import terms
from consent.errors import ConsentError
from consent.model import Change, RepresentationKind
from consent.queries import notices
from consent.queries.notices import Renewal
from db.ids import uuid7
from schemas.vocabulary import Purpose, Source, Text
from tests.integration.test_consent_registry import NOON, ONLINE, SH, SR, K, decided, grant, withdraw
from tests.spec import live, world

DAY = timedelta(days=1)
NEWER = Text("Uusi teksti.", "En ny text.", "A new text.")


@pytest.fixture
def person(examples, owner):
    with owner.transaction() as tx:
        return live.live(tx, ())


def announce(tx, change, *, n=2, at=NOON + DAY, grace_until=None, text=NEWER):
    told = terms.NoticeText(
        agreement_id=world.K_AGREEMENT,
        n=n,
        text=text,
        change=change,
        published_at=at,
        approved_by=live.TWO,
        grace_until=grace_until,
    )
    terms.announce(tx, told, by=live.ADMIN, at=at)


def waiting(database, at):
    with database.read() as read:
        return notices.renewals(read, recipient=world.R, at=at, limit=10)


def test_a_material_text_queues_those_who_consented_to_an_older_one_until_they_answer(web_login, person):
    grace = NOON + 11 * DAY
    with web_login.transaction() as tx:
        grant(tx, person)
        announce(tx, Change.MATERIAL, grace_until=grace)
    before, after = waiting(web_login, NOON), waiting(web_login, NOON + 2 * DAY)
    held, refused = decided(web_login, person, at=grace - DAY), decided(web_login, person, at=grace)
    with web_login.transaction() as tx:
        withdraw(tx, person, at=NOON + 3 * DAY)

    assert before == []
    assert after == [Renewal(person, world.K_AGREEMENT, (K,), None, 1, grace)]
    assert (held, refused) == (["consent"], ["notice_outdated"])
    assert waiting(web_login, NOON + 4 * DAY) == []


def test_nobody_is_asked_anew_about_what_a_guardian_gave_until_they_came_of_age(web_login, owner, person):
    """Born so that the guardian's word ends on 1 June: it lapses for good, whatever text comes."""
    with owner.transaction() as tx:
        live.learn(tx, person, "birth_date", "2008-06-01", at=NOON)
    with web_login.transaction() as tx:
        voice = live.a_voice(tx, person, RepresentationKind.GUARDIAN, at=world.moment("25.5."))
        grant(tx, person, at=world.moment("26.5."), expressed=replace(ONLINE, voice=voice))
        announce(tx, Change.MATERIAL, at=world.moment("27.5."), grace_until=world.moment("20.6."))

    assert [each.person_id for each in waiting(web_login, world.moment("28.5."))] == [person]
    assert waiting(web_login, world.moment("2.6.")) == []


AGREED = terms.AgreementTerms(
    agreement_id=uuid7(NOON),
    controller=world.COUNTY,
    source=Source.SOTE,
    categories=(SR, SH),
    recipient=world.R,
    purpose=Purpose.TYO,
    task_ground=None,
    special=True,
    approved_by=live.TWO,
    valid_from=NOON,
)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"special": False}, "special"),
        ({"categories": ()}, "categories"),
        ({"categories": (SR, SR)}, "categories"),
        ({"categories": (SR, K)}, "categories"),
        ({"categories": (SR, "sote.*")}, "categories"),
        ({"valid_until": NOON}, "valid_until"),
        ({"version": 2}, "version"),
        ({"approved_by": ("one", "one")}, "approved_by"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_by_its_field(owner, person, changed, field):
    with pytest.raises(ConsentError) as refused, owner.transaction() as tx:
        terms.agree(tx, replace(AGREED, **changed), by=live.ADMIN, at=NOON)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"categories": (SR,)}, "categories"),
        ({"recipient": world.Q}, "recipient"),
        ({"controller": world.KELA}, "controller"),
        ({"purpose": Purpose.TYM}, "purpose"),
        ({"version": 2}, "version"),
        ({"version": 5}, "version"),
    ],
)
def test_other_parties_purpose_or_categories_are_no_further_version(owner, person, changed, field):
    with owner.transaction() as tx:
        terms.agree(tx, AGREED, by=live.ADMIN, at=NOON)
        terms.agree(tx, replace(AGREED, version=2, max_days=180), by=live.ADMIN, at=NOON)

    with pytest.raises(ConsentError) as refused, owner.transaction() as tx:
        terms.agree(tx, replace(AGREED, **({"version": 3} | changed)), by=live.ADMIN, at=NOON)

    assert refused.value.field == field


@pytest.mark.parametrize("change", [Change.EDITORIAL, Change.NARROWER])
def test_no_other_text_asks_anybody_anew(web_login, person, change):
    with web_login.transaction() as tx:
        grant(tx, person)
        announce(tx, change)

    assert waiting(web_login, NOON + 2 * DAY) == []
    assert decided(web_login, person, at=NOON + 60 * DAY) == ["consent"]


def test_a_text_in_two_languages_is_not_published_at_all(web_login, person):
    with pytest.raises(ConsentError) as refused, web_login.transaction() as tx:
        announce(tx, Change.EDITORIAL, text=Text("Uusi teksti.", "", "A new text."))

    assert refused.value.field == "text"
    with web_login.read() as read:
        assert [version.n for version in notices.versions(read, world.K_AGREEMENT)] == [1]


def test_every_text_is_bound_by_its_hash_in_each_language(web_login, person):
    with web_login.transaction() as tx:
        announce(tx, Change.EDITORIAL)

    with web_login.read() as read:
        first, second = notices.versions(read, world.K_AGREEMENT)

    assert (first.text, second.text) == (live.TEXT, NEWER)
    assert first.sha256.fi == live.SHOWN.sha256.hex()
    assert len({second.sha256.fi, second.sha256.sv, second.sha256.en}) == 3
