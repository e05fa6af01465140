"""The web process as one object, everything handed in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from audit.errors import AuditError
from audit.log import Sealer
from consent.receipts import jwks
from db.clock import now
from db.engine import Database
from db.errors import DatabaseError
from db.keys import Keyring
from web import api, applied, codelists, consents, decisions, feed, oauth, openapi, receipts, tiles, usage
from web.asked import problem_of
from web.counting import Answered, counted
from web.edge import Edge, state_of
from web.fork import Fork
from web.limits import Limits
from web.problems import Kind, Problem
from web.services import Services, services_of
from web.settings import WebSettings
from web.tokens import Tokens

RECEIPT_KEYS: Final = "/.well-known/receipt-keys.json"
_KIND_OF_STATUS: Mapping[int, Kind] = {404: Kind.NOT_FOUND, 405: Kind.METHOD_NOT_ALLOWED}


def create_app(
    database: Database,
    sealer: Sealer,
    settings: WebSettings,
    keyring: Keyring,
    clock: Callable[[], datetime] = now,
    *,
    pages: ASGIApp | None = None,
) -> FastAPI:
    """Put the machine API together, with the pages beside it if there are any; ``database`` is opened under the web's login."""
    answered = Answered()
    app = FastAPI(
        title="Luukku",
        version=settings.version,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=counted(answered, database, clock),
    )
    app.openapi_version = openapi.VERSION
    app.openapi = partial(openapi.document, app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    app.state.services = Services(
        database=database,
        sealer=sealer,
        keyring=keyring,
        settings=settings,
        clock=clock,
        tokens=Tokens(settings, keyring),
        limits=Limits(settings.workers),
        answered=answered,
    )
    _add_routes(app)
    _add_answers_to_errors(app, settings.issuer)
    app.add_middleware(Edge, base=settings.issuer, clock=clock)
    if pages is not None:
        app.add_middleware(Fork, pages=pages)
    return app


def _add_routes(app: FastAPI) -> None:
    for part in (api, consents, decisions, feed, applied, usage, codelists, receipts, oauth, tiles):
        app.include_router(part.router)
    app.add_api_route("/healthz", healthy, methods=["GET"], include_in_schema=False)
    app.add_api_route("/readyz", ready, methods=["GET"], include_in_schema=False)
    app.add_api_route(RECEIPT_KEYS, receipt_keys, methods=["GET"], include_in_schema=False)


def healthy() -> Response:
    """Say that the process answers."""
    return JSONResponse({"state": "ok"})


def ready(request: Request) -> Response:
    """Say that calls can be served: the database and the log are there."""
    services = services_of(request)
    with services.database.read():
        if not services.sealer.reachable():
            raise Problem(Kind.LOG_UNAVAILABLE)
    return JSONResponse({"state": "ok"})


def receipt_keys(request: Request) -> Response:
    """Give the public keys that check consent receipts, former ones too: a receipt is verified by anybody (CONSENT.md 12)."""
    return JSONResponse(jwks(services_of(request).keyring), media_type="application/jwk-set+json")


def _add_answers_to_errors(app: FastAPI, base: str) -> None:
    def answered(request: Request, problem: Problem) -> Response:
        return problem.answer(base=base, request_id=state_of(request.scope).request_id)

    def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answered(request, error)

    def on_refusal_below(request: Request, error: Exception) -> Response:
        return answered(request, problem_of(error))

    def on_form(request: Request, _: Exception) -> Response:
        return answered(request, Problem(Kind.BAD_REQUEST))

    def on_no_route(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = _KIND_OF_STATUS.get(error.status_code, Kind.BAD_REQUEST)
        return answered(request, Problem(kind, headers=dict(error.headers or {})))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(AuditError, on_refusal_below)
    app.add_exception_handler(DatabaseError, on_refusal_below)
    app.add_exception_handler(HTTPException, on_no_route)
    app.add_exception_handler(RequestValidationError, on_form)
