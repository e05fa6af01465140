"""Events as AuditEvents, held against FHIR R4 and the two profiles of IHE BALP 1.1.4 as their definitions are written."""

import json

import pytest

from audit import entry
from audit.envelope import enclose
from audit.events import Actor, ConsentRef, EventType, Outcome
from audit.fhir import lines
from audit.queries.search import Found
from db.ids import uuid7
from db.keys import Keyring
from tests.logs import AT, a_disclosure, an_event

KEYRING = Keyring.for_tests()
BALP = "https://profiles.ihe.net/ITI/BALP"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
DISCLOSURE = f"{BALP}/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source"
DECISION = f"{BALP}/StructureDefinition/IHE.BasicAudit.AuthZconsent"
PERSON = ("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1")
CONSENT = ("http://hl7.org/fhir/resource-types", "Consent")
CONTROLLERS = ("3221331-8", "2296962-1")
A_CONSENT = ConsentRef(act=uuid7(AT), digest="0a" * 32, state="given")


def written(event):
    """The event as it leaves, from its place in the log."""
    (line,) = lines([found(event)])
    return json.loads(line)


def found(event):
    members = entry.read(enclose(event, KEYRING).body) | {"seq_t": entry.moment(AT), "person_n": 1}
    return Found(2026, 12, event.id, AT, entry.canonical(members))


def a_read(**given):
    return a_disclosure(controllers=CONTROLLERS, consents=(A_CONSENT,), **given).event


def a_decision(**given):
    return a_read(type=EventType.QUERY_DECIDED, **given)


def coded(node):
    return (node["system"], node["code"])


def agents(told, system, code):
    return [each for each in told["agent"] if (system, code) in map(coded, each["type"]["coding"])]


def entities(told, type_):
    return [each for each in told["entity"] if coded(each["type"]) == type_]


@pytest.mark.parametrize(
    "event",
    [
        a_read(),
        a_decision(),
        a_disclosure(
            type=EventType.DISCLOSURE_PAGE, person_id=None, categories=(), withheld=(), decision=None, decided=False
        ).event,
        an_event(),
        an_event(type=EventType.HEARTBEAT, actor=Actor(system="sequencer"), person_id=None),
        an_event(type=EventType.LOG_READ),
    ],
    ids=lambda event: event.type.value,
)
def test_every_event_has_what_the_resource_itself_requires(event):
    told = written(event)

    assert told["resourceType"] == "AuditEvent"
    assert all(told[each] for each in ("type", "recorded", "agent", "source"))
    assert told["source"]["observer"]
    assert [each["requestor"] for each in told["agent"]].count(True) == 1
    assert told["action"] in "CRUDE"
    assert told.get("entity") != []


def test_a_disclosure_is_of_the_profile_of_a_disclosing_source():
    told = written(a_read())

    assert told["meta"]["profile"] == [DISCLOSURE]
    assert (coded(told["type"]), told["action"], told["outcome"]) == ((DCM, "110106"), "R", "0")
    assert ("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose") in map(coded, told["subtype"])
    assert told["purposeOfEvent"]
    (source,), (recipient,) = agents(told, DCM, "110153"), agents(told, DCM, "110152")
    assert source["who"] == told["source"]["observer"]
    assert all(each["network"]["address"] and each["network"]["type"] for each in (source, recipient))
    assert recipient["who"]["identifier"]["value"] == "0166906-4"
    custodians = agents(told, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "CST")
    assert tuple(each["who"]["identifier"]["value"] for each in custodians) == CONTROLLERS
    (person,) = entities(told, PERSON)
    assert (person["what"]["type"], person["role"]["code"]) == ("Patient", "1")
    assert len(told["entity"]) >= 2
    (data,) = entities(told, (PERSON[0], "2"))
    assert {"type": "dataClass", "valueString": "kela.vireillaolo"} in data["detail"]
    assert {"type": "dataClassWithheld", "valueString": "sote.terveystarkastus-tehty"} in data["detail"]


def test_a_decision_is_of_the_profile_of_an_authorization_by_consent_and_names_nothing_beside_it():
    told = written(a_decision())

    assert told["meta"]["profile"] == [DECISION]
    assert (coded(told["type"]), told["action"]) == ((DCM, "110113"), "E")
    assert list(map(coded, told["subtype"])) == [(f"{BALP}/CodeSystem/AuthZsubType", "AuthZ-Consent")]
    (client,) = agents(told, DCM, "110150")
    (user,) = agents(told, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")
    (organisation,) = agents(told, "http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV")
    (authorizer,) = agents(told, "http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver")
    assert client["network"]["address"]
    assert authorizer["who"] == told["source"]["observer"]
    assert (user["requestor"], organisation["requestor"], authorizer["requestor"]) == (True, False, False)
    assert not any("network" in each for each in (user, organisation, authorizer))
    assert {coded(each["type"]) for each in told["entity"]} == {PERSON, CONSENT}
    assert entities(told, CONSENT)[0]["what"]["reference"] == f"Consent/{A_CONSENT.act}"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.PERMIT, "0"), (Outcome.PARTIAL, "0"), (Outcome.DENY, "8"), (Outcome.ERROR, "12")],
)
def test_the_outcome_is_told_in_the_codes_of_the_resource(outcome, code):
    assert written(a_read(outcome=outcome))["outcome"] == code


def test_a_profile_is_claimed_by_nothing_that_lacks_what_it_asks_for():
    by_law = a_disclosure(type=EventType.QUERY_DECIDED).event
    page = a_disclosure(type=EventType.DISCLOSURE_PAGE, person_id=None, decided=False).event

    assert all("meta" not in written(each) for each in (by_law, page))


def test_nobody_is_named_but_by_pseudonym():
    event = a_read()
    told = str(written(event))

    assert str(event.person_id) not in told
    assert "w-17" not in told


def test_each_event_is_written_before_the_next_is_found():
    def coming():
        yield found(a_read())
        raise LookupError

    written_as_found = lines(coming())

    assert json.loads(next(written_as_found))["resourceType"] == "AuditEvent"
    with pytest.raises(LookupError):
        next(written_as_found)
