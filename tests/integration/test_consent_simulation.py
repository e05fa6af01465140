"""What a draft would change, counted over people; each count held to deciding person by person."""

from dataclasses import replace
from uuid import UUID

import pytest

from consent import simulation
from consent.model import FUTURE, Change, Denial, Notice, Period, Statute
from consent.queries import register
from consent.simulation import AgreementDraft, DenialDraft, Effect, StatuteDraft
from consent.tables import act, denial
from schemas.vocabulary import PartyKind
from tests.integration.test_consent_registry import NOON, K, decided, grant
from tests.spec import live, story, world

AT = world.moment("1.6.")
CONSENTING, SILENT = 7, 6


@pytest.fixture
def people(examples, owner):
    with owner.transaction() as tx:
        everybody = [live.live(tx, ()) for _ in range(CONSENTING + SILENT)]
        for person in everybody[:CONSENTING]:
            grant(tx, person)
    return everybody


def simulated(database, draft, people=None):
    with database.read(snapshot=True) as read:
        return simulation.simulate(read, draft, at=AT, people=people)


def agreement_k(database):
    with database.read() as read:
        return next(row for row in register(read).agreements if row.agreement_id == world.K_AGREEMENT)


def on_k(opens, closes):
    return Effect(recipient=world.R, purpose=world.TYO, category=K, controller=world.KELA, opens=opens, closes=closes)


def test_an_agreement_that_ends_closes_what_was_consented_to(web_login, people):
    ended = replace(agreement_k(web_login), in_force=Period(world.YEARS.start, world.moment("1.5.")))

    assert simulated(web_login, AgreementDraft(ended)) == [on_k("<5", str(CONSENTING))]


def test_a_material_text_without_grace_closes_and_an_editorial_one_does_not(web_login, people):
    held = agreement_k(web_login)
    texts = {
        change: replace(
            held, notices=(*held.notices, Notice(2, change, NOON + (AT - NOON) / 2, NOON + (AT - NOON) / 2))
        )
        for change in (Change.MATERIAL, Change.EDITORIAL)
    }

    assert simulated(web_login, AgreementDraft(texts[Change.MATERIAL])) == [on_k("<5", str(CONSENTING))]
    assert simulated(web_login, AgreementDraft(texts[Change.EDITORIAL])) == []


def test_a_statute_opens_to_everybody_who_had_not_consented(web_login, people):
    draft = Statute(
        statute_id=UUID(int=99),
        version=1,
        key="STATUTE_NEW",
        controller_kind=PartyKind.KELA,
        categories=frozenset({K}),
        recipient_kind=PartyKind.EMPLOYMENT_AUTHORITY,
        purpose=world.TYO,
    )

    effects = simulated(web_login, StatuteDraft(draft))

    assert on_k(str(SILENT), "<5") in effects


def test_a_denial_by_everybody_closes_what_no_statute_opens(web_login, people):
    effects = simulated(web_login, DenialDraft(Denial(denial_id=UUID(int=98), during=Period(NOON, FUTURE))))

    assert on_k("<5", str(CONSENTING)) in effects
    assert not any(effect.category == "te.suunnitelma" for effect in effects)


def test_fewer_than_five_are_not_counted_out(web_login, people):
    draft = DenialDraft(Denial(denial_id=UUID(int=98), source="kela", recipient=world.R))

    effects = simulated(web_login, draft, people[CONSENTING - 1 :])

    assert on_k("<5", "<5") in effects


def test_nobody_is_named_and_nothing_is_written(web_login, owner, people):
    ended = replace(agreement_k(web_login), in_force=Period(world.YEARS.start, world.moment("1.5.")))

    told = repr(simulated(web_login, AgreementDraft(ended)))

    assert not any(str(person) in told for person in people)
    assert decided(web_login, people[0], at=AT) == ["consent"]
    with owner.read() as read:
        assert len(read.execute(act.select()).all()) == CONSENTING
        assert read.execute(denial.select()).all() == []


def test_a_part_at_a_time_counts_everybody_once(web_login, people, monkeypatch):
    monkeypatch.setattr("consent.simulation.counts.PEOPLE_AT_ONCE", 4)
    ended = replace(agreement_k(web_login), in_force=Period(world.YEARS.start, world.moment("1.5.")))

    assert simulated(web_login, AgreementDraft(ended)) == [on_k("<5", str(CONSENTING))]


def test_what_is_counted_is_what_is_decided_person_by_person(web_login, owner, people):
    effects = simulated(
        web_login, DenialDraft(Denial(denial_id=UUID(int=98), source="kela", during=Period(NOON, FUTURE)))
    )
    before = [decided(web_login, person, "K", at=AT) for person in people]
    with owner.transaction() as tx:
        for person in people:
            live.registry.deny(
                tx,
                person_id=person,
                scope=live.Scope(source="kela"),
                expressed=live.Expressed(channel=live.Channel.ONLINE),
                by=live.HERSELF,
                at=AT,
            )
    after = [decided(web_login, person, story.Ask(("K",)).items[0], at=AT) for person in people]

    closed = sum(was == ["consent"] and now == ["denied"] for was, now in zip(before, after, strict=True))
    assert on_k("<5", str(closed)) in effects
