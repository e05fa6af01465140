"""What a body may hold; a refusal points into it and repeats nothing of it."""

import pytest

from consent.model import Emergency
from web import bodies
from web.problems import At, Problem

JUSTIFICATION = "Found unconscious at the workshop"


def refused(read, *arguments, **options):
    with pytest.raises(Problem) as caught:
        read(*arguments, **options)
    return caught.value.errors


def test_a_hetu_is_read_from_its_one_member():
    assert bodies.hetu(b'{"hetu":"120384-9128"}', artificial_only=True).reveal() == "120384-9128"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (b"", (At("", "json"),)),
        (b"{", (At("", "json"),)),
        (b"\xff", (At("", "json"),)),
        (b"[" * 60_000, (At("", "json"),)),
        (b'{"hetu":"120384-9128","hetu":"120384-9128"}', (At("", "json"),)),
        (b"[]", (At("", "type"),)),
        (b"{}", (At("/hetu", "missing"),)),
        (b'{"hetu":"120384-9128","name":"Aino"}', (At("", "unknown_member"),)),
        (b'{"HETU":"120384-9128"}', (At("/hetu", "missing"), At("", "unknown_member"))),
        (b'{"hetu":120384}', (At("/hetu", "type"),)),
        (b'{"hetu":null}', (At("/hetu", "type"),)),
        (b'{"hetu":"120384-912"}', (At("/hetu", "form"),)),
        (b'{"hetu":"320384-9128"}', (At("/hetu", "date"),)),
        (b'{"hetu":"120384-9129"}', (At("/hetu", "checksum"),)),
        (b'{"hetu":"010171-1000"}', (At("/hetu", "not_artificial"),)),
    ],
)
def test_a_wrong_body_is_refused_by_pointer_and_code(body, errors):
    assert refused(bodies.hetu, body, artificial_only=True) == errors


def test_an_emergency_names_its_user_and_its_reason():
    body = f'{{"emergency":{{"justification":"  {JUSTIFICATION} "}}}}'.encode()

    assert bodies.emergency(body, user="w-1") == Emergency("w-1", JUSTIFICATION)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (b'{"emergency":true}', (At("/emergency", "type"),)),
        (b'{"emergency":{}}', (At("/emergency/justification", "missing"),)),
        (b'{"emergency":{"justification":"too short"}}', (At("/emergency/justification", "length"),)),
        (b'{"emergency":{"justification":"%b"}}' % (b"x" * 2001), (At("/emergency/justification", "length"),)),
        (
            b'{"emergency":{"justification":"' + JUSTIFICATION.encode() + b'","by":"x"}}',
            (At("/emergency", "unknown_member"),),
        ),
    ],
)
def test_a_claim_without_a_reason_is_none(body, errors):
    assert refused(bodies.emergency, body, user="w-1") == errors
