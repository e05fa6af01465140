"""The restricted canonical form of an entry."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.entry import canonical, moment, read, refuse_personal
from audit.errors import EventRejected


def as_json(members):
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")


def test_members_are_sorted_and_written_without_spaces_or_escapes():
    members = {"b": ["é", 'say "hi" \\'], "a": {"z": 1, "y.y": -2}}

    assert canonical(members) == '{"a":{"y.y":-2,"z":1},"b":["é","say \\"hi\\" \\\\"]}'.encode()


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"a": 1.0}, "kind that entries do not have"),
        ({"a": None}, "kind that entries do not have"),
        ({"a": True}, "kind that entries do not have"),
        ({"a": ""}, "holds nothing"),
        ({"a": []}, "holds nothing"),
        ({"a": {}}, "holds nothing"),
        ({}, "holds nothing"),
        ({"a": 2**53}, "beyond"),
        ({"a": -(2**53)}, "beyond"),
        ({"A": 1}, "name out of form"),
        ({"a": {"ä": 1}}, "name out of form"),
        ({"a": "one\ntwo"}, "control character"),
        ({"a": "\x00"}, "control character"),
        ({"a": "left\u202eright"}, "control character"),
        ({"a": "\ud800"}, "control character"),
        ({"a": "e\u0301"}, "not NFC"),
    ],
)
def test_what_the_form_does_not_have_is_neither_written_nor_read(members, told):
    with pytest.raises(EventRejected, match=told):
        canonical(members)
    with pytest.raises(EventRejected):
        read(as_json(members))


def test_a_refusal_names_the_member_and_never_its_value():
    with pytest.raises(EventRejected) as refusal:
        canonical({"request": {"route": "secret\nvalue"}})

    assert "event.request.route" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "body", [b'{"a": 1}', b'{"b":1,"a":1}', b'{"a":1,"a":1}', b'{"a":1.0}', b"[1]", b"{", b"\xff", b"[" * 100_000]
)
def test_bytes_that_are_not_canonical_are_not_read(body):
    with pytest.raises(EventRejected):
        read(body)


ODD = st.sampled_from(["", "a", "ä", "e\u0301", "\x00", '"', "\\", ":", "}", None, True, 1.5, -7, 2**53, 10**15])
NAMES = st.sampled_from(["a", "b", "c.d", "A"])
TREES = st.recursive(ODD, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2))


@settings(max_examples=500)
@given(members=st.dictionaries(NAMES, TREES, max_size=2))
def test_exactly_what_can_be_written_can_be_read(members):
    try:
        written = canonical(members)
    except EventRejected:
        with pytest.raises(EventRejected):
            read(as_json(members))
    else:
        assert read(written) == members


def test_a_moment_is_written_in_utc_with_six_digits():
    helsinki = timezone(timedelta(hours=3))

    assert moment(datetime(2026, 6, 1, 12, tzinfo=helsinki)) == "2026-06-01T09:00:00.000000Z"
    assert moment(datetime(2026, 6, 1, 9, 0, 0, 2000, tzinfo=UTC)) == "2026-06-01T09:00:00.002000Z"
    with pytest.raises(EventRejected):
        moment(datetime(2026, 6, 1, 12))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("text", ["120384-9128", "case 120384-9128.", "a.b@example.org"])
def test_an_identity_code_or_an_address_is_refused_without_being_told(text):
    with pytest.raises(EventRejected) as refusal:
        refuse_personal(canonical({"a": text}))

    assert text not in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["120384-9129", "019e8269-4a98-7000-8000-000000000001", "0166906-4", "x120384-9128", "@"]
)
def test_what_only_looks_alike_passes(text):
    refuse_personal(canonical({"a": text}))
