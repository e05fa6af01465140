"""An event made ready: what stands in its body, what only in its encrypted detail, and what is refused."""

import dataclasses
import hmac
import json
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from audit import details
from audit.envelope import enclose
from audit.errors import EventRejected
from audit.events import (
    Actor,
    ChangeRef,
    ConsentRef,
    EventType,
    Period,
    RequestRef,
    Result,
    RetentionClass,
    RunRef,
    XRoadRef,
)
from db.ids import uuid7
from db.keys import Keyring
from tests.logs import AT, PERSON, a_disclosure, an_event

KEYRING = Keyring.for_tests()


def body_of(event):
    return json.loads(enclose(event, KEYRING).body)


def detail_of(event):
    envelope = enclose(event, KEYRING)
    return json.loads(details.decrypted(KEYRING, event.id, envelope.box))


def test_only_pseudonyms_of_person_worker_and_case_stand_in_the_body():
    event = a_disclosure().event

    body = enclose(event, KEYRING).body.decode()

    assert str(PERSON) not in body
    assert "w-17" not in body
    assert "K-1" not in body
    assert len(json.loads(body)["person"]) == len(json.loads(body)["actor"]["user"]) == 32


def test_what_can_identify_lies_in_the_detail():
    event = dataclasses.replace(a_disclosure().event, text="asked\nby phone", records=("te.plan.1", "kela.2"))

    detail = detail_of(event)

    assert detail.pop("salt")
    assert detail == {
        "person_id": str(PERSON),
        "user": "w-17",
        "case": "K-1",
        "records": ["te.plan.1", "kela.2"],
        "text": "asked\nby phone",
    }


def test_the_entry_commits_to_its_detail():
    event = a_disclosure().event
    envelope = enclose(event, KEYRING)

    plaintext = details.decrypted(KEYRING, event.id, envelope.box)

    assert json.loads(envelope.body)["detail"] == details.commitment_of(plaintext)


def test_a_person_has_one_pseudonym_a_class_and_year():
    def person(**given):
        return body_of(an_event(**given))["person"]

    assert person() == person()
    assert person() != person(retention=RetentionClass.SOTE)
    assert person() != person(at=datetime(2027, 6, 1, tzinfo=UTC))


def test_what_left_is_told_by_length_and_by_a_digest_under_the_event_s_own_salt():
    event = an_event(result=Result(count=2, body=b"the sections"))
    salt = bytes.fromhex(detail_of(event)["salt"])

    result = body_of(event)["result"]

    assert result == {"count": 2, "bytes": 12, "digest": hmac.digest(salt, b"the sections", "sha256").hex()}
    assert result["digest"] != body_of(an_event(result=Result(count=2, body=b"the sections")))["result"]["digest"]


def test_the_same_event_again_has_the_same_body():
    event = a_disclosure().event

    assert enclose(event, KEYRING).body == enclose(event, KEYRING).body


def test_an_event_about_nobody_has_no_detail():
    event = an_event(person_id=None, type=EventType.VIEW_PUBLISHED, actor=Actor(system="publish"))

    assert enclose(event, KEYRING).box is None


def test_every_member_is_written_as_the_document_has_it():
    represented = PERSON
    event = an_event(
        type=EventType.SOURCE_FETCHED,
        actor=Actor(system="connectors", on_behalf=represented),
        change=ChangeRef(table="staging.batch", id="17", digest="ab" * 32),
        request=RequestRef(
            route="GET /x",
            trust="xroad",
            params={"since": None},
            jti="j",
            key="k",
            xroad=XRoadRef(id="1", request_id="2"),
        ),
        result=Result(digest="cd" * 32, first=0, last=9, counts={"accepted": 3, "quarantined": 0}),
        run=RunRef(dag="pull_te", run="r", task="land", attempt=2),
        period=Period(start=date(2026, 1, 1), end=AT),
        ref=PERSON,
        purpose="TYO-380-2023",
        trace="4b",
    )

    body = body_of(event)

    assert set(body["actor"]) == {"system", "for"}
    assert body["change"] == {"table": "staging.batch", "id": "17", "digest": "ab" * 32}
    assert body["request"]["xroad"] == {"id": "1", "request_id": "2"}
    assert set(body["request"]) == {"route", "trust", "params", "jti", "key", "xroad"}
    assert body["result"] == {"digest": "cd" * 32, "from": 0, "to": 9, "accepted": 3, "quarantined": 0}
    assert body["run"] == {"dag": "pull_te", "run": "r", "task": "land", "try": 2}
    assert body["period"] == {"from": "2026-01-01", "until": "2026-06-01T09:00:00.000000Z"}
    assert (body["ref"], body["purpose"], body["trace"], body["v"]) == (str(PERSON), "TYO-380-2023", "4b", 1)


def test_what_was_decided_on_moves_into_the_detail_when_the_entry_would_grow_too_long():
    def decided_on(number):
        acts = tuple(ConsentRef(act=uuid7(AT), digest="ab" * 32, state="given") for _ in range(number))
        return dataclasses.replace(a_disclosure().event, consents=acts)

    few, many = decided_on(3), decided_on(40)

    assert len(body_of(few)["consents"]) == 3
    assert "refs" not in body_of(few)
    assert body_of(many)["refs"]["count"] == 40
    assert "consents" not in body_of(many)
    assert len(detail_of(many)["consents"]) == 40
    assert len(enclose(many, KEYRING).body) < 4_096


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"actor": Actor()}, "must name actor"),
        ({"person_id": None}, "must name person"),
        ({"type": EventType.CONSENT_GIVEN}, "must name categories, change"),
        ({"purpose": "120384-9128"}, "identity code"),
        ({"trace": "someone@example.org"}, "e-mail"),
        ({"purpose": ""}, "holds nothing"),
        ({"purpose": "a\nb"}, "control character"),
        ({"categories": tuple(f"te.{n}" for n in range(900))}, "longer than"),
        ({"text": "x" * 70_000}, "detail of the event is longer"),
        ({"text": "\ud800"}, "JSON cannot"),
        ({"result": Result(count=2**53)}, "beyond"),
        ({"at": datetime(2026, 6, 1)}, "no time zone"),  # noqa: DTZ001 - the point of the test
    ],
)
def test_what_is_out_of_form_is_refused(given, told):
    with pytest.raises(EventRejected, match=told):
        enclose(an_event(**given), KEYRING)


def test_a_commitment_is_the_hash_of_salt_and_plaintext():
    assert details.commitment(b"salt", b"plain") == sha256(b"saltplain").hexdigest()


def test_events_of_one_person_class_and_year_share_a_detail_key_and_others_do_not():
    def key(**given):
        return enclose(an_event(**given), KEYRING).box.key_id

    assert key() == key()
    assert len({key(), key(retention=RetentionClass.SOTE), key(at=datetime(2027, 6, 1, tzinfo=UTC))}) == 3
