"""A request to correct a person's data, handed on to whoever answers for them: a small contract of our own, over X-Road (AMENDMENTS 17).

``POST /v1/corrections`` takes a request, once under its id, and answers ``{"reference"}``; ``GET /v1/corrections/{id}`` answers
``{"state": "received"}``, or ``{"state": "answered", "outcome": "corrected" | "partly" | "refused", "reason", "words", "answeredAt"}``,
where ``reason`` is one of ``Reason``, or left out. Identity codes are in bodies only.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from connectors.errors import ProviderBroken
from connectors.ledger import Connection
from connectors.transport import Answer, Call, ClientId, Consumer, Http, ServiceId, Transport
from schemas.identifiers import Hetu

_T = TypeVar("_T")
CODE: Final = "oikaisut"
VERSION: Final = "v1"
LONGEST: Final = 4_000
"""Characters of a source's answer; what is longer is cut."""


class Outcome(StrEnum):
    """What a source did about a request."""

    CORRECTED = "corrected"
    PARTLY = "partly"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a source did not correct, or not all, in a code that the person's page puts into words ((EU) 2016/679 art. 12(4))."""

    ACCURATE = "accurate"
    UNCLEAR = "unclear"
    DECISION = "decision"
    KEPT = "kept"
    OTHER_CONTROLLER = "other_controller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is asked: about which kind of data of whom, in the person's own words."""

    correction_id: UUID
    person: Hetu
    category: str
    words: str = field(repr=False)
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a source answers, and when it says it did."""

    outcome: Outcome
    words: str = field(repr=False)
    at: datetime
    reason: Reason | None = None

    @property
    def is_last_word(self) -> bool:
        """Whether the request is settled by it; one that is another controller's is not."""
        return self.reason is not Reason.OTHER_CONTROLLER


class _Received(msgspec.Struct):
    reference: str


class _Stand(msgspec.Struct, rename="camel"):
    state: str
    outcome: Outcome | None = None
    reason: Reason | None = None
    words: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Corrections:
    """The service of one source, over a transport; both calls raise ProviderBroken for what is out of form, and what that raises."""

    transport: Transport

    def hand_over(self, asked: Correction) -> str:
        """Hand a request over, and return the source's reference; again it is the same request."""
        document = {
            "id": str(asked.correction_id),
            "person": asked.person.reveal(),
            "category": asked.category,
            "words": asked.words,
            "askedAt": asked.asked_at.isoformat(),
        }
        call = Call(path="corrections", method="POST", document=json.dumps(document, ensure_ascii=False).encode())
        return self.transport.rest(call, lambda answer: _read(answer, _Received)).reference

    def answer(self, correction_id: UUID) -> Reply | None:
        """Ask what became of a request; None while the source has not answered."""
        stand = self.transport.rest(Call(path=f"corrections/{correction_id}"), lambda answer: _read(answer, _Stand))
        if stand.outcome is None or stand.answered_at is None or stand.answered_at.tzinfo is None:
            return None
        reason = None if stand.outcome is Outcome.CORRECTED else stand.reason
        return Reply(outcome=stand.outcome, words=stand.words[:LONGEST], at=stand.answered_at, reason=reason)


def corrections(
    http: Http, connection: Connection, *, security_server: str, new_id: Callable[[], str], issue: str
) -> Corrections:
    """Reach the service beside a connection's own, at the same provider and in the same name; no worker asks, but a job."""
    who = ClientId.parse(connection.client)
    beside = replace(ServiceId.parse(connection.service), code=CODE, version=VERSION)
    consumer = Consumer(client=who, user=f"{who.instance}-luukku-corrections", issue=issue)
    transport = Transport(http=http, security_server=security_server, consumer=consumer, service=beside, new_id=new_id)
    return Corrections(transport)


def _read(answer: Answer, form: type[_T]) -> _T:
    if answer.status not in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
        raise ProviderBroken(f"The source answered a request for correction with {answer.status}.")
    try:
        return msgspec.json.decode(answer.body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProviderBroken("The source's answer to a request for correction is out of form.") from None
