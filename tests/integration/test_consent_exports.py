"""Consents in the forms of others, each held against its standard, and taken in again."""

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from fhir.resources.R4B.consent import Consent as FhirConsent

from consent import exports, queries, registry, terms
from consent.decision import decide
from consent.errors import Fault
from consent.exports import PartyNotDescribed
from consent.model import Change, RepresentationKind
from consent.queries import recorded
from consent.receipts.parties import Card
from consent.receipts.states import State
from consent.registry import By, Channel, Expressed, Given, Scope
from publish import importing
from publish.importing import Outcome
from schemas.vocabulary import Reason, Text
from tests.integration.test_consent_registry import NOON, ONLINE, SH, SR, K, consent_to, grant, withdraw
from tests.spec import live, replay, story, world

DAY = timedelta(days=1)
DESK = By(user="importer", role="steward", office=world.R)


@pytest.fixture
def person(examples, owner):
    with owner.transaction() as tx:
        return live.live(tx, ())


def described(owner, *parties):
    with owner.transaction() as tx:
        for party in parties:
            card = Card(
                id=party,
                name=Text("Nimi", "Namn", "Name"),
                email="kirjaamo@example.fi",
                street="Katu 1",
                postcode="57100",
                town="Savonlinna",
            )
            terms.describe(tx, card, by=live.ADMIN, at=live.BEGINNING)


def record(database, person, agreement=world.K_AGREEMENT):
    with database.read() as read:
        return exports.record(read, person_id=person, agreement_id=agreement)


def fhir_of(database, person, *, at=NOON + 9 * DAY):
    with database.read() as read:
        return exports.consents(read, person_id=person, at=at)


def take(database, consents, person, *, at, by=DESK):
    with database.transaction() as tx:
        return importing.take_consents(tx, consents, find=lambda _: person, by=by, at=at)


def decided(database, person, ask, at):
    request = replay.request(ask, person)
    with database.read(snapshot=True) as read:
        facts = queries.facts(read, person_id=person, recipient=replay.RECIPIENTS[ask.recipient])
    decision = decide(request, facts, at)
    return [(result.permitted, result.reason, result.periods) for result in decision.results]


def lacking(told, tables):
    """Name the mandatory fields of the standard that a record does not carry."""
    places = {
        "record_metadata": [told],
        "notice": [told, *told["dpv:hasNotice"]],
        "processing": [told, *told["dpv:hasProcess"]],
        # A party's role is the property that names it, in the record or in its process.
        "party": [
            told,
            *told["dpv:hasProcess"],
            *told["dpv:hasEntity"],
            *(party["schema:contactPoint"] for party in told["dpv:hasEntity"]),
        ],
        "event": told["dpv:hasConsentStatus"],
    }
    return [
        (table, row["field"])
        for table, nodes in places.items()
        for row in tables[table]
        if row["cardinality"].startswith("1")
        and not any(name.strip() in node for node in nodes for name in row["dpv_property"].split(","))
    ]


@pytest.fixture(scope="module")
def tables(reference):
    return json.loads((reference / "consent/dpv-27560/cardinality.json").read_text())["tables"]


@pytest.mark.reference
def test_a_27560_record_carries_every_mandatory_field(web_login, owner, person, tables):
    described(owner, world.KELA, world.R)
    with web_login.transaction() as tx:
        grant(tx, person)
        withdraw(tx, person, at=NOON + DAY)

    assert lacking(record(web_login, person), tables) == []


@pytest.mark.reference
def test_a_record_that_lacks_a_field_is_found_out(web_login, owner, person, tables):
    described(owner, world.KELA, world.R)
    with web_login.transaction() as tx:
        grant(tx, person)
    told = record(web_login, person)

    for name in ("dct:conformsTo", "dpv:hasIdentifier", "dpv:hasDataSubject"):
        assert lacking({key: value for key, value in told.items() if key != name}, tables) != [], name


@pytest.mark.reference
@pytest.mark.parametrize("seed", range(25))
def test_every_export_of_a_drawn_life_is_whole_and_valid(web_login, owner, person, tables, seed):
    described(owner, world.KELA, world.R)
    with owner.transaction() as tx:
        a_life(tx, person, seed)
    told = record(web_login, person)

    for consent in fhir_of(web_login, person):
        FhirConsent.model_validate(consent)
    assert told is None or lacking(told, tables) == []


@pytest.mark.reference
def test_every_state_of_a_record_is_one_of_dpv(web_login, owner, person, reference):
    described(owner, world.KELA, world.R)
    with web_login.transaction() as tx:
        grant(tx, person)
        withdraw(tx, person, at=NOON + DAY)
    terms_ = (reference / "consent/dpv-27560/consent_status.csv").read_text()

    states = [event["dpv:hasConsentStatus"] for event in record(web_login, person)["dpv:hasConsentStatus"]]

    assert states == [State.GIVEN.iri, State.WITHDRAWN.iri]
    assert all(f'"{state.iri}"' in terms_ for state in State)


def test_every_party_of_a_record_is_reached(web_login, owner, person):
    described(owner, world.KELA, world.R)
    with web_login.transaction() as tx:
        grant(tx, person)

    parties = record(web_login, person)["dpv:hasEntity"]

    assert [party["@type"] for party in parties] == ["dpv:DataController", "dpv:ThirdParty", "dpv:Authority"]
    assert all(party["schema:contactPoint"]["schema:address"]["schema:streetAddress"] for party in parties)


def test_a_record_that_would_lack_a_mandatory_field_is_not_made(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)

    with pytest.raises(PartyNotDescribed):
        record(web_login, person)


def test_nobody_who_said_nothing_has_a_record(web_login, person):
    assert record(web_login, person) is None


@pytest.mark.parametrize(
    ("verb", "status", "rule"),
    [("refuse", "rejected", "deny"), ("withdraw", "inactive", "deny"), ("revoke", "inactive", "deny")],
)
def test_a_no_is_a_valid_fhir_consent_that_denies(web_login, person, verb, status, rule):
    on_k = {"person_id": person, "agreement_id": world.K_AGREEMENT, "categories": [K]}
    with web_login.transaction() as tx:
        getattr(registry, verb)(tx, **on_k, expressed=ONLINE, by=live.HERSELF, at=NOON)

    (told,) = fhir_of(web_login, person)

    assert FhirConsent.model_validate(told).status == status
    assert told["provision"]["type"] == rule


def test_a_yes_is_a_valid_fhir_consent_of_the_shape_agreed(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)

    (told,) = fhir_of(web_login, person)

    assert FhirConsent.model_validate(told).status == "active"
    assert told["provision"]["class"] == [{"system": "urn:luukku:data-class", "code": K}]
    assert told["provision"]["actor"][0]["reference"]["identifier"]["value"] == world.R
    assert str(person) not in json.dumps(told)


def test_categories_of_different_times_are_exceptions_from_a_deny(web_login, person):
    items = [Given(category=SR), Given(category=SH, valid_until=NOON + 10 * DAY)]
    with web_login.transaction() as tx:
        grant(tx, person, agreement=world.S_AGREEMENT, consent=consent_to(items=items))

    (told,) = fhir_of(web_login, person)

    FhirConsent.model_validate(told)
    assert told["provision"]["type"] == "deny"
    assert [part["class"][0]["code"] for part in told["provision"]["provision"]] == sorted([SR, SH])


def test_an_error_is_exported_as_one_and_not_taken_in(web_login, owner, person):
    with web_login.transaction() as tx:
        act = grant(tx, person)
        registry.invalidate(tx, act_id=act.act_id, cause="wrong_person", by=live.STEWARD, at=NOON + DAY)

    told = fhir_of(web_login, person)
    (answer,) = take(web_login, told, person, at=NOON + 2 * DAY)

    assert told[0]["status"] == "entered-in-error"
    assert (answer.outcome, answer.field) == (Outcome.REFUSED, "status")


def a_life(tx, person, seed):
    """Something said, at random."""
    chance = random.Random(seed)
    for step in range(chance.randint(1, 6)):
        at = NOON + step * DAY
        match chance.choice(("grant", "withdraw", "refuse", "deny", "revoke")):
            case "grant":
                until = chance.choice((None, at + 30 * DAY))
                data_from = chance.choice((None, NOON - 40 * DAY))
                items = [Given(category=K, valid_until=until, data_from=data_from)]
                grant(tx, person, at=at, consent=consent_to(items=items))
            case "deny":
                scope = Scope(source=chance.choice(("kela", "te", "sote")), recipient=chance.choice((None, world.R)))
                registry.deny(tx, person_id=person, scope=scope, expressed=ONLINE, by=live.HERSELF, at=at)
            case verb:
                on_k = {"person_id": person, "agreement_id": world.K_AGREEMENT, "categories": [K]}
                getattr(registry, verb)(tx, **on_k, expressed=ONLINE, by=live.HERSELF, at=at)


@pytest.mark.parametrize("seed", range(25))
def test_an_imported_export_decides_alike(web_login, owner, person, seed):
    with owner.transaction() as tx:
        twin = live.live(tx, ())
        a_life(tx, person, seed)
    told = [json.loads(json.dumps(each)) for each in fhir_of(web_login, person)]
    imported_at = NOON + 10 * DAY

    answers = take(web_login, told, twin, at=imported_at)

    assert [answer.outcome for answer in answers] == [Outcome.RECORDED] * len(told)
    for days in (11, 25, 60, 400):
        at = NOON + days * DAY
        for ask in (story.Ask(("K",)), story.Ask(("M",)), story.Ask(("Sh",)), story.Ask(("K",), data=("1.1.", "1.6."))):
            assert decided(web_login, twin, ask, at) == decided(web_login, person, ask, at)


def test_the_same_consent_is_taken_in_once(web_login, owner, person):
    with owner.transaction() as tx:
        twin = live.live(tx, ())
        grant(tx, person)
    told = fhir_of(web_login, person)

    first = take(web_login, told, twin, at=NOON + DAY)
    again = take(web_login, told, twin, at=NOON + 2 * DAY)

    assert first == again
    with web_login.read() as read:
        assert len(recorded.acts_of(read, twin)) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"resourceType": "Patient"}, "resourceType"),
        ({"dateTime": "yesterday"}, "dateTime"),
        ({"dateTime": "2026-02-01T12:00:00"}, "dateTime"),
        ({"patient": None}, "patient"),
        ({"extension": []}, "extension.agreement"),
        ({"provision": None}, "provision"),
        ({"id": ""}, "id"),
    ],
)
def test_a_consent_that_cannot_be_held_is_refused_by_its_field_and_the_others_are_taken(
    web_login, owner, person, changed, field
):
    with owner.transaction() as tx:
        twin = live.live(tx, ())
        grant(tx, person)
    (good,) = fhir_of(web_login, person)

    answers = take(web_login, [good | changed, good], twin, at=NOON + DAY)

    assert [(answer.number, answer.outcome, answer.field) for answer in answers] == [
        (1, Outcome.REFUSED, field),
        (2, Outcome.RECORDED, None),
    ]


CLASS = [{"system": "urn:luukku:data-class", "code": K}]
DENIAL = [{"url": "urn:luukku:consent:kind", "valueCode": "denial"}]
Q_AS_ACTOR = [{"reference": {"identifier": {"system": "urn:oid:1.2.246.10", "value": world.Q}}}]
FOREIGN_PURPOSE = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": "a\0b"}, "id"),
        ({"id": "a\ud800b"}, "id"),
        ({"dateTime": "0001-01-01"}, "dateTime"),
        ({"dateTime": "9999-12-31T23:59:59.999999Z"}, "dateTime"),
        ({"extension": "x"}, "extension"),
        ({"modifierExtension": [{"url": "urn:other:not"}]}, "modifierExtension"),
        ({"provision": {"type": "permit", "class": CLASS, "period": "x"}}, "period"),
        ({"provision": {"type": "permit", "class": CLASS, "period": {"end": "9999-12-31"}}}, "provision.period.end"),
        ({"provision": {"type": "permit", "class": CLASS, "dataPeriod": [1]}}, "dataPeriod"),
        ({"provision": {"type": "permit", "class": CLASS, "provision": ["x"]}}, "provision"),
        ({"provision": {"type": "deny", "class": CLASS}}, "provision.type"),
        ({"provision": {"type": "permit", "class": CLASS, "actor": Q_AS_ACTOR}}, "provision.actor"),
        ({"provision": {"type": "permit", "class": CLASS, "purpose": FOREIGN_PURPOSE}}, "provision.purpose"),
        ({"provision": {"type": "permit", "class": CLASS, "securityLabel": []}}, "provision.securityLabel"),
        ({"provision": {"type": "permit", "class": [*CLASS, {"system": "x", "code": "y"}]}}, "provision.class"),
        ({"provision": {"type": "permit", "provision": [{"type": "deny", "class": CLASS}]}}, "provision.type"),
        ({"provision": {"type": "deny", "provision": [{"type": "deny", "class": CLASS}]}}, "provision.type"),
        ({"extension": DENIAL, "provision": {"type": "permit"}}, "provision.type"),
        ({"extension": DENIAL, "provision": {"type": "deny", "purpose": FOREIGN_PURPOSE}}, "provision.purpose"),
        ({"extension": DENIAL, "provision": {"type": "deny", "period": {"end": "2026-06-01"}}}, "provision.period.end"),
        (
            {
                "extension": DENIAL,
                "provision": {"type": "deny", "class": [{"system": "urn:luukku:source", "code": "x"}]},
            },
            "provision.class",
        ),
    ],
)
def test_what_would_be_bent_or_breaks_the_file_is_refused_by_its_member_alone(web_login, owner, person, changed, field):
    with owner.transaction() as tx:
        twin = live.live(tx, ())
        grant(tx, person)
    (good,) = fhir_of(web_login, person)

    answers = take(web_login, [good | changed, good | {"id": "another"}], twin, at=NOON + DAY)

    assert [(answer.outcome, answer.field) for answer in answers] == [
        (Outcome.REFUSED, field),
        (Outcome.RECORDED, None),
    ]


def test_nothing_is_taken_in_under_an_agreement_of_another_office(web_login, owner, person):
    with owner.transaction() as tx:
        twin = live.live(tx, ())
        grant(tx, person)

    (answer,) = take(web_login, fhir_of(web_login, person), twin, at=NOON + DAY, by=replace(DESK, office=world.Q))

    assert (answer.outcome, answer.field, answer.fault) == (Outcome.REFUSED, "extension.agreement", Fault.NOT_FOUND)


def test_a_yes_beside_a_representatives_no_that_cannot_be_held_is_not_taken_in(web_login, owner, person):
    with owner.transaction() as tx:
        twin = live.live(tx, ())
        grant(tx, person)
        guardian = a_guardian(tx, person)
        spoken = Expressed(channel=Channel.ONLINE, voice=guardian)
        on_k = {"person_id": person, "agreement_id": world.K_AGREEMENT, "categories": [K]}
        registry.refuse(tx, **on_k, expressed=spoken, by=live.HERSELF, at=NOON + 2 * DAY)

    answers = take(web_login, fhir_of(web_login, person), twin, at=NOON + 3 * DAY)

    assert [(answer.field, answer.fault) for answer in answers] == [
        ("extension.agreement", Fault.NOT_GRANTABLE),
        ("extension.representative", Fault.CANNOT_ACT),
    ]
    assert not decided(web_login, twin, story.Ask(("K",)), NOON + 4 * DAY)[0][0]


def a_guardian(tx, person):
    """The voice of a legal guardian whose authority was just confirmed."""
    return live.a_voice(tx, person, RepresentationKind.LEGAL_GUARDIAN, at=NOON + DAY)


def test_a_pause_is_exported_and_taken_in_once(web_login, owner, person):
    with owner.transaction() as tx:
        twin = live.live(tx, ())
        grant(tx, person)
        registry.suspend(tx, person_id=person, agreement_id=world.K_AGREEMENT, by=live.STEWARD, at=NOON + DAY)
    told = fhir_of(web_login, person)
    for consent in told:
        FhirConsent.model_validate(consent)

    answers = take(web_login, told, twin, at=NOON + 10 * DAY)

    assert [answer.outcome for answer in answers] == [Outcome.RECORDED] * 2
    assert take(web_login, told, twin, at=NOON + 11 * DAY) == answers
    at, ask = NOON + 12 * DAY, story.Ask(("K",))
    assert decided(web_login, twin, ask, at) == decided(web_login, person, ask, at) == [(False, Reason.SUSPENDED, ())]


def test_a_pause_that_is_over_is_past_and_not_taken_in(web_login, owner, person):
    with owner.transaction() as tx:
        pause = registry.suspend(tx, person_id=person, agreement_id=world.K_AGREEMENT, by=live.STEWARD, at=NOON)
        registry.resume(tx, suspension_id=pause, by=live.STEWARD, at=NOON + DAY)

    (told,) = fhir_of(web_login, person)
    (answer,) = take(web_login, [told], person, at=NOON + 2 * DAY)

    assert (told["status"], answer.field) == ("inactive", "status")


def statuses(database, person, *, at):
    return [told["status"] for told in fhir_of(database, person, at=at)]


def test_a_yes_is_active_only_while_a_consent_stands_on_it(web_login, person):
    until = consent_to(items=[Given(category=K, valid_until=NOON + 30 * DAY)])
    later = consent_to(items=[Given(category=K)], effective_from=NOON + 40 * DAY)
    with web_login.transaction() as tx:
        grant(tx, person, consent=until)
        grant(tx, person, at=NOON + DAY, consent=later)

    assert statuses(web_login, person, at=NOON + 2 * DAY) == ["active", "active"]
    assert statuses(web_login, person, at=NOON + 35 * DAY) == ["inactive", "active"]

    with web_login.transaction() as tx:
        withdraw(tx, person, at=NOON + 36 * DAY)

    assert statuses(web_login, person, at=NOON + 37 * DAY) == ["inactive", "inactive", "inactive"]


def test_a_text_that_ended_a_consent_ends_its_record_for_others_too(web_login, owner, person):
    with owner.transaction() as tx:
        grant(tx, person)
        terms.announce(tx, another_text(grace_until=NOON + 10 * DAY), by=live.ADMIN, at=NOON + DAY)

    assert statuses(web_login, person, at=NOON + 9 * DAY) == ["active"]
    assert statuses(web_login, person, at=NOON + 10 * DAY) == ["inactive"]


def another_text(**changed):
    return terms.NoticeText(
        agreement_id=world.K_AGREEMENT,
        n=2,
        text=Text("Uusi.", "Ny.", "New."),
        change=Change.MATERIAL,
        published_at=NOON + DAY,
        approved_by=live.TWO,
        **changed,
    )


def test_a_pseudonym_of_ours_leads_back_to_its_person(web_login, person):
    with web_login.transaction() as tx:
        grant(tx, person)
    (told,) = fhir_of(web_login, person)

    with web_login.read() as read:
        found = recorded.subject(read, live.UUID(told["patient"]["reference"].removeprefix("Patient/")))

    assert found == person
