"""What is checked of every call before anything reads it, and what every answer carries; pure ASGI, the one asynchronous place."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.ids import uuid7
from web.problems import Kind, Problem

LARGEST_BODY: Final = 64 * 1024
LARGEST_HEADERS: Final = 16 * 1024
HETU_SHAPED: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y](?![0-9A-Za-z])", re.IGNORECASE)
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_SIGNED: Final = frozenset({b"authorization", b"dpop"})
"""Headers of base64 and signatures, in which a HETU's shape is chance."""
_OF_OTHER_PATHS: Final = frozenset({b"x-road-client", b"client-cert"})
_log = logging.getLogger("luukku.web")


@dataclass(slots=True)
class CallState:
    """What the edge knows of a call; handlers read its body here and leave headers for the answer."""

    request_id: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def state_of(scope: Scope) -> CallState:
    """Give what the edge knows of the call in this scope."""
    state = scope["luukku"]
    assert isinstance(state, CallState)
    return state


@dataclass(frozen=True, slots=True)
class Edge:
    """The outermost layer. ``base`` is where the types of problems are explained."""

    app: ASGIApp
    base: str
    clock: Callable[[], datetime]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, hand on with the whole body, and answer also when something breaks: with no word of what."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope["luukku"] = CallState(self._request_id(scope))
        answer = _Answering(send, state)
        try:
            check_head(scope)
            state.body = await whole_body(receive)
            await self.app(scope, replay(state.body, receive), answer.send)
        except Problem as problem:
            await problem.answer(base=self.base, request_id=state.request_id)(scope, receive, answer.send)
        except Exception as error:
            _log.exception("A call failed: %s", type(error).__name__, extra={"request_id": state.request_id})
            if answer.started:
                raise
            broken = Problem(Kind.INTERNAL).answer(base=self.base, request_id=state.request_id)
            await broken(scope, receive, answer.send)

    def _request_id(self, scope: Scope) -> str:
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
        if _REQUEST_ID.fullmatch(given) and not HETU_SHAPED.search(given):
            return given
        return uuid7(self.clock()).hex


@dataclass(slots=True)
class _Answering:
    """Adds what every answer carries."""

    _send: Send
    _state: CallState
    started: bool = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Content-Type-Options"] = "nosniff"
            headers["X-Request-Id"] = self._state.request_id
            for name, value in self._state.headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def check_head(scope: Scope) -> None:
    """Refuse what no call may carry: too much, a HETU outside its body, the marks of two trust paths."""
    names = {name for name, _ in scope["headers"]}
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        raise Problem(Kind.TOO_LARGE)
    if any(HETU_SHAPED.search(text) for text in _readable(scope)):
        raise Problem(Kind.HETU_OUTSIDE_BODY)
    if names & _SIGNED and names & _OF_OTHER_PATHS:
        raise Problem(Kind.MIXED_CREDENTIALS)


def _readable(scope: Scope) -> Iterator[str]:
    yield scope["path"]
    yield unquote(scope["query_string"].decode("latin-1"))
    for name, value in scope["headers"]:
        if name not in _SIGNED:
            yield unquote(value.decode("latin-1"))


async def whole_body(receive: Receive) -> bytes:
    """Read a body of at most ``LARGEST_BODY`` bytes."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise Problem(Kind.TOO_LARGE)
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once, then whatever the connection tells."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
