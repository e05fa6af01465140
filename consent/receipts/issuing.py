"""A receipt made and kept in the transaction of what it is of (CONSENT.md 9)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from audit.events import EventType
from consent.queries import receipts as queries
from consent.receipts import claims
from consent.receipts.claims import Head, Under
from consent.receipts.jose import sign
from consent.receipts.parties import OMBUDSMAN, cards
from db.engine import Read, Transaction
from db.ids import uuid7

_ACT: Final = "consent.act"
_NAMESPACE: Final = UUID("3f0d9a52-1d0e-5f5c-8f5e-7f3b6c0a5e11")
TABLES: Final = frozenset(
    {_ACT, "consent.confirmation", "consent.invalidation", "consent.denial", "consent.suspension"}
)
"""The rows that a receipt is of; an answer on a representative's authority is not the person's to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What was done: the event with its id in the log, and the row that it appended."""

    event: EventType
    event_id: UUID
    person_id: UUID
    table: str
    row_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class _Content:
    """What a receipt says beyond its head; ``about`` is the act, denial or pause."""

    about: UUID
    agreement_id: UUID | None
    claims: Mapping[str, Any]


def issue(tx: Transaction, deed: Deed) -> str | None:
    """Sign and keep the receipt of a deed, and return it; None when no receipt is given of its kind."""
    if deed.table not in TABLES:
        return None
    issuer = queries.issuing(tx)
    content = _content(tx, deed, issuer)
    former = queries.former(tx, person_id=deed.person_id, agreement_id=content.agreement_id, about=content.about)
    jti = uuid7(deed.at)
    head = Head(
        issuer=issuer,
        jti=jti,
        subject=former.subject if former else uuid5(_NAMESPACE, str(jti)),
        event=deed.event,
        logged=deed.event_id,
        issued_at=deed.at,
        previous=former and former.sha256,
    )
    jws = sign({**content.claims, **claims.head_claims(head)}, tx.keyring)
    _keep(tx, deed, head, content, jws)
    return jws


def _keep(tx: Transaction, deed: Deed, head: Head, content: _Content, jws: str) -> None:
    row = {
        "jti": head.jti,
        "person_id": deed.person_id,
        "event": deed.event,
        "about": content.about,
        "agreement_id": content.agreement_id,
        "subject": head.subject,
        "jws": jws,
        "sha256": hashlib.sha256(jws.encode()).digest(),
        "previous_sha256": head.previous,
        "issued_at": deed.at,
    }
    queries.append(tx, row)


def _content(tx: Transaction, deed: Deed, issuer: queries.Issuer) -> _Content:
    act_id: UUID | None = deed.row_id
    denial_id = deed.row_id if deed.table == "consent.denial" else None
    if deed.table == "consent.invalidation":
        act_id, denial_id = queries.annulled(tx, deed.row_id)
    if denial_id is not None:
        return _of_denial(tx, deed, denial_id)
    if deed.table == "consent.suspension":
        return _of_pause(tx, deed, issuer)
    assert act_id is not None, "an invalidation is of an act or of a denial"
    row, items = queries.act_of(tx, act_id), queries.items_of(tx, act_id)
    said = claims.act_claims(row, items, event=deed.event)
    return _Content(act_id, row["agreement_id"], said | _agreed(tx, row["agreement_id"], issuer))


def _of_denial(tx: Transaction, deed: Deed, denial_id: UUID) -> _Content:
    row = queries.denial_of(tx, denial_id)
    said = claims.denial_claims(row, lifted=deed.event is EventType.DENIAL_LIFTED)
    return _Content(denial_id, None, said)


def _of_pause(tx: Transaction, deed: Deed, issuer: queries.Issuer) -> _Content:
    row = queries.pause_of(tx, deed.row_id)
    under = under_of(tx, row["agreement_id"])
    resumed = deed.event is EventType.CONSENT_RESUMED
    said = claims.pause_claims(row, under.terms["categories"], resumed=resumed)
    return _Content(deed.row_id, row["agreement_id"], said | claims.agreement_claims(under, issuer))


def _agreed(tx: Transaction, agreement_id: UUID, issuer: queries.Issuer) -> dict[str, Any]:
    return claims.agreement_claims(under_of(tx, agreement_id), issuer)


def under_of(read: Read, agreement_id: UUID) -> Under:
    """Read an agreement with its parties as they are reached; the ombudsman watches where it names nobody else."""
    terms = queries.terms_of(read, agreement_id)
    controller, recipient, *other = cards(
        read, terms["controller"], terms["recipient"], *filter(None, [terms["authority"]])
    )
    return Under(terms=terms, controller=controller, recipient=recipient, authority=other[0] if other else OMBUDSMAN)
