"""How an act is written: its row and items, guarded, with all that follows; what the verbs of ``consent.registry.acts`` share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.events import EventType
from consent.errors import ConsentError, Fault
from consent.model import FUTURE, PAST, Kind
from consent.queries import writes
from consent.queries.terms import Shown, Terms
from consent.registry import guards
from consent.registry.guards import Times
from consent.registry.recording import ActRecord, By, Expressed, Told, begin, digest_of, finish
from db.engine import Transaction
from db.ids import uuid7

_EVENT = {
    Kind.REQUESTED: EventType.CONSENT_REQUESTED,
    Kind.DEFERRED: EventType.CONSENT_DEFERRED,
    Kind.GIVEN: EventType.CONSENT_GIVEN,
    Kind.RENEWED: EventType.CONSENT_RENEWED,
    Kind.REFUSED: EventType.CONSENT_REFUSED,
    Kind.WITHDRAWN: EventType.CONSENT_WITHDRAWN,
    Kind.REVOKED: EventType.CONSENT_REVOKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A category granted, until when (None: as long as the agreement allows), for which data (None: open ends)."""

    category: str
    valid_until: datetime | None = None
    data_from: datetime | None = None
    data_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What is granted after which text, from when on (None: at once).

    ``competence_note`` says why a minor may grant alone; it goes into the event's erasable detail.
    """

    items: Sequence[Given]
    notice: Shown
    effective_from: datetime | None = None
    competence_note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Aim:
    """What is done to whose keys under which agreement."""

    kind: Kind
    person_id: UUID
    agreement_id: UUID


def say_yes(tx: Transaction, aim: Aim, consent: Consent, *, expressed: Expressed, by: By, at: datetime) -> ActRecord:
    """Write a yes, if it can be given."""
    recorded_at = begin(tx, aim.person_id, at)
    if repeated := _repeated(tx, aim, expressed.command):
        return repeated
    terms = guards.agreed(tx, aim.agreement_id)
    when = guards.times(signed_at=expressed.signed_at, effective_from=consent.effective_from, recorded_at=recorded_at)
    _guard(tx, aim.person_id, terms, consent, voice=expressed.voice, when=when)
    items = [_item(terms, when, given, aim.kind) for given in consent.items]
    second = {
        "notice_n": consent.notice.n,
        "notice_language": consent.notice.language,
        "notice_sha256": consent.notice.sha256,
        "needs_second": by.steward and (terms.special or expressed.in_bulk),
    }
    return _write(tx, aim, terms, _row(aim, expressed, when, by) | second, items, by=by, note=consent.competence_note)


def _guard(
    tx: Transaction, person_id: UUID, terms: Terms, consent: Consent, *, voice: UUID | None, when: Times
) -> None:
    """Refuse a grant that cannot be."""
    guards.covered([given.category for given in consent.items], terms)
    guards.grantable(tx, person_id, terms, when.recorded_at)
    guards.shown(tx, terms, consent.notice, signed_at=when.signed_at)
    competent = consent.competence_note is not None
    guards.may_speak(tx, person_id, terms, voice=voice, competent=competent, at=when.recorded_at)


def say(
    tx: Transaction,
    aim: Aim,
    categories: Sequence[str],
    *,
    expressed: Expressed,
    by: By,
    at: datetime,
    cause: str | None = None,
) -> ActRecord:
    """Write anything but a yes; nothing stands in its way. ``cause``: why a controller ends it, a code."""
    recorded_at = begin(tx, aim.person_id, at)
    if repeated := _repeated(tx, aim, expressed.command):
        return repeated
    terms = guards.agreed(tx, aim.agreement_id)
    guards.covered(categories, terms)
    when = guards.times(signed_at=expressed.signed_at, effective_from=None, recorded_at=recorded_at)
    items = [{"category": category, "kind": aim.kind} for category in categories]
    told = {} if cause is None else {"cause": cause}
    return _write(tx, aim, terms, _row(aim, expressed, when, by) | told, items, by=by)


def _row(aim: Aim, expressed: Expressed, when: Times, by: By) -> dict[str, Any]:
    return {
        "act_id": uuid7(when.recorded_at),
        "person_id": aim.person_id,
        "agreement_id": aim.agreement_id,
        "signed_at": when.signed_at,
        "effective_from": when.effective_from,
        "recorded_at": when.recorded_at,
        "channel": expressed.channel,
        "voice": expressed.voice,
        "recorded_by": by.user,
        "office": by.office,
        "needs_second": False,
        "command": expressed.command,
    }


def _item(terms: Terms, when: Times, given: Given, kind: Kind) -> dict[str, Any]:
    guards.zoned(valid_until=given.valid_until, data_from=given.data_from, data_until=given.data_until)
    data = (given.data_from or PAST, given.data_until or FUTURE)
    return {
        "category": given.category,
        "kind": kind,
        "valid_until": guards.bounded(terms, when, valid_until=given.valid_until, data=data),
        "data_from": given.data_from,
        "data_until": given.data_until,
    }


def _write(
    tx: Transaction,
    aim: Aim,
    terms: Terms,
    row: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    *,
    by: By,
    note: str | None = None,
) -> ActRecord:
    """Append the act, then do what follows every act."""
    digest = digest_of(row, items)
    writes.append_act(tx, {**row, "digest": digest}, items)
    told = Told(
        type=_EVENT[aim.kind],
        table="consent.act",
        row_id=row["act_id"],
        digest=digest,
        categories=[item["category"] for item in items],
        purpose=terms.purpose,
        controllers=(terms.controller,),
        text=note,
    )
    finish(tx, aim.person_id, by=by, at=row["recorded_at"], told=told)
    return ActRecord(
        act_id=row["act_id"],
        person_id=aim.person_id,
        agreement_id=aim.agreement_id,
        recorded_at=row["recorded_at"],
        kinds=_kinds(items),
        needs_second=row["needs_second"],
        digest=digest,
    )


def _kinds(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {item["category"]: str(item["kind"]) for item in items}


def _repeated(tx: Transaction, aim: Aim, command: str | None) -> ActRecord | None:
    """Find what the same command did before; for another person or agreement it is not the same."""
    act_id = None if command is None else writes.act_by_command(tx, command)
    if act_id is None:
        return None
    row = writes.act_row(tx, act_id)
    assert row is not None
    if (row.person_id, row.agreement_id) != (aim.person_id, aim.agreement_id) or set(row.kinds.values()) != {aim.kind}:
        raise ConsentError(Fault.INVALID_FIELD, "command")
    return ActRecord(
        act_id=row.act_id,
        person_id=row.person_id,
        agreement_id=row.agreement_id,
        recorded_at=row.recorded_at,
        kinds=row.kinds,
        needs_second=row.needs_second,
        digest=row.digest,
    )
