"""Receipts of all that is said, verified as whoever is handed one would: with the public keys and nothing else."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consent import receipts, registry
from consent.model import RepresentationKind
from consent.queries import people
from consent.queries import receipts as queries
from consent.receipts import verifying
from consent.receipts.states import State
from consent.receipts.verifying import Verdict
from consent.registry import Channel, Expressed, Scope
from tests.integration.test_consent_registry import NOON, ONLINE, SH, K, consent_to, events, grant, withdraw
from tests.spec import live, world

DAY = timedelta(days=1)
SYSTEM = registry.By(user="keeper", role="system")


@pytest.fixture
def person(examples, owner):
    with owner.transaction() as tx:
        return live.live(tx, ())


@pytest.fixture
def keys(keyring):
    return receipts.jwks(keyring)["keys"]


def kept(database, person):
    with database.read() as read:
        return queries.of_person(read, person)


def read_by_anybody(jws, keys):
    found = verifying.verify(jws, keys)
    assert (found.verdict, found.wrong) == (Verdict.VERIFIED, ())
    return found.claims


def test_a_consent_is_receipted_whole_in_its_own_transaction(web_login, owner, person, keys):
    with web_login.transaction() as tx:
        act = grant(tx, person)

    (receipt,) = kept(web_login, person)
    claims = read_by_anybody(receipt.jws, keys)
    assert (claims["event"], claims["state"]) == ("consent.given", State.GIVEN.iri)
    assert claims["act"] == str(act.act_id)
    assert [(item["category"], item["kind"]) for item in claims["items"]] == [(K, "given")]
    assert claims["notice"]["text"] == live.TEXT.fi
    assert (claims["controllers"][0]["id"], claims["recipients"][0]["id"]) == (world.KELA, world.R)
    assert (claims["by"], claims["channel"], claims["purpose"]["code"]) == ("self", "online", world.TYO)
    assert claims["log"]["event"] == events(owner)[-1]["id"]


def test_what_is_not_committed_has_no_receipt(web_login, person):
    def given_up():
        with web_login.transaction() as tx:
            grant(tx, person)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        given_up()

    assert kept(web_login, person) == []


def test_each_receipt_of_a_matter_names_the_one_before(web_login, person, keys):
    with web_login.transaction() as tx:
        grant(tx, person)
        withdraw(tx, person, at=NOON + DAY)

    last, first = kept(web_login, person)
    claims, former = read_by_anybody(last.jws, keys), read_by_anybody(first.jws, keys)
    assert former["prev"] is None
    assert claims["prev"] == verifying.sha256_of(first.jws)
    assert claims["sub"] == former["sub"]
    assert claims["state"] == State.WITHDRAWN.iri


def test_two_agreements_call_a_person_by_two_names(web_login, person, keys):
    with web_login.transaction() as tx:
        grant(tx, person)
        grant(tx, person, agreement=world.S_AGREEMENT, consent=consent_to(SH), at=NOON + DAY)

    names = {read_by_anybody(receipt.jws, keys)["sub"] for receipt in kept(web_login, person)}

    assert len(names) == 2
    assert not any(str(person) in receipt.jws for receipt in kept(web_login, person))


def test_a_command_given_twice_is_receipted_once(web_login, person):
    once = Expressed(channel=Channel.ONLINE, command="desk-1")
    with web_login.transaction() as tx:
        grant(tx, person, expressed=once)
        grant(tx, person, expressed=once)

    assert len(kept(web_login, person)) == 1


def test_a_record_that_awaits_a_second_steward_says_so_until_confirmed(web_login, person, keys):
    with web_login.transaction() as tx:
        act = grant(tx, person, agreement=world.S_AGREEMENT, consent=consent_to(SH), by=live.STEWARD)
        registry.confirm(tx, act_id=act.act_id, accepted=True, by=live.SECOND, at=NOON + DAY)

    confirmed, recorded = (read_by_anybody(receipt.jws, keys) for receipt in kept(web_login, person))
    assert (recorded["state"], recorded["pending"]) == (State.REQUESTED.iri, "second_steward")
    assert (confirmed["event"], confirmed["state"], confirmed["pending"]) == (
        "consent.confirmed",
        State.GIVEN.iri,
        None,
    )


@pytest.mark.parametrize(
    ("verb", "state"),
    [("refuse", State.REFUSED), ("revoke", State.REVOKED), ("request", State.REQUESTED), ("defer", State.DEFERRED)],
)
def test_every_word_on_a_key_is_receipted_in_its_dpv_state(web_login, person, keys, verb, state):
    on_k = {"person_id": person, "agreement_id": world.K_AGREEMENT, "categories": [K]}
    with web_login.transaction() as tx:
        getattr(registry, verb)(tx, **on_k, expressed=ONLINE, by=live.HERSELF, at=NOON)

    (receipt,) = kept(web_login, person)
    assert read_by_anybody(receipt.jws, keys)["state"] == state.iri


def test_an_error_a_denial_its_lift_and_a_pause_are_receipted(web_login, person, keys):
    with web_login.transaction() as tx:
        act = grant(tx, person)
        registry.invalidate(tx, act_id=act.act_id, cause="wrong_person", by=live.STEWARD, at=NOON + DAY)
        scope = Scope(source="kela", recipient=world.R)
        denial = registry.deny(tx, person_id=person, scope=scope, expressed=ONLINE, by=live.HERSELF, at=NOON + 2 * DAY)
        registry.lift(tx, denial_id=denial.denial_id, expressed=ONLINE, by=live.HERSELF, at=NOON + 3 * DAY)
        pause = registry.suspend(
            tx, person_id=person, agreement_id=world.K_AGREEMENT, by=live.STEWARD, at=NOON + 4 * DAY
        )
        registry.resume(tx, suspension_id=pause, by=live.STEWARD, at=NOON + 5 * DAY)

    told = [read_by_anybody(receipt.jws, keys) for receipt in reversed(kept(web_login, person))]
    assert [(claims["event"], claims["state"]) for claims in told] == [
        ("consent.given", State.GIVEN.iri),
        ("consent.invalidated", State.INVALIDATED.iri),
        ("denial.recorded", State.REFUSED.iri),
        ("denial.lifted", None),
        ("consent.suspended", State.PAUSED.iri),
        ("consent.resumed", None),
    ]
    assert told[2]["scope"]["source"] == "kela"
    assert told[3]["prev"] is not None


def test_a_representative_is_named_by_kind_alone(web_login, owner, person, keys):
    with owner.transaction() as tx:
        voice = live.a_voice(tx, person, RepresentationKind.MANDATE, at=NOON)
    with web_login.transaction() as tx:
        grant(tx, person, expressed=Expressed(channel=Channel.ONLINE, voice=voice), at=NOON + timedelta(hours=1))

    (receipt,) = kept(web_login, person)
    assert read_by_anybody(receipt.jws, keys)["by"] == "mandate"


def test_a_receipt_altered_in_any_part_is_refuted(web_login, person, keys):
    with web_login.transaction() as tx:
        grant(tx, person)
    header, payload, signature = kept(web_login, person)[0].jws.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"channel": "paper"}).encode()).rstrip(b"=").decode()

    found = verifying.verify(f"{header}.{forged}.{signature}", keys)

    assert found.verdict is Verdict.REFUTED
    assert found.claims == {}


def test_a_receipt_of_a_key_that_is_not_given_is_not_judged(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)

    assert verifying.verify(kept(web_login, person)[0].jws, []).verdict is Verdict.UNKNOWN_KEY


def test_what_became_of_a_receipt_is_asked_live(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
    (given,) = kept(web_login, person)
    with web_login.read() as read:
        before = receipts.standing(read, given.jti, at=NOON + timedelta(hours=1))
    with web_login.transaction() as tx:
        withdraw(tx, person, at=NOON + DAY)

    with web_login.read() as read:
        after = receipts.standing(read, given.jti, at=NOON + 2 * DAY)

    assert (before.in_force, before.states, before.followed_by) == (True, {K: State.GIVEN}, None)
    assert (after.in_force, after.states) == (False, {K: State.WITHDRAWN})
    assert after.followed_by == kept(web_login, person)[0].jti


def test_a_consent_that_ran_out_is_told_as_expired(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
    (given,) = kept(web_login, person)

    with web_login.read() as read:
        later = receipts.standing(read, given.jti, at=NOON + 366 * DAY)

    assert later.states == {K: State.EXPIRED}


def test_a_consent_that_ran_out_is_receipted_once_and_its_numbers_stand(web_login, person, keys):
    at, end = NOON + 400 * DAY, NOON + 30 * DAY
    with web_login.transaction() as tx:
        items = [registry.Given(category=K, valid_until=end)]
        grant(tx, person, consent=consent_to(items=items))
        numbered = people.consent_seq(tx, person)
        early = registry.expire(tx, by=SYSTEM, at=end - DAY, limit=10)
        done = registry.expire(tx, by=SYSTEM, at=at, limit=10)
        again = registry.expire(tx, by=SYSTEM, at=at + DAY, limit=10)

        assert (early, done, again) == (0, 1, 0)
        assert people.consent_seq(tx, person) == numbered
    claims = read_by_anybody(kept(web_login, person)[0].jws, keys)
    assert (claims["event"], claims["state"]) == ("consent.expired", State.EXPIRED.iri)


def test_a_consent_that_was_withdrawn_does_not_run_out(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
        withdraw(tx, person, at=NOON + DAY)

        assert registry.expire(tx, by=SYSTEM, at=NOON + 400 * DAY, limit=10) == 0


def test_a_blank_form_says_what_the_receipt_will(web_login, person, keys):
    with web_login.transaction() as tx:
        form = receipts.blank(tx, world.K_AGREEMENT, language="fi", at=NOON)
        none = receipts.blank(tx, world.K_AGREEMENT, language="fi", at=live.BEGINNING - DAY)
        grant(tx, person)

    claims = read_by_anybody(kept(web_login, person)[0].jws, keys)
    assert (form.notice.text, form.categories, form.max_days) == (live.TEXT.fi, (K,), 365)
    assert form.claims == {name: claims[name] for name in form.claims}
    assert none is None


def test_whoever_turned_out_to_be_another_keeps_their_receipts(owner, web_login, person):
    with owner.transaction() as tx:
        other = live.live(tx, ())
        grant(tx, other)
        tx.execute(select(func.consent.merge_person(other, person, NOON + DAY)))

    assert [receipt.person_id for receipt in kept(web_login, person)] == [other]


def test_nobody_can_change_a_receipt(owner, web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)

    with pytest.raises(Exception, match="added and never changed"), owner.transaction() as tx:
        tx.execute(queries.receipt.update().values(jws="other"))
