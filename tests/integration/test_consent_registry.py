"""The verbs of the registry, against real PostgreSQL and under the login that web processes have."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from audit import tables as log
from consent import queries, registry
from consent.decision import decide
from consent.errors import ConsentError, Fault
from consent.model import RepresentationKind
from consent.queries import current, life, people, wills
from consent.registry import By, Channel, Consent, Expressed, Given, Scope
from consent.registry.altered import altered
from consent.will import will
from db.ids import uuid7
from tests.spec import live, replay, story, world
from tests.tampering import tamper

NOON = world.moment("1.2.")
ONLINE = Expressed(channel=Channel.ONLINE)
K, SH, SR = (world.ITEMS[item].category for item in ("K", "Sh", "Sr"))
ON_K = {"agreement_id": world.K_AGREEMENT, "categories": [K]}


@pytest.fixture
def person(examples, owner):
    """Somebody R has a task for, in the world of the worked examples."""
    with owner.transaction() as tx:
        return live.live(tx, ())


def consent_to(*categories, **changed):
    return Consent(**({"items": [Given(category=category) for category in categories], "notice": live.SHOWN} | changed))


def grant(tx, person, *, at=NOON, agreement=world.K_AGREEMENT, consent=None, expressed=ONLINE, by=live.HERSELF):
    return registry.grant(
        tx,
        person_id=person,
        agreement_id=agreement,
        consent=consent or consent_to(K),
        expressed=expressed,
        by=by,
        at=at,
    )


def withdraw(tx, person, *, at, expressed=ONLINE, by=live.HERSELF):
    return registry.withdraw(tx, person_id=person, **ON_K, expressed=expressed, by=by, at=at)


def decided(database, person, *items, at=NOON, user=None):
    request = replay.request(story.Ask(items or ("K",), user=user), person)
    with database.read(snapshot=True) as read:
        facts = queries.facts(read, person_id=person, recipient=world.R)
    return [result.reason for result in decide(request, facts, at).results]


def events(owner):
    with owner.read() as read:
        bodies = read.execute(log.inbox.select().order_by(log.inbox.c.ticket)).all()
    return [json.loads(row.body) for row in bodies]


def refusal(database, act, *arguments, **named):
    with pytest.raises(ConsentError) as refused, database.transaction() as tx:
        act(tx, *arguments, **named)
    return refused.value.fault, refused.value.field


def test_a_consent_withdrawn_in_the_morning_denies_in_the_afternoon(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
    before = decided(web_login, person, at=NOON + timedelta(days=1))

    with web_login.transaction() as tx:
        withdraw(tx, person, at=NOON + timedelta(days=2))

    assert before == ["consent"]
    assert decided(web_login, person, at=NOON + timedelta(days=2)) == ["withdrawn"]


def test_a_no_counts_at_once_however_far_the_clock_of_who_signed_runs_ahead(web_login, person):
    ahead = NOON + timedelta(seconds=50)
    with web_login.transaction() as tx:
        grant(tx, person, expressed=replace(ONLINE, signed_at=ahead))

    with web_login.transaction() as tx:
        withdraw(tx, person, at=NOON, expressed=replace(ONLINE, signed_at=ahead))

    assert decided(web_login, person, at=NOON + timedelta(microseconds=1)) == ["withdrawn"]


def test_records_of_one_person_are_in_one_order_though_clocks_differ(web_login, person):
    with web_login.transaction() as tx:
        first = grant(tx, person, at=NOON)
        second = withdraw(tx, person, at=NOON - timedelta(minutes=5))

    assert first.recorded_at < second.recorded_at
    assert decided(web_login, person, at=second.recorded_at) == ["withdrawn"]


def test_every_act_numbers_the_person_anew(web_login, person):
    with web_login.transaction() as tx:
        before = people.consent_seq(tx, person)
        grant(tx, person)
        withdraw(tx, person, at=NOON + timedelta(days=1))

        assert people.consent_seq(tx, person) == before + 2


def test_an_act_and_its_event_carry_one_digest(web_login, owner, person):
    with web_login.transaction() as tx:
        record = grant(tx, person)

    last = events(owner)[-1]
    assert (last["type"], last["categories"], last["purpose"]) == ("consent.given", [K], world.TYO)
    assert last["change"] == {"digest": record.digest.hex(), "id": str(record.act_id), "table": "consent.act"}


def test_nothing_stands_when_the_event_cannot_be_written(web_login, owner, person, monkeypatch):
    monkeypatch.setattr("consent.registry.recording.record", lambda *_: 1 / 0)
    written = len(events(owner))

    with pytest.raises(ZeroDivisionError), web_login.transaction() as tx:
        grant(tx, person)

    assert decided(web_login, person) == ["no_consent"]
    assert len(events(owner)) == written


def test_a_command_given_twice_is_done_once(web_login, owner, person):
    once = replace(ONLINE, command="desk-1")
    with web_login.transaction() as tx:
        first = grant(tx, person, expressed=once)
    written = len(events(owner))

    with web_login.transaction() as tx:
        again = grant(tx, person, expressed=once, at=NOON + timedelta(hours=1))

    assert again == first
    assert len(events(owner)) == written


def test_a_commands_key_is_not_used_for_another_command(web_login, person):
    once = replace(ONLINE, command="desk-1")
    with web_login.transaction() as tx:
        grant(tx, person, expressed=once)

    assert refusal(web_login, withdraw, person, at=NOON, expressed=once) == (Fault.INVALID_FIELD, "command")


def test_what_is_kept_is_what_the_acts_come_to(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
        grant(tx, person, agreement=world.S_AGREEMENT, consent=consent_to(SH, SR))
        withdraw(tx, person, at=NOON + timedelta(days=1))

        said = wills.said(tx, person_id=person)
        assert current.wills(tx, person) == {key: will(each) for key, each in said.items()}


def test_a_withdrawal_is_recorded_even_where_nothing_was_given(web_login, person):
    with web_login.transaction() as tx:
        withdraw(tx, person, at=NOON)

    assert decided(web_login, person) == ["withdrawn"]


def test_a_request_and_its_deferral_displace_nothing(web_login, owner, person):
    with web_login.transaction() as tx:
        grant(tx, person)
        registry.request(tx, person_id=person, **ON_K, expressed=ONLINE, by=live.STEWARD, at=NOON + timedelta(days=1))
        registry.defer(tx, person_id=person, **ON_K, expressed=ONLINE, by=live.HERSELF, at=NOON + timedelta(days=2))

    assert decided(web_login, person, at=NOON + timedelta(days=3)) == ["consent"]
    assert [event["type"] for event in events(owner)][-2:] == ["consent.requested", "consent.deferred"]


def test_a_controllers_end_is_not_the_persons_no(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
        registry.revoke(tx, person_id=person, **ON_K, expressed=ONLINE, by=live.ADMIN, at=NOON + timedelta(days=1))
    ended = decided(web_login, person, at=NOON + timedelta(days=1))

    with web_login.transaction() as tx:
        grant(tx, person, at=NOON + timedelta(days=2))

    assert ended == ["revoked"]
    assert decided(web_login, person, at=NOON + timedelta(days=2)) == ["consent"]


@pytest.mark.parametrize(("office", "may"), [(world.KELA, True), (world.R, True), (world.Q, False)])
def test_a_controllers_end_is_recorded_by_a_party_to_the_agreement_alone(web_login, person, office, may):
    steward = By(user="steward-9", role="steward", office=office)
    with web_login.transaction() as tx:
        grant(tx, person)
    refused = nullcontext() if may else pytest.raises(ConsentError, match="agreement_id")

    with refused, web_login.transaction() as tx:
        registry.revoke(tx, person_id=person, **ON_K, expressed=ONLINE, by=steward, at=NOON + timedelta(days=1))

    assert decided(web_login, person, at=NOON + timedelta(days=2)) == ["revoked" if may else "consent"]


def test_why_a_controller_ended_it_is_kept_and_cannot_be_changed_unseen(web_login, owner, person):
    with web_login.transaction() as tx:
        grant(tx, person)
        done = registry.revoke(
            tx, person_id=person, **ON_K, cause="not_needed", expressed=ONLINE, by=live.ADMIN, at=NOON
        )
    with owner.read() as read:
        before = list(altered(read, since=NOON - timedelta(days=1), until=NOON + timedelta(days=1)))
        kept = life.act_of(read, act_id=done.act_id, person_id=person).cause

    tamper(
        owner.url,
        "ALTER TABLE consent.act DISABLE TRIGGER ALL",
        "UPDATE consent.act SET cause = 'misuse' WHERE cause > ''",
    )

    assert (before, kept) == ([], "not_needed")
    with owner.read() as read:
        assert list(altered(read, since=NOON - timedelta(days=1), until=NOON + timedelta(days=1))) == [done.act_id]


def test_a_consent_is_renewed_where_the_agreement_allows(web_login, person):
    nearly = NOON + timedelta(days=300)
    with web_login.transaction() as tx:
        grant(tx, person)
        registry.renew(
            tx,
            person_id=person,
            agreement_id=world.K_AGREEMENT,
            consent=consent_to(K),
            expressed=ONLINE,
            by=live.HERSELF,
            at=nearly,
        )

    assert decided(web_login, person, at=NOON + timedelta(days=400)) == ["consent"]


def test_a_pause_ends_when_it_is_ended(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
        pause = registry.suspend(
            tx, person_id=person, agreement_id=world.K_AGREEMENT, by=live.STEWARD, at=NOON + timedelta(days=1)
        )
        registry.resume(tx, suspension_id=pause, by=live.STEWARD, at=NOON + timedelta(days=3))

    assert decided(web_login, person, at=NOON + timedelta(days=2)) == ["suspended"]
    assert decided(web_login, person, at=NOON + timedelta(days=3)) == ["consent"]


def test_a_denial_given_twice_by_one_command_is_one_denial(web_login, person):
    once = {"scope": Scope(source="kela"), "expressed": replace(ONLINE, command="no-1"), "by": live.HERSELF, "at": NOON}
    with web_login.transaction() as tx:
        first = registry.deny(tx, person_id=person, **once)
        again = registry.deny(tx, person_id=person, **once)

        assert again == first


def test_a_person_lifts_their_own_denial_alone(web_login, person):
    with web_login.transaction() as tx:
        denial = registry.deny(
            tx, person_id=person, scope=Scope(), expressed=ONLINE, by=live.HERSELF, at=NOON
        ).denial_id
    by_another = replace(ONLINE, voice=uuid7(NOON))

    refused = refusal(
        web_login, registry.lift, denial_id=denial, expressed=by_another, by=live.STEWARD, at=NOON + timedelta(days=1)
    )

    assert refused == (Fault.CANNOT_ACT, "voice")


@pytest.mark.parametrize(
    ("who", "silenced", "may"),
    [
        ("said it", None, True),
        ("said it", "said it", False),
        ("other", None, False),
        ("other", "said it", True),
        ("herself", None, True),
    ],
)
def test_a_representatives_no_is_lifted_by_who_may_speak_against_it(web_login, person, who, silenced, may):
    with web_login.transaction() as tx:
        voices = {name: live.a_voice(tx, person, RepresentationKind.MANDATE, at=NOON) for name in ("said it", "other")}
        said = replace(ONLINE, voice=voices["said it"])
        no = registry.deny(tx, person_id=person, scope=Scope(), expressed=said, by=live.STEWARD, at=NOON)
        if silenced:
            registry.check(tx, representation_id=voices[silenced], allowed=False, by=live.STEWARD, at=NOON)
    lifting = replace(ONLINE, voice=voices.get(who))
    refused = nullcontext() if may else pytest.raises(ConsentError, match="voice")

    with refused, web_login.transaction() as tx:
        registry.lift(tx, denial_id=no.denial_id, expressed=lifting, by=live.STEWARD, at=NOON + timedelta(hours=1))

    with web_login.read() as read:
        (line,) = life.denials(read, person_id=person)
    assert (line.lifted_at is not None) == may


def test_a_conflict_opens_and_closes_with_its_events(web_login, owner, person):
    with web_login.transaction() as tx:
        voice = live.a_voice(tx, person, RepresentationKind.MANDATE, at=NOON)
        grant(tx, person, at=NOON + timedelta(minutes=1))
        withdraw(tx, person, at=NOON + timedelta(minutes=2), expressed=replace(ONLINE, voice=voice))
        registry.check(tx, representation_id=voice, allowed=False, by=live.STEWARD, at=NOON + timedelta(minutes=3))

    types = [event["type"] for event in events(owner)]
    assert types[-4:] == ["consent.withdrawn", "conflict.opened", "representation.checked", "conflict.closed"]


def paper(tx, person, **changed):
    told = {"agreement": world.S_AGREEMENT, "consent": consent_to(SH), "by": live.STEWARD}
    return grant(tx, person, **(told | changed))


def test_a_steward_does_not_confirm_their_own_record(web_login, person):
    with web_login.transaction() as tx:
        act = paper(tx, person).act_id

    refused = refusal(web_login, registry.confirm, act_id=act, accepted=True, by=live.STEWARD, at=NOON)

    assert refused == (Fault.SAME_STEWARD, "act_id")


def test_another_office_does_not_find_the_record(web_login, person):
    with web_login.transaction() as tx:
        act = paper(tx, person).act_id
    elsewhere = By(user="second", role="steward", office=world.Q)

    refused = refusal(web_login, registry.confirm, act_id=act, accepted=True, by=elsewhere, at=NOON)

    assert refused == (Fault.NOT_FOUND, "act_id")


def test_a_rejected_record_never_was(web_login, owner, person):
    with web_login.transaction() as tx:
        act = paper(tx, person).act_id
        registry.confirm(tx, act_id=act, accepted=False, by=live.SECOND, at=NOON + timedelta(days=1))

    assert decided(web_login, person, "Sh", at=NOON + timedelta(days=2)) == ["invalidated"]
    assert events(owner)[-1]["type"] == "consent.rejected"


def test_a_record_is_confirmed_once(web_login, person):
    with web_login.transaction() as tx:
        act = paper(tx, person).act_id
        registry.confirm(tx, act_id=act, accepted=True, by=live.SECOND, at=NOON)

    refused = refusal(web_login, registry.confirm, act_id=act, accepted=False, by=live.SECOND, at=NOON)

    assert refused == (Fault.INVALID_FIELD, "act_id")


def test_annulling_a_no_takes_two(web_login, person):
    with web_login.transaction() as tx:
        no = withdraw(tx, person, at=NOON).act_id

    refused = refusal(web_login, registry.invalidate, act_id=no, cause="error", by=live.STEWARD, at=NOON)

    assert refused == (Fault.SAME_STEWARD, "confirmed_by")


def test_annulling_twice_is_annulling_once(web_login, owner, person):
    with web_login.transaction() as tx:
        act = grant(tx, person).act_id
        registry.invalidate(tx, act_id=act, cause="error", by=live.STEWARD, at=NOON)
    written = len(events(owner))

    with web_login.transaction() as tx:
        registry.invalidate(tx, act_id=act, cause="error", by=live.STEWARD, at=NOON)

    assert len(events(owner)) == written


TOO_LONG = Given(category=K, valid_until=NOON + timedelta(days=366))
UNZONED = Given(category=K, valid_until=datetime(2026, 3, 1))  # noqa: DTZ001 - what is refused
UNZONED_DATA = Given(category=K, data_from=datetime(2026, 3, 1))  # noqa: DTZ001 - what is refused
BACKWARDS = Given(category=K, valid_until=NOON - timedelta(days=1))
NO_DATA = Given(category=K, data_from=NOON, data_until=NOON)


@pytest.mark.parametrize(
    ("changed", "fault", "field"),
    [
        ({"consent": consent_to()}, Fault.INVALID_FIELD, "items"),
        ({"consent": consent_to(K, K)}, Fault.INVALID_FIELD, "items"),
        ({"consent": consent_to(SH)}, Fault.OUTSIDE_AGREEMENT, "category"),
        ({"consent": consent_to("kela.*")}, Fault.OUTSIDE_AGREEMENT, "category"),
        ({"consent": consent_to(items=[TOO_LONG])}, Fault.BAD_PERIOD, "valid_until"),
        ({"consent": consent_to(items=[BACKWARDS])}, Fault.BAD_PERIOD, "valid_until"),
        ({"consent": consent_to(items=[NO_DATA])}, Fault.BAD_PERIOD, "data_until"),
        ({"consent": consent_to(items=[UNZONED])}, Fault.INVALID_FIELD, "valid_until"),
        ({"consent": consent_to(items=[UNZONED_DATA])}, Fault.INVALID_FIELD, "data_from"),
        ({"consent": consent_to(K, notice=live.SHOWN._replace(n=2))}, Fault.NOTICE_MISMATCH, "notice"),
        ({"consent": consent_to(K, notice=live.SHOWN._replace(language="de"))}, Fault.NOTICE_MISMATCH, "notice"),
        ({"expressed": replace(ONLINE, signed_at=NOON + timedelta(seconds=61))}, Fault.BAD_PERIOD, "signed_at"),
        ({"expressed": replace(ONLINE, signed_at=NOON.replace(tzinfo=None))}, Fault.INVALID_FIELD, "signed_at"),
        ({"at": NOON.replace(tzinfo=None)}, Fault.INVALID_FIELD, "at"),
        ({"at": world.moment("1.2.2028")}, Fault.NOT_GRANTABLE, "agreement_id"),
        ({"agreement": uuid7(NOON)}, Fault.NOT_FOUND, "agreement_id"),
        ({"expressed": replace(ONLINE, voice=uuid7(NOON))}, Fault.CANNOT_ACT, "voice"),
    ],
)
def test_a_grant_that_cannot_be_is_refused_with_its_field(web_login, person, changed, fault, field):
    assert refusal(web_login, grant, person, **changed) == (fault, field)
    assert decided(web_login, person) == ["no_consent"]


@pytest.mark.parametrize(
    ("scope", "fault", "field"),
    [
        (Scope(source="kella"), Fault.INVALID_FIELD, "source"),
        (Scope(category="kela.*"), Fault.INVALID_FIELD, "category"),
        (Scope(source="te", category=K), Fault.INVALID_FIELD, "category"),
        (Scope(purpose="TREAT"), Fault.INVALID_FIELD, "purpose"),
        (Scope(controller="0246246-1"), Fault.INVALID_FIELD, "controller"),
        (Scope(recipient="R"), Fault.INVALID_FIELD, "recipient"),
        (Scope(data_from=NOON.replace(tzinfo=None)), Fault.INVALID_FIELD, "data_from"),
        (Scope(data_from=NOON, data_until=NOON), Fault.BAD_PERIOD, "data_until"),
    ],
)
def test_a_no_that_could_match_nothing_is_refused_for_nobody_could_rely_on_it(web_login, person, scope, fault, field):
    told = {"person_id": person, "scope": scope, "expressed": ONLINE, "by": live.HERSELF, "at": NOON}

    assert refusal(web_login, registry.deny, **told) == (fault, field)


def test_nobody_can_act_for_somebody_unknown(web_login, person):
    assert refusal(web_login, grant, uuid7(NOON)) == (Fault.NOT_FOUND, "person_id")


def test_the_dead_grant_nothing(web_login, owner, person):
    with owner.transaction() as tx:
        live.learn(tx, person, "deceased", "true", from_at=NOON)

    assert refusal(web_login, grant, person) == (Fault.NOT_GRANTABLE, "person_id")


def test_a_minor_grants_alone_only_when_found_competent(examples, web_login, owner):
    with owner.transaction() as tx:
        minor = live.live(tx, (story.Born("1.1.2011"),))

    assert refusal(web_login, grant, minor) == (Fault.CANNOT_ACT, "voice")
    with web_login.transaction() as tx:
        grant(tx, minor, consent=consent_to(K, competence_note="understands what it is about"))
    assert decided(web_login, minor) == ["consent"]


def test_a_note_stays_out_of_the_entry(web_login, owner, person):
    with web_login.transaction() as tx:
        grant(tx, person, consent=consent_to(K, competence_note="understands what it is about"))

    assert "understands" not in json.dumps(events(owner))


def test_what_was_decided_live_is_what_is_decided_as_known_then(web_login, person):
    days = [NOON + timedelta(days=n) for n in range(5)]
    acts = [grant, withdraw, grant, withdraw]
    live_then = []
    for day, act in zip(days, acts, strict=False):
        with web_login.transaction() as tx:
            act(tx, person, at=day)
        live_then.append(decided(web_login, person, at=day))

    with web_login.read() as read:
        facts = [queries.facts(read, person_id=person, recipient=world.R, known_at=day) for day in days[:4]]
    request = replay.request(story.Ask(("K",)), person)
    as_known = [
        [result.reason for result in decide(request, each, day).results] for each, day in zip(facts, days, strict=False)
    ]
    assert as_known == live_then == [["consent"], ["withdrawn"], ["consent"], ["withdrawn"]]


def test_nobody_is_known_before_they_were_learnt(web_login, person):
    with web_login.read() as read:
        before = world.moment("31.12.2025")
        facts = queries.facts(read, person_id=person, recipient=world.R, known_at=before)

    assert facts.person is None
