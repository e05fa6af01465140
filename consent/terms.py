"""Changes of what holds for everybody: parties, agreements, notices, statutes, coaches; each gives the register its next number."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.log import record
from consent.errors import ConsentError, Fault
from consent.model import Change, StatuteKind
from consent.notices import follows
from consent.queries import notices, receipts
from consent.queries import register_writes as writes
from consent.queries.terms import Terms
from consent.queries.terms import terms as terms_of
from consent.receipts.parties import Card
from consent.registry.guards import agreed
from consent.registry.recording import By, digest_of
from db.engine import Transaction
from db.ids import uuid7
from schemas.vocabulary import Category, PartyKind, Purpose, Source, TaskGround, Text

GRACE_LONGEST_DAYS = 30
"""No material notice leaves older consents standing longer (CONSENT.md 10)."""


class State(StrEnum):
    """An agreement's life; an ended one says until when it held."""

    DRAFT = "DRAFT"
    VALID = "VALID"
    INVALID = "INVALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organisation (Y-tunnus) that holds data or receives them, and one place it serves, if any, in ``[valid_from, valid_until)``."""

    recipient: str
    kind: PartyKind
    area: str | None = None
    municipality: str | None = None
    county: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementTerms:
    """An agreement as its parties made it; a further version may change all but parties, purpose and categories."""

    agreement_id: UUID
    controller: str
    source: Source
    categories: tuple[str, ...]
    recipient: str
    purpose: Purpose
    task_ground: TaskGround | None
    special: bool
    approved_by: tuple[str, str]
    valid_from: datetime
    valid_until: datetime | None = None
    version: int = 1
    state: State = State.VALID
    max_days: int = 365
    extension_allowed: bool = True
    own_act_age: int = 18
    max_grace_days: int = GRACE_LONGEST_DAYS
    retention_days: int | None = None
    onward: bool = False
    storage_place: str | None = None
    jurisdiction: str | None = None
    withdrawal_url: str | None = None
    rights_url: str | None = None
    authority: str | None = None
    dpia_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuteTerms:
    """A right given by law, as we read it; ``verified`` is False until an authority has confirmed the reading."""

    statute_id: UUID
    key: str
    law_ref: str
    text: Text
    verified: bool
    controller_kind: PartyKind
    categories: tuple[str, ...]
    recipient_kind: PartyKind
    purpose: Purpose
    task_ground: TaskGround | None
    approved_by: tuple[str, str]
    valid_from: datetime
    valid_until: datetime | None = None
    version: int = 1
    kind: StatuteKind = StatuteKind.STATUTE
    overrides_denial: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """The n-th text of an agreement; a material one ends older consents at ``grace_until``, at once when it is None."""

    agreement_id: UUID
    n: int
    text: Text
    change: Change
    published_at: datetime
    approved_by: tuple[str, str]
    grace_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCoach:
    """That a case worker's pseudonym at a recipient is a coach's TE name (AMENDMENTS 8)."""

    recipient: str
    pseudonym: str
    te_tunnus: str
    from_at: datetime
    until_at: datetime | None
    confirmed_by: str


def enrol(tx: Transaction, party: Party, *, by: By, at: datetime) -> None:
    """Add a party, or a further place of one, and give it the tasks of those who belong there."""
    row = {**asdict(party), "recipient_id": uuid7(at), "recorded_at": at}
    writes.append_party(tx, row)
    writes.resolve_tasks(tx, party.recipient, at=at)
    _changed(tx, EventType.CONFIG_CHANGED, "consent.recipient", party.recipient, row, by=by, at=at)


def describe(tx: Transaction, card: Card, *, by: By, at: datetime) -> None:
    """Say how a party is called and reached, as receipts and records name it from now on."""
    told = asdict(card)
    del told["unverified"]
    names = {f"name_{language}": said for language, said in told.pop("name").items()}
    row = {"party": told.pop("id"), **names, **told}
    receipts.append_card(tx, {**row, "recorded_at": at})
    _changed(tx, EventType.CONFIG_CHANGED, "consent.party_card", card.id, row, by=by, at=at)


def agree(tx: Transaction, terms: AgreementTerms, *, by: By, at: datetime) -> None:
    """Add an agreement or a further version of one; other parties, purpose or categories make another agreement (CONSENT.md 3)."""
    _by_two(terms.approved_by)
    _sound(terms)
    _as_before(terms_of(tx, terms.agreement_id), terms)
    row = {**asdict(terms), "approved_by": list(terms.approved_by), "categories": list(terms.categories)}
    writes.append_agreement(tx, {**row, "recorded_at": at})
    _changed(tx, EventType.AGREEMENT_CHANGED, "consent.agreement", str(terms.agreement_id), row, by=by, at=at)


def announce(tx: Transaction, notice: NoticeText, *, by: By, at: datetime) -> None:
    """Publish a text in its three languages, all of them or none, as the next of its agreement."""
    _by_two(notice.approved_by)
    follows(
        notices.versions(tx, notice.agreement_id),
        n=notice.n,
        text=notice.text,
        change=notice.change,
        published_at=notice.published_at,
        grace_until=notice.grace_until,
    )
    _gracious(agreed(tx, notice.agreement_id), notice)
    row = {
        "agreement_id": notice.agreement_id,
        "n": notice.n,
        **_in_three(notice.text),
        "change": notice.change,
        "approved_by": list(notice.approved_by),
        "published_at": notice.published_at,
        "grace_until": notice.grace_until or notice.published_at,
    }
    writes.append_notice(tx, {**row, "recorded_at": at})
    _changed(tx, EventType.NOTICE_PUBLISHED, "consent.notice", f"{notice.agreement_id}/{notice.n}", row, by=by, at=at)


def enact(tx: Transaction, terms: StatuteTerms, *, by: By, at: datetime) -> None:
    """Add a statute or a further version, which takes over from the one before at its ``valid_from``."""
    _by_two(terms.approved_by)
    texts = {f"text_{language}": sentence for language, sentence in asdict(terms.text).items()}
    row = {**asdict(terms), **texts, "approved_by": list(terms.approved_by), "categories": list(terms.categories)}
    del row["text"]
    writes.append_statute(tx, {**row, "recorded_at": at})
    key = f"{terms.statute_id}/{terms.version}"
    _changed(tx, EventType.STATUTE_CHANGED, "consent.statute", key, row, by=by, at=at)


def name_coach(tx: Transaction, coach: NamedCoach, *, by: By, at: datetime) -> None:
    """Tie a user to the TE name of a coach; another than who asked for it confirms."""
    if coach.confirmed_by == by.user:
        raise ConsentError(Fault.SAME_STEWARD, "confirmed_by")
    row = {**asdict(coach), "recorded_at": at}
    writes.append_coach(tx, row)
    _changed(tx, EventType.CONFIG_CHANGED, "consent.recipient_user", coach.recipient, row, by=by, at=at)


def _sound(terms: AgreementTerms) -> None:
    """Refuse terms that name no data, other data than their source's, or special data without a second steward, or end unbegun."""
    known = [category for category in Category if category in terms.categories and category.source is terms.source]
    if not known or len(known) != len(terms.categories):
        raise ConsentError(Fault.INVALID_FIELD, "categories")
    if any(category.special for category in known) and not terms.special:
        raise ConsentError(Fault.INVALID_FIELD, "special")
    if terms.version == 1 and terms.valid_until is not None and terms.valid_until <= terms.valid_from:
        raise ConsentError(Fault.BAD_PERIOD, "valid_until")


def _as_before(former: Terms | None, terms: AgreementTerms) -> None:
    """Refuse a version that does not follow the last, or that is about anything else."""
    if terms.version != (former.version if former else 0) + 1:
        raise ConsentError(Fault.INVALID_FIELD, "version")
    if former is None:
        return
    if frozenset(terms.categories) != former.categories:
        raise ConsentError(Fault.INVALID_FIELD, "categories")
    for name in ("controller", "recipient", "purpose"):
        if getattr(terms, name) != getattr(former, name):
            raise ConsentError(Fault.INVALID_FIELD, name)


def _gracious(terms: Terms, notice: NoticeText) -> None:
    """Ask that grace ends by the end of the last day it may; a special category has none (CONSENT.md 10)."""
    longest = timedelta(days=min(terms.max_grace_days, GRACE_LONGEST_DAYS) + 1)
    until = notice.grace_until
    if until is not None and (terms.special or not notice.published_at <= until < notice.published_at + longest):
        raise ConsentError(Fault.BAD_PERIOD, "grace_until")


def _by_two(approved_by: tuple[str, str]) -> None:
    if len(set(approved_by)) != len(approved_by):
        raise ConsentError(Fault.SAME_STEWARD, "approved_by")


def _in_three(text: Text) -> dict[str, Any]:
    spoken = asdict(text)
    hashes = {f"sha256_{language}": hashlib.sha256(said.encode()).digest() for language, said in spoken.items()}
    return {f"text_{language}": said for language, said in spoken.items()} | hashes


def _changed(
    tx: Transaction, type_: EventType, table: str, key: str, row: Mapping[str, Any], *, by: By, at: datetime
) -> None:
    writes.number_register(tx)
    record(
        tx,
        Event(
            id=uuid7(at),
            at=at,
            type=type_,
            actor=Actor(org=by.office, user=by.user, role=by.role),
            retention=RetentionClass.ADMIN,
            change=ChangeRef(table=table, id=key, digest=digest_of(row).hex()),
        ),
    )
