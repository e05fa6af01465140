"""A withdrawal proved: who was told, who stopped when, the first refused read; over the real database, log and interface."""

import threading
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select

from audit.events import Actor, Event, EventType, retention_of
from audit.log import record_all
from audit.tables import event
from consent.queries import receipts
from consent.receipts import jwks
from consent.receipts.reading import claims_of
from db.clock import now
from db.ids import uuid7
from publish import changes_of_will, following, outbox, withdrawal
from publish.outbox import Done, Report
from publish.queries import outbox as queries
from publish.refresh.leaving import moved
from tests.calls import NEED, PLAN, a_system, the_app, view
from tests.published import COUNTY, MIKKELI, SAVONLINNA

BY = Actor(org=SAVONLINNA, system="sln-asiakastyo")


@pytest.fixture
def savonlinna(world, web_login, keyring, log, owner):
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as client:
        system = a_system(world, client)
        log.settle(owner)
        yield system


@pytest.fixture
def sealed(savonlinna, log, owner):
    """Wait until all that was recorded stands in the log."""
    return lambda: log.settle(owner)


@pytest.fixture
def person(world, owner):
    """Somebody who consented, and of whom that is published."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    with owner.transaction() as tx:
        following.follow(tx, person_id=person, opens=True, at=now())
    return person


def withdrawn(world, person):
    return world.withdraw(person, "sote.palvelutarve", through=changes_of_will).act_id


def told(database, act_id):
    with database.read() as read:
        return queries.about(read, act_id)


def proved(database, act_id):
    with database.read() as read:
        return withdrawal.withdrawal(read, act_id, at=now())


def report(database, seq, *, recipient=SAVONLINNA, done=Done.DELETED, at=None):
    with database.transaction() as tx:
        reports = [Report(seq, done, at or now())]
        return outbox.apply(tx, by=BY, recipient=recipient, reports=reports, at=now())


def test_whoever_saw_it_is_told_in_the_withdrawals_own_transaction(world, owner, web_login, person):
    act_id = withdrawn(world, person)

    (notice,) = told(web_login, act_id)
    assert (notice.recipient, notice.event, notice.person_id) == (SAVONLINNA, "withdraw", person)
    assert notice.seq == queries_entry(owner, person)


def queries_entry(database, person):
    with database.read() as read:
        return queries.entries(read, person_id=person, recipients=[SAVONLINNA])[SAVONLINNA]


def test_nobody_is_told_of_what_they_never_saw(world, web_login):
    person = world.person()

    act_id = withdrawn(world, person)

    assert told(web_login, act_id) == []


def test_the_proof_names_the_last_read_before_and_the_first_refused_after(world, savonlinna, web_login, person):
    ref = world.ref(person)
    assert view(savonlinna, ref).status_code == 200
    before = now()
    act_id = withdrawn(world, person)
    view(savonlinna, ref)
    view(savonlinna, ref)

    proof = proved(web_login, act_id)

    (stopped,) = proof.recipients
    assert stopped.last_shown < before < proof.recorded_at <= stopped.first_refused
    assert (stopped.shown_after, proof.sections_left, proof.categories) == (0, 0, ("sote.palvelutarve",))
    assert stopped.refused_event is not None


def test_a_read_of_other_data_is_no_refusal(world, savonlinna, web_login, person):
    act_id = withdrawn(world, person)
    view(savonlinna, world.ref(person), query="?categories=te.suunnitelma")

    (stopped,) = proved(web_login, act_id).recipients

    assert stopped.first_refused is None


def test_the_proof_names_its_place_in_the_log_and_the_checkpoint_over_it(world, sealed, web_login, owner, person):
    act_id = withdrawn(world, person)
    sealed()

    with web_login.read() as read:
        proof = withdrawal.withdrawal(read, act_id, at=now())
        claims = claims_of(withdrawal.signed(read, proof, at=now()))
    with owner.read() as read:
        of = event.c
        found = read.execute(select(of.id).where(of.log == proof.place.log, of.index == proof.place.index)).scalar_one()

    assert str(found) == claims_of(receipt_of(web_login, act_id))["log"]["event"]
    assert proof.place.index < proof.place.covers
    assert proof.place.person_n >= 1
    assert claims["entry"]["checkpoint"] == proof.place.checkpoint


def receipt_of(database, act_id):
    with database.read() as read:
        return receipts.about(read, act_id)[0].jws


def test_what_is_not_sealed_yet_has_no_place(world, web_login, person):
    act_id = withdrawn(world, person)

    assert proved(web_login, act_id).place is None


def test_the_proof_says_when_each_pipeline_stopped(world, sealed, web_login, owner, person):
    """A person of two agreements' data, of which one is withdrawn: what the keeper then does is told by its events."""
    act_id = withdrawn(world, person)
    left, erased = now(), now() + timedelta(seconds=1)
    with owner.transaction() as tx:
        record_all(tx, moved(EventType.LEAVE_LEFT, {person: frozenset({"sote.palvelutarve"})}, left))
        record_all(
            tx, [kept_no_more(person, "te.suunnitelma", left), kept_no_more(person, "sote.palvelutarve", erased)]
        )
    sealed()

    (pipeline,) = proved(web_login, act_id).pipelines

    assert (pipeline.left_at, pipeline.erased_at) == (left, erased)


def kept_no_more(person, category, at):
    """The keeper's event that a person's staged rows of a category went."""
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.SECTION_ERASED,
        actor=Actor(system="keeper"),
        retention=retention_of([category]),
        person_id=person,
        categories=(category,),
    )


def test_a_new_consent_later_does_not_stain_the_proof(world, savonlinna, web_login, person):
    act_id = withdrawn(world, person)
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    world.sections(person, {"sote.palvelutarve": NEED})
    assert view(savonlinna, world.ref(person)).status_code == 200

    (stopped,) = proved(web_login, act_id).recipients

    assert (stopped.shown_after, stopped.first_refused) == (0, None)


def test_copies_that_still_wait_to_be_erased_show_in_the_proof(world, web_login, person):
    act_id = withdrawn(world, person)

    (pipeline,) = proved(web_login, act_id).pipelines

    assert (pipeline.source, pipeline.erased) == ("sote", False)


def test_a_recipient_reports_what_it_did_once(world, web_login, person):
    act_id = withdrawn(world, person)
    (notice,) = told(web_login, act_id)

    first = report(web_login, notice.seq)
    when = told(web_login, act_id)[0].applied_at
    again = report(web_login, notice.seq, done=Done.RESTRICTED)

    assert (first, again) == (1, 1)
    assert (told(web_login, act_id)[0].done, told(web_login, act_id)[0].applied_at) == ("deleted", when)


def test_nobody_reports_for_another(world, web_login, person):
    act_id = withdrawn(world, person)
    (notice,) = told(web_login, act_id)

    assert report(web_login, notice.seq, recipient=MIKKELI) == 0
    assert told(web_login, act_id)[0].applied_at is None


def test_a_report_dated_ahead_counts_from_now(world, web_login, person):
    act_id = withdrawn(world, person)
    (notice,) = told(web_login, act_id)

    report(web_login, notice.seq, at=now() + timedelta(days=3))

    assert told(web_login, act_id)[0].applied_at <= now()


def test_stewards_see_who_has_not_reported_in_five_days(world, web_login, person):
    act_id = withdrawn(world, person)
    (notice,) = told(web_login, act_id)
    with web_login.read() as read:
        early = outbox.late(read, at=notice.told_at + timedelta(days=5) - timedelta(seconds=1))
        late = outbox.late(read, at=notice.told_at + timedelta(days=5))
    report(web_login, notice.seq)
    with web_login.read() as read:
        reported = outbox.late(read, at=notice.told_at + timedelta(days=9))

    assert (early, late, reported) == ([], [notice], [])


def test_two_who_take_at_once_take_different_notices_and_do_not_wait(world, web_login, person):
    act_id = withdrawn(world, person)
    taken = {}

    def take_beside():
        with web_login.transaction() as tx:
            taken["beside"] = outbox.take(tx, at=now())

    with web_login.transaction() as tx:
        taken["first"] = outbox.take(tx, at=now())
        beside = threading.Thread(target=take_beside)
        beside.start()
        beside.join(timeout=5)

    assert [notice.about for notice in taken["first"]] == [act_id]
    assert taken["beside"] == []


def test_a_feed_that_was_read_is_noted(world, web_login, person):
    act_id = withdrawn(world, person)
    (notice,) = told(web_login, act_id)

    with web_login.transaction() as tx:
        outbox.fetched(tx, recipient=SAVONLINNA, last=notice.seq, at=now())

    assert proved(web_login, act_id).recipients[0].fetched_at is not None


def test_a_withdrawal_has_its_receipt_beside_its_proof(world, web_login, person):
    act_id = withdrawn(world, person)

    with web_login.read() as read:
        assert [each.event for each in receipts.about(read, act_id)] == ["consent.withdrawn"]
        assert receipts.terms_of(read, world.agreement_id)["controller"] == COUNTY


def test_the_proof_is_signed_and_names_nobody(world, savonlinna, web_login, keyring, person):
    act_id = withdrawn(world, person)
    view(savonlinna, world.ref(person))
    with web_login.read() as read:
        proof = withdrawal.withdrawal(read, act_id, at=now())
        jws = withdrawal.signed(read, proof, at=now())

    (key,) = jwks(keyring)["keys"]
    read = jwt.decode(jws, jwt.PyJWK(key), algorithms=["EdDSA"], options={"verify_iat": False})
    assert jwt.get_unverified_header(jws)["typ"] == "withdrawal-proof+jwt"
    assert read["recipients"][0]["refused_event"] == str(proof.recipients[0].refused_event)
    assert str(person) not in str(read)
