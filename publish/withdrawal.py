"""The proof of a withdrawal: for each recipient and pipeline, what came before, when it stopped, what was refused after (CONSENT.md 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from audit.events import EventType
from consent.model import FUTURE
from consent.queries import receipts
from consent.queries.receipts import Kept
from consent.receipts import sign
from consent.receipts.claims import moment
from consent.receipts.reading import claims_of
from consent.receipts.verifying import sha256_of
from db.engine import Read
from publish import logged
from publish.logged import Place
from publish.queries import outbox, proof
from publish.queries.outbox import Notice
from publish.queries.proof import Decided
from schemas.vocabulary import Category, Ground, Source

TYPE: Final = "withdrawal-proof+jwt"
_CLOSING: Final = frozenset({EventType.CONSENT_WITHDRAWN, EventType.CONSENT_REFUSED, EventType.CONSENT_REVOKED})
_OPENING: Final = frozenset({EventType.CONSENT_GIVEN, EventType.CONSENT_RENEWED, EventType.CONSENT_CONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """How one recipient stopped. None: it has not happened, or not been asked.

    ``last_shown``: the last disclosure of these categories before; ``first_refused``: the first read after that was refused, with the
    event that proves it; ``shown_after``: disclosures by consent since then, which have to be none.
    """

    recipient: str
    last_shown: datetime | None
    told_at: datetime | None
    fetched_at: datetime | None
    applied_at: datetime | None
    done: str | None
    first_refused: datetime | None
    refused_event: UUID | None
    shown_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """How one of our own pipelines stopped: whether the source may still be asked, and whether copies still wait to be erased.

    ``left_at``: when the source could no more be asked about the person, None when it never could since; ``erased_at``: when what we had
    staged went, None when there was nothing. The landed copies follow; ``erased`` says that none is left.
    """

    source: Source
    still_asked: bool
    erased: bool
    left_at: datetime | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What was taken back and when it was recorded, with everybody it concerns; ``sections_left`` has to be none.

    ``place``: where the act stands in the log and the checkpoint that names it, None while it waits to be sealed.
    """

    about: UUID
    person_id: UUID
    categories: tuple[str, ...]
    recorded_at: datetime
    recipients: tuple[Stopped, ...]
    pipelines: tuple[Pipeline, ...]
    sections_left: int
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """The keys that an act took back, until when nothing new was given under the same agreement, and when all this is looked at."""

    about: UUID
    person_id: UUID
    categories: tuple[str, ...]
    controller: str
    purpose: str
    recipient: str
    recorded_at: datetime
    until: datetime
    seen_at: datetime


def withdrawal(read: Read, act_id: UUID, *, at: datetime) -> Withdrawal:
    """Prove what became of a withdrawal, a refusal or a controller's end by a moment."""
    ended = _ended(read, act_id, at)
    said = proof.decisions(read, person_id=ended.person_id, categories=ended.categories, controller=ended.controller)
    told = outbox.about(read, act_id)
    who = {ended.recipient, *(notice.recipient for notice in told)}
    return Withdrawal(
        about=act_id,
        person_id=ended.person_id,
        categories=ended.categories,
        recorded_at=ended.recorded_at,
        recipients=tuple(_stopped(read, recipient, ended, told, said) for recipient in sorted(who)),
        pipelines=tuple(_pipelines(read, ended)),
        sections_left=proof.sections_left(
            read, person_id=ended.person_id, categories=ended.categories, controller=ended.controller
        ),
        place=_place(read, ended),
    )


def signed(read: Read, proof_: Withdrawal, *, at: datetime) -> str:
    """Sign a proof as it stands, a compact JWS under the keys of receipts; the person is named as their receipts name them.

    ``receipt`` is the SHA-256 of the withdrawal's own receipt: it says what was withdrawn, this who stopped when.
    """
    issuer = receipts.issuing(read)
    own = _receipt_of(read, proof_.about)
    claims = {
        "iss": issuer.url,
        "iat": int(at.timestamp()),
        "sub": claims_of(own.jws)["sub"],
        "receipt": sha256_of(own.jws),
        "recorded": moment(proof_.recorded_at),
        "categories": list(proof_.categories),
        "recipients": [_told(each) for each in proof_.recipients],
        "pipelines": [_told(each) for each in proof_.pipelines],
        "sections_left": proof_.sections_left,
        "log": issuer.log,
        "entry": proof_.place and asdict(proof_.place),
    }
    return sign(claims, read.keyring, type_=TYPE)


def _receipt_of(read: Read, act_id: UUID) -> Kept:
    return next(each for each in receipts.about(read, act_id) if each.event in _CLOSING)


def _place(read: Read, ended: _Ended) -> Place | None:
    """Find the act's entry by the event that its receipt names."""
    event_id = UUID(claims_of(_receipt_of(read, ended.about).jws)["log"]["event"])
    return logged.place_of(read, person_id=ended.person_id, event_id=event_id, at=ended.recorded_at)


def _told(stopped: Stopped | Pipeline) -> dict[str, Any]:
    """Write how one recipient or pipeline stopped: moments in UTC, the event by its id."""
    said = asdict(stopped)
    return {name: _plain(value) for name, value in said.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    return str(value) if isinstance(value, UUID) else value


def _ended(read: Read, act_id: UUID, at: datetime) -> _Ended:
    act = receipts.act_of(read, act_id)
    terms = receipts.terms_of(read, act["agreement_id"])
    given_anew = (
        receipt.issued_at
        for receipt in receipts.of_person(read, act["person_id"])
        if receipt.agreement_id == act["agreement_id"]
        and receipt.event in _OPENING
        and receipt.issued_at > act["recorded_at"]
    )
    return _Ended(
        about=act_id,
        person_id=act["person_id"],
        categories=tuple(item["category"] for item in receipts.items_of(read, act_id)),
        controller=terms["controller"],
        purpose=terms["purpose"],
        recipient=terms["recipient"],
        recorded_at=act["recorded_at"],
        until=min(given_anew, default=FUTURE),
        seen_at=at,
    )


def _stopped(read: Read, recipient: str, ended: _Ended, told: Sequence[Notice], said: Sequence[Decided]) -> Stopped:
    own = [each for each in said if each.recipient == recipient]
    before = [each for each in own if each.at < ended.recorded_at and each.grounds]
    after = [each for each in own if each.at >= ended.recorded_at]
    refused = _first_refused(read, ended, [each for each in after if not each.grounds])
    notice = next((each for each in told if each.recipient == recipient), None)
    return Stopped(
        recipient=recipient,
        last_shown=before[-1].at if before else None,
        told_at=notice and notice.told_at,
        fetched_at=notice and notice.fetched_at,
        applied_at=notice and notice.applied_at,
        done=notice and notice.done,
        first_refused=refused and refused.at,
        refused_event=refused and refused.event_id,
        shown_after=_by_this_consent(ended, after),
    )


def _first_refused(read: Read, ended: _Ended, refusals: Sequence[Decided]) -> Decided | None:
    """Find the first that asked for what was taken back: what was asked for stands in the log, as nothing of it is held any more."""
    first = logged.first_asking(
        read,
        [each.event_id for each in refusals],
        person_id=ended.person_id,
        categories=ended.categories,
        since=ended.recorded_at,
        at=ended.seen_at,
    )
    return next((each for each in refusals if each.event_id == first), None)


def _by_this_consent(ended: _Ended, after: Iterable[Decided]) -> int:
    within = (each for each in after if each.at < ended.until and each.purpose == ended.purpose)
    return sum(Ground.CONSENT in each.grounds for each in within)


def _pipelines(read: Read, ended: _Ended) -> Iterable[Pipeline]:
    found = logged.stops(
        read,
        person_id=ended.person_id,
        categories=ended.categories,
        since=ended.recorded_at,
        at=ended.seen_at,
    )
    asked = proof.asked_of(read, person_id=ended.person_id, categories=ended.categories)
    waiting = proof.erasing(read, person_id=ended.person_id)
    for source in sorted({Category(category).source for category in ended.categories}):
        open_ = (each.looked_at is None or source in each.copies_of for each in waiting)
        yield Pipeline(
            source=source,
            still_asked=source in asked,
            erased=not any(open_),
            left_at=found.left.get(source),
            erased_at=found.erased.get(source),
        )
