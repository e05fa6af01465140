"""Refusals as problem details (RFC 9457): a kind, a title, where in the body it is wrong; never a value that was sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Final, NamedTuple

from starlette.responses import Response

from publish.errors import Refusal

MEDIA_TYPE: Final = "application/problem+json"
RETRY_S: Final = 5


class Kind(StrEnum):
    """Every problem there is; the last part of its ``type`` (API.md 6)."""

    BAD_REQUEST = "bad_request"
    PURPOSE_MISSING = "purpose_missing"
    HETU_OUTSIDE_BODY = "hetu_outside_body"
    MIXED_CREDENTIALS = "mixed_credentials"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - the name of a problem
    UNAUTHENTICATED = "unauthenticated"
    PROOF_REFUSED = "proof_refused"
    RECIPIENT_NOT_ACTIVE = Refusal.RECIPIENT_NOT_ACTIVE.value
    SCOPE_MISSING = Refusal.SCOPE_MISSING.value
    PURPOSE_NOT_GRANTED = Refusal.PURPOSE_NOT_GRANTED.value
    CATEGORY_NOT_GRANTED = Refusal.CATEGORY_NOT_GRANTED.value
    PERSON_NOT_AVAILABLE = "person_not_available"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    KEY_REUSED = "key_reused"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - the name of a problem
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    MEDIA_TYPE = "media_type"
    INVALID_REQUEST = "invalid_request"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    LOG_UNAVAILABLE = "log_unavailable"
    NOT_READY = "not_ready"


class _Form(NamedTuple):
    status: HTTPStatus
    title: str


FORMS: Final[Mapping[Kind, _Form]] = {
    Kind.BAD_REQUEST: _Form(HTTPStatus.BAD_REQUEST, "The path, the query or a header does not fit"),
    Kind.PURPOSE_MISSING: _Form(HTTPStatus.BAD_REQUEST, "The header Luukku-Purpose is missing"),
    Kind.HETU_OUTSIDE_BODY: _Form(HTTPStatus.BAD_REQUEST, "A personal identity code stands outside the body"),
    Kind.MIXED_CREDENTIALS: _Form(HTTPStatus.BAD_REQUEST, "The call carries the marks of two trust paths"),
    Kind.TOKEN_INVALID: _Form(HTTPStatus.BAD_REQUEST, "The token of the feed is not one of this recipient's"),
    Kind.UNAUTHENTICATED: _Form(HTTPStatus.UNAUTHORIZED, "The access token is missing or does not hold"),
    Kind.PROOF_REFUSED: _Form(HTTPStatus.UNAUTHORIZED, "The DPoP proof is missing, does not hold or was used before"),
    Kind.RECIPIENT_NOT_ACTIVE: _Form(HTTPStatus.FORBIDDEN, "The recipient or its system is not active"),
    Kind.SCOPE_MISSING: _Form(HTTPStatus.FORBIDDEN, "The system was not granted this scope"),
    Kind.PURPOSE_NOT_GRANTED: _Form(HTTPStatus.FORBIDDEN, "The system was not granted this purpose"),
    Kind.CATEGORY_NOT_GRANTED: _Form(HTTPStatus.FORBIDDEN, "The purpose does not need this category"),
    Kind.PERSON_NOT_AVAILABLE: _Form(HTTPStatus.NOT_FOUND, "Nothing to show"),
    Kind.NOT_FOUND: _Form(HTTPStatus.NOT_FOUND, "There is no such resource"),
    Kind.METHOD_NOT_ALLOWED: _Form(HTTPStatus.METHOD_NOT_ALLOWED, "The resource does not take this method"),
    Kind.KEY_REUSED: _Form(HTTPStatus.CONFLICT, "The Idempotency-Key came with another body before"),
    Kind.TOKEN_EXPIRED: _Form(HTTPStatus.GONE, "The token is too old, or the feed was rebuilt: begin from a new one"),
    Kind.TOO_LARGE: _Form(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large"),
    Kind.TOO_MANY: _Form(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body lists too many things"),
    Kind.MEDIA_TYPE: _Form(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not of the media type asked for"),
    Kind.INVALID_REQUEST: _Form(HTTPStatus.UNPROCESSABLE_ENTITY, "The body does not fit"),
    Kind.RATE_LIMITED: _Form(HTTPStatus.TOO_MANY_REQUESTS, "Too many calls"),
    Kind.INTERNAL: _Form(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong; nothing was shown"),
    Kind.LOG_UNAVAILABLE: _Form(
        HTTPStatus.SERVICE_UNAVAILABLE, "The access log cannot take the event; nothing was shown"
    ),
    Kind.NOT_READY: _Form(HTTPStatus.SERVICE_UNAVAILABLE, "The service is not ready; nothing was shown"),
}


@dataclass(frozen=True, slots=True)
class At:
    """Where a body is wrong: a JSON pointer (RFC 6901) and the code of the broken rule."""

    pointer: str
    code: str


@dataclass(slots=True, eq=False)
class Problem(Exception):
    """A refusal on its way out."""

    kind: Kind
    errors: tuple[At, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, *, base: str, request_id: str) -> Response:
        """Write it down; ``base`` is where the types are explained."""
        form = FORMS[self.kind]
        body: dict[str, object] = {
            "type": f"{base}/problems/{self.kind}",
            "title": form.title,
            "status": form.status.value,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = [{"pointer": at.pointer, "code": at.code} for at in self.errors]
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return Response(text, form.status, headers=dict(self.headers) | self._later(form), media_type=MEDIA_TYPE)

    def _later(self, form: _Form) -> dict[str, str]:
        again = form.status is HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" not in self.headers
        return {"Retry-After": str(RETRY_S)} if again else {}


def unauthenticated(kind: Kind, error: str) -> Problem:
    """Refuse who does not prove who they are, saying what proof is asked (RFC 9449 7.1)."""
    challenge = f'DPoP error="{error}", algs="ES256 PS256 EdDSA"'
    return Problem(kind, headers={"WWW-Authenticate": challenge})
