"""What a receipt says: rows in, claims out; whole, so that it can be read without us (CONSENT.md 12, ISO/IEC TS 27560)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from audit.events import EventType
from consent.model import Kind
from consent.queries.receipts import Issuer
from consent.receipts.parties import Card
from consent.receipts.states import OF_KIND, State
from schemas.vocabulary import Purpose
from schemas.words import PURPOSES

SCHEMA: Final = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr"
PURPOSE_IRI: Final = "https://w3id.org/dpv#PublicBenefit"
JURISDICTION: Final = "FI"
STORAGE: Final = "FI"
CONSENT_BASIS: Final = "https://w3id.org/dpv#ExplicitlyExpressedConsent"
"""Consent lifts secrecy for the named disclosure; the basis of the register itself is the controller's (CONSENT.md 1)."""

MOST_CARDS: Final = 1_000
"""Parties whose cards are kept written out."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every receipt begins with; ``logged``: the id of the event in the log."""

    issuer: Issuer
    jti: UUID
    subject: UUID
    event: EventType
    logged: UUID
    issued_at: datetime
    previous: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """The agreement's row, with its parties and the supervisory authority as they are reached."""

    terms: Row
    controller: Card
    recipient: Card
    authority: Card


def head_claims(head: Head) -> dict[str, Any]:
    """Say who issues what, about whom, and where its state now and its log entry are found."""
    return {
        "iss": head.issuer.url,
        "iat": int(head.issued_at.timestamp()),
        "jti": str(head.jti),
        "sub": f"urn:uuid:{head.subject}",
        "conformsTo": SCHEMA,
        "event": head.event.value,
        "prev": None if head.previous is None else head.previous.hex(),
        "status": f"{head.issuer.url}/receipts/{head.jti}",
        "log": {"origin": head.issuer.log, "event": str(head.logged)},
    }


def agreement_claims(under: Under, issuer: Issuer) -> dict[str, Any]:
    """Say between whom, for what, for how long and under whose eyes."""
    terms = under.terms
    return {
        "agreement": {"id": str(terms["agreement_id"]), "version": terms["version"]},
        "controllers": [_card(under.controller)],
        "recipients": [_card(under.recipient)],
        "authority": _card(under.authority),
        "purpose": purpose_claim(terms["purpose"]),
        "legal_basis": CONSENT_BASIS,
        "withdraw_at": terms["withdrawal_url"] or f"{issuer.url}/me/consents",
        "rights_at": terms["rights_url"] or f"{issuer.url}/me",
        "storage": terms["storage_place"] or STORAGE,
        "retention_days": terms["retention_days"],
        "onward": terms["onward"],
        "jurisdiction": terms["jurisdiction"] or JURISDICTION,
    }


def act_claims(row: Row, items: Sequence[Row], *, event: EventType) -> dict[str, Any]:
    """Say what was said, how and when, after which text; a text that was shown is given whole."""
    return {
        "act": str(row["act_id"]),
        "state": state_after(row, items, event).iri,
        "items": [_item(item) for item in items],
        "pending": "second_steward" if row["needs_second"] and row["accepted"] is None else None,
        "notice": _notice(row),
        **_expressed(row, recorded_at=row["recorded_at"]),
        "until": moment(max((item["valid_until"] for item in items if item["valid_until"]), default=None)),
    }


def state_after(row: Row, items: Sequence[Row], event: EventType) -> State:
    """Tell the state that the event leaves: annulled and rejected never were, what awaits a second steward is only asked for."""
    if event in (EventType.CONSENT_INVALIDATED, EventType.CONSENT_REJECTED):
        return State.INVALIDATED
    if event is EventType.CONSENT_EXPIRED:
        return State.EXPIRED
    if row["needs_second"] and not row["accepted"]:
        return State.REQUESTED
    return OF_KIND[Kind(items[0]["kind"])]


def denial_claims(row: Row, *, lifted: bool) -> dict[str, Any]:
    """Say what is denied, None being any; a lift says when it ended."""
    scope = ("source", "controller", "category", "recipient", "purpose", "allow_emergency")
    said = {name: row[f"lift_{name}"] for name in ("signed_at", "effective_from", "channel")} if lifted else {}
    return {
        "denial": str(row["denial_id"]),
        "state": None if lifted else State.REFUSED.iri,
        "scope": {name: row[name] for name in scope} | data_claim(row),
        "legal_basis": None,
        **_expressed({**row, **said}, recorded_at=row["lift_recorded_at"] if lifted else row["recorded_at"]),
        "until": moment(row["lift_effective_from"]) if lifted else None,
    }


def pause_claims(row: Row, categories: Sequence[str], *, resumed: bool) -> dict[str, Any]:
    """Say what rests, from when to when."""
    return {
        "pause": str(row["suspension_id"]),
        "state": None if resumed else State.PAUSED.iri,
        "items": [{"category": category} for category in sorted(categories)],
        "effective": moment(row["from_at"]),
        "recorded": moment(row["recorded_at"]),
        "until": moment(row["until_at"]),
    }


@lru_cache(maxsize=MOST_CARDS)
def _card(card: Card) -> Mapping[str, Any]:
    """Write a card out, once for all the receipts that name it; that it is unverified is told, the contrary goes without saying."""
    written = asdict(card)
    return written if card.unverified else {name: value for name, value in written.items() if name != "unverified"}


@cache
def purpose_claim(code: str) -> Mapping[str, Any]:
    """Name a purpose: for machines by DPV, for systems by code, for people in words."""
    return {"iri": PURPOSE_IRI, "code": code, "text": asdict(PURPOSES[Purpose(code)])}


def data_claim(row: Row) -> dict[str, Any]:
    """Say the data of which time are meant, None being an open end."""
    return {"data_from": moment(row["data_from"]), "data_until": moment(row["data_until"])}


def moment(at: datetime | None) -> str | None:
    """Write a moment in UTC, to the microsecond."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _item(row: Row) -> dict[str, Any]:
    return {
        "category": row["category"],
        "kind": row["kind"],
        "until": moment(row["valid_until"]),
        **data_claim(row),
    }


def _notice(row: Row) -> dict[str, Any] | None:
    if row["notice_n"] is None:
        return None
    return {
        "n": row["notice_n"],
        "lang": row["notice_language"],
        "sha256": row["notice_sha256"].hex(),
        "text": row[f"text_{row['notice_language']}"],
    }


def _expressed(row: Row, *, recorded_at: datetime) -> dict[str, Any]:
    return {
        "signed": moment(row["signed_at"]),
        "effective": moment(row["effective_from"]),
        "recorded": moment(recorded_at),
        "by": row["kind"] or "self",
        "channel": row["channel"],
    }
