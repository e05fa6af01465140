"""Four eyes: a no annulled and an agreement ended by two stewards of one office, never by one, and never twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from consent import closing
from consent import queries as consents
from consent.errors import ConsentError, Fault
from consent.queries.proposals import ProposalKind
from consent.receipts import jwks, verify
from consent.registry import By, Channel, Expressed, Scope
from consent.tables import agreement, invalidation, receipt
from db.clock import now
from publish import changes_of_will, proposing
from tests.published import MIKKELI, SAVONLINNA

NEED = "sote.palvelutarve"
FIRST = By(user="steward-1", role="steward", office=SAVONLINNA)
SECOND = replace(FIRST, user="steward-2")
ELSEWHERE = By(user="steward-3", role="steward", office=MIKKELI)


def proposed(database, kind, about, *, by=FIRST, at=None, cause="wrong_answer"):
    told = {
        ProposalKind.END_AGREEMENT: {},
        ProposalKind.REOPEN: {"words": "All papers were gone through."},
    }.get(kind, {"cause": cause})
    with database.transaction() as tx:
        return proposing.propose(tx, kind, about, by=by, at=at or now(), **told)


def decided(database, proposal_id, *, accepted=True, by=SECOND, at=None):
    with database.transaction() as tx:
        return proposing.decide(tx, proposal_id, accepted=accepted, by=by, at=at or now())


def rows(database, table):
    with database.read() as read:
        return read.execute(select(table)).all()


def denied(database, person):
    with database.transaction() as tx:
        return changes_of_will.deny(
            tx,
            person_id=person,
            scope=Scope(source="sote"),
            expressed=Expressed(channel=Channel.COUNTER),
            by=FIRST,
            at=now(),
        ).denial_id


def standing(database, person):
    with database.read() as read:
        facts = consents.facts(read, person_id=person, recipient=SAVONLINNA)
    return [denial for denial in facts.denials if denial.during.holds(now())]


def test_a_refusal_recorded_in_error_is_annulled_by_two(world, web_login):
    no = world.withdraw(world.person(), NEED, through=changes_of_will)

    proposal = proposed(web_login, ProposalKind.ANNUL_ACT, no.act_id)
    assert rows(web_login, invalidation) == []
    decided(web_login, proposal)

    (row,) = rows(web_login, invalidation)
    assert (row.act_id, row.recorded_by, row.confirmed_by, row.cause) == (
        no.act_id,
        "steward-1",
        "steward-2",
        "wrong_answer",
    )


def test_a_standing_no_recorded_in_error_ends_with_the_second_word_and_its_receipt_says_so(world, web_login, keyring):
    person = world.person()
    no = denied(web_login, person)
    assert len(standing(web_login, person)) == 1

    decided(web_login, proposed(web_login, ProposalKind.ANNUL_DENIAL, no))

    assert standing(web_login, person) == []
    (row,) = rows(web_login, invalidation)
    assert (row.denial_id, row.recorded_by, row.confirmed_by) == (no, "steward-1", "steward-2")
    last = max(rows(web_login, receipt), key=lambda each: each.issued_at)
    finding = verify(last.jws, jwks(keyring)["keys"])
    assert (finding.verdict, last.event, last.about) == ("verified", "denial.lifted", no)
    assert finding.claims["until"] is not None


def test_an_agreement_is_ended_from_the_second_word_on_and_approved_by_both(world, web_login):
    decided(web_login, proposed(web_login, ProposalKind.END_AGREEMENT, world.agreement_id))

    first, last = sorted(rows(web_login, agreement), key=lambda row: row.version)
    assert (last.version, last.approved_by, last.categories) == (2, ["steward-1", "steward-2"], first.categories)
    assert last.valid_until <= now()
    with web_login.read() as read:
        (held,) = consents.register(read).agreements
    assert not held.in_force.holds(now())


@pytest.mark.parametrize("kind", list(ProposalKind))
def test_a_rejected_proposal_changes_nothing_and_may_be_made_anew(world, web_login, kind):
    about = what(world, web_login, kind)
    first = proposed(web_login, kind, about)
    decided(web_login, first, accepted=False)

    assert rows(web_login, invalidation) == []
    assert len(rows(web_login, agreement)) == 1
    assert proposed(web_login, kind, about) != first


def what(world, database, kind):
    if kind is ProposalKind.END_AGREEMENT:
        return world.agreement_id
    if kind is ProposalKind.REOPEN:
        with world.owner.transaction() as tx:
            return closing.close(tx, log=2026, first=1, last=2, at=now())
    person = world.person()
    if kind is ProposalKind.ANNUL_DENIAL:
        return denied(database, person)
    return world.withdraw(person, NEED, through=changes_of_will).act_id


@pytest.mark.parametrize("kind", list(ProposalKind))
@pytest.mark.parametrize(
    "refused",
    [
        (FIRST, timedelta(), Fault.SAME_STEWARD),
        (ELSEWHERE, timedelta(), Fault.NOT_FOUND),
        (SECOND, timedelta(days=20), Fault.NOT_FOUND),
    ],
    ids=["one's own", "another office's", "too late"],
)
def test_nobody_decides_their_own_another_offices_or_one_too_old(web_login, world, kind, refused):
    by, later, fault = refused
    proposal = proposed(web_login, kind, what(world, web_login, kind))

    with pytest.raises(ConsentError) as told:
        decided(web_login, proposal, by=by, at=now() + later)

    assert told.value.fault is fault
    assert rows(web_login, invalidation) == []


def test_the_same_proposal_twice_is_one_and_is_decided_once(world, web_login):
    first = proposed(web_login, ProposalKind.END_AGREEMENT, world.agreement_id)
    assert proposed(web_login, ProposalKind.END_AGREEMENT, world.agreement_id, by=SECOND) == first
    decided(web_login, first)

    with pytest.raises(ConsentError):
        decided(web_login, first)
    with pytest.raises(ConsentError):
        proposed(web_login, ProposalKind.END_AGREEMENT, world.agreement_id)


def test_nobody_but_a_steward_proposes(world, web_login):
    with pytest.raises(ConsentError):
        proposed(web_login, ProposalKind.END_AGREEMENT, world.agreement_id, by=By(user="x", role="person"))
