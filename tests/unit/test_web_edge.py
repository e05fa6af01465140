"""The outermost layer alone: bodies in pieces, limits, and what breaks below it."""

import asyncio
from datetime import UTC, datetime

import pytest

from web.edge import HETU_SHAPED, LARGEST_BODY, Edge, state_of

NOON = datetime(2026, 6, 1, 9, tzinfo=UTC)


async def echo(scope, receive, send):
    """Answer with the body as a handler would get it."""
    message = await receive()
    assert state_of(scope).body == message["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


async def breaks_late(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("a value that must not leave")


def call(app, *parts, headers=(), kind="http"):
    scope = {"type": kind, "path": "/", "query_string": b"", "headers": [(k.encode(), v.encode()) for k, v in headers]}
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    sent = []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(Edge(app, base="https://luukku.example", clock=lambda: NOON)(scope, receive, send))
    return sent


def test_a_body_in_pieces_arrives_whole():
    _, body = call(echo, b"one ", b"two")

    assert body["body"] == b"one two"


def test_a_body_one_byte_too_large_is_refused_before_anything_reads_it():
    half = b"x" * (LARGEST_BODY // 2)

    assert call(echo, half, half)[0]["status"] == 200
    assert call(echo, half, half, b"x")[0]["status"] == 413


def test_an_answer_that_began_and_broke_is_cut_off_and_never_completed():
    with pytest.raises(RuntimeError):
        call(breaks_late)


def test_what_is_not_http_passes_untouched():
    seen = []

    async def lifespan(scope, receive, send):
        seen.append(scope["type"])

    call(lifespan, kind="lifespan")

    assert seen == ["lifespan"]


@pytest.mark.parametrize(
    ("text", "is_shaped"),
    [
        ("120384-9128", True),
        ("hetu=120384-9128&", True),
        ("/010190A999X/", True),
        ("290200a900b", True),
        ("_010190+999P.", True),
        ("120384-912", False),
        ("1120384-9128", False),
        ("120384-91281", False),
        ("pr_3b42b52dhec6khkffnb840ysf0", False),
        ("29f4d011-ef17-4f2f-9bb1-0452ce17d3f5", False),
        ("2026-06-04T02:00:00Z", False),
    ],
)
def test_a_shape_is_found_where_it_stands_by_itself(text, is_shaped):
    assert bool(HETU_SHAPED.search(text)) is is_shaped
