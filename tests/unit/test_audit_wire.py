"""Calls and answers as they travel."""

import json
from functools import reduce

import msgspec
import pytest

from audit import wire
from audit.disclosure import Sealed, Spend
from audit.errors import EventRejected, Replayed, Stale, Unanswered
from audit.pseudonyms import pseudonym
from db.keys import Keyring
from tests.logs import PERSON, a_disclosure, a_guard

KEYRING = Keyring.for_tests()


def a_call(**given):
    return wire.call(a_disclosure(**given), KEYRING)


def test_a_call_arrives_as_it_was_sent():
    sent = a_call(guard=a_guard(), spend=[Spend(key="k", jti="ä")])

    assert wire.read_call(wire.write_call(sent)) == sent


def test_a_call_without_anything_beside_its_event_arrives_as_it_was_sent():
    sent = a_call(decided=False)

    assert wire.read_call(wire.write_call(sent)) == sent


def test_a_call_names_its_person_in_every_class():
    sent = a_call()

    kin = sent.kin_in_hex()
    assert pseudonym(KEYRING, 2026, "sote", "person", str(PERSON)) in kin
    assert len(set(kin)) == len(kin) == 5


@pytest.mark.parametrize("payload", [b"", b"[]", b"\x80", b"\xff", wire.write_call(a_call())[:-1]])
def test_what_is_no_call_is_refused(payload):
    with pytest.raises(EventRejected):
        wire.read_call(payload)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("body",), 7),
        (("box",), ["x"]),
        (("box", "key_id"), b"short"),
        (("guard", "consent_seq"), "1"),
        (("spend",), [{"key": "k"}]),
        (("kin",), b"not pseudonyms"),
        (("decision",), 7),
        (("decision",), "not JSON"),
        (("decision",), "[]"),
    ],
)
def test_a_call_with_a_member_that_is_none_is_refused(path, value):
    document = msgspec.msgpack.decode(wire.write_call(a_call(guard=a_guard())))
    (first, *rest) = path
    *above, last = (wire.Call._fields.index(first), *rest)
    inner = reduce(lambda within, name: within[name], above, document)
    inner[last] = value

    with pytest.raises(EventRejected):
        wire.read_call(msgspec.msgpack.encode(document))


@pytest.mark.parametrize(("member", "value"), [("outcome", "perhaps"), ("at", "some time"), ("results", {})])
def test_a_call_whose_decision_is_none_is_refused(member, value):
    sent = a_call()
    decision = json.dumps(json.loads(sent.decision) | {member: value})

    with pytest.raises(EventRejected):
        wire.read_call(wire.write_call(sent._replace(decision=decision)))


@pytest.mark.parametrize(
    "answer",
    [Sealed(log="2026", index=7, size=9), Stale("stale"), Replayed("used"), EventRejected("bad"), Unanswered("late")],
)
def test_an_answer_arrives_as_it_was_sent(answer):
    received = wire.read_answer(wire.write_answer(answer))

    assert type(received) is type(answer)
    assert str(received) == str(answer)


def test_a_call_that_is_too_long_is_not_sent():
    with pytest.raises(EventRejected, match="longer than"):
        wire.frame(b"x" * (wire.MAX_FRAME_BYTES + 1))


def test_a_decision_that_cannot_be_written_is_refused():
    disclosure = a_disclosure()
    disclosure.decision.request["surrogate"] = "\ud800"

    with pytest.raises(EventRejected, match="cannot be written"):
        wire.call(disclosure, KEYRING)
