"""The stand-ins on a socket: one ASGI app with the security server at the root and the controls of the simulation under ``/control``."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import FastAPI, HTTPException
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.types import Receive, Scope, Send

from simulators.faults import Fault
from simulators.identity_provider import IdentityProvider
from simulators.security_server import SecurityServer
from simulators.simulation import Simulation
from simulators.wire import Answer, Request


def create_app(simulation: Simulation, identity: IdentityProvider | None = None) -> FastAPI:
    """Put a simulation on the wire, with the identity provider beside it if there is one.

    It needs a server that closes the connection of an answer broken off (uvicorn does).
    """
    app = FastAPI(title="Luukku's stand-ins", docs_url=None, redoc_url=None, openapi_url=None)
    if identity is not None:
        app.include_router(identity.router())
    _control_faults(app, simulation)
    _control_days(app, simulation)
    app.mount("/", Gate(simulation.server))
    return app


def _control_faults(app: FastAPI, simulation: Simulation) -> None:
    @app.get("/control/ready")
    async def ready() -> dict[str, str]:
        """Tell that the stand-ins answer."""
        return {"status": "ready"}

    @app.post("/control/faults", status_code=201)
    async def plan(fault: Fault) -> dict[str, Any]:
        """Plan a fault."""
        try:
            simulation.faults.plan(fault)
        except ValueError as error:
            raise HTTPException(422, "There is no such kind of broken row.") from error
        return asdict(fault)

    @app.get("/control/faults")
    async def planned() -> list[dict[str, Any]]:
        """List the faults that will still strike."""
        return [asdict(fault) for fault in simulation.faults.pending]

    @app.delete("/control/faults", status_code=204)
    async def clear() -> None:
        """Forget all faults."""
        simulation.faults.clear()


def _control_days(app: FastAPI, simulation: Simulation) -> None:
    @app.post("/control/day")
    def advance(closing: datetime | None = None) -> dict[str, Any]:
        """Let a day pass; `closing`: the instant to which its data are complete, by default 24 hours after the last."""
        population = simulation.world.advance(closing=closing)
        return {"today": population.today, "closing": population.closing}

    @app.get("/control/day")
    async def today() -> dict[str, Any]:
        """Tell the day."""
        population = simulation.world.population
        return {"today": population.today, "closing": population.closing}

    @app.get("/control/asked")
    async def asked() -> dict[str, dict[str, int]]:
        """Tell how often which kind of request came, by source: numbers only."""
        return simulation.asked.counts

    @app.delete("/control/asked", status_code=204)
    async def forget() -> None:
        """Begin to count anew."""
        simulation.asked.clear()


class Gate:
    """The security server as an ASGI app: silence, broken connections and bodies of any length included."""

    def __init__(self, server: SecurityServer) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = _request(scope, await _body(receive))
        answer = await run_in_threadpool(self._server.answer, request)
        if answer.delay and await _left_within(answer.delay, receive):
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
        await _send_body(answer, send)


def _request(scope: Scope, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("ascii"),
        query=scope["query_string"].decode("ascii"),
        headers=tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
    )


async def _body(receive: Receive) -> bytes:
    pieces = []
    while True:
        event = await receive()
        pieces.append(event.get("body", b""))
        if not event.get("more_body", False):
            return b"".join(pieces)


async def _left_within(seconds: float, receive: Receive) -> bool:
    """Wait in silence; say whether the consumer hung up meanwhile."""
    try:
        await asyncio.wait_for(receive(), timeout=seconds)
    except TimeoutError:
        return False
    return True


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers = [("content-type", answer.media_type), *answer.headers]
    if isinstance(answer.body, bytes):
        headers.append(("content-length", str(len(answer.body))))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def _send_body(answer: Answer, send: Send) -> None:
    """Send the body piece by piece; an answer to be cut ends here without its end, so the server closes the connection."""
    async for chunk in iterate_in_threadpool(_until_cut(answer)):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    if answer.cut_after is None:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _until_cut(answer: Answer) -> Iterator[bytes]:
    left = answer.cut_after
    for chunk in answer.chunks:
        if left is not None and len(chunk) >= left:
            yield chunk[:left]
            return
        left = None if left is None else left - len(chunk)
        yield chunk
