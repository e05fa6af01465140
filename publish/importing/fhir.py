"""FHIR R4 Consents taken in as acts and denials; what cannot be held as it is said is refused, not bent (CONSENT.md 13)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from consent.exports import fhir as form
from consent.model import Kind
from consent.queries.terms import Shown
from consent.registry import By, Channel, Consent, Expressed, Given, Scope
from db.engine import Transaction
from publish import changes_of_will
from publish.importing import fhir_form as read
from publish.importing.answers import MANY, MOST, Taken, answered, bad

Node = Mapping[str, Any]
Find = Callable[[Node], UUID | None]
"""Tells whom a Consent's ``patient`` means; None when nobody known."""

_INSTANT: Final = timedelta(microseconds=1)
_NOES: Final = {
    Kind.REFUSED: changes_of_will.refuse,
    Kind.WITHDRAWN: changes_of_will.withdraw,
    Kind.REVOKED: changes_of_will.revoke,
    Kind.REQUESTED: changes_of_will.request,
    Kind.DEFERRED: changes_of_will.defer,
}
_YESES: Final = {Kind.GIVEN: changes_of_will.grant, Kind.RENEWED: changes_of_will.renew}


@dataclass(frozen=True, slots=True)
class _Import:
    """What all Consents of one import share."""

    tx: Transaction
    find: Find
    by: By
    at: datetime
    in_bulk: bool


def take_consents(tx: Transaction, consents: Sequence[Node], *, find: Find, by: By, at: datetime) -> list[Taken]:
    """Record every Consent that can be held, in the order of their signing, and answer for each by its place (from 1).

    Each is taken once: its ``id`` is the key. A Consent entered in error, a denial already lifted, and one that a representative gave are
    refused: the first never was, the second is over, of the third we have not asked about the authority.
    """
    if len(consents) > MOST:
        raise bad("entry")
    here = _Import(tx, find, by, at, len(consents) > MANY)
    numbered = sorted(enumerate(consents, start=1), key=lambda each: str(each[1].get("dateTime")))
    return sorted(_taken(here, numbered), key=lambda taken: taken.number)


def _taken(here: _Import, numbered: Iterable[tuple[int, Node]]) -> list[Taken]:
    return [answered(number, partial(_take, here, node)) for number, node in numbered]


def _take(here: _Import, node: Node) -> UUID:
    if node.get("resourceType") != "Consent":
        raise bad("resourceType")
    if node.get("status") == "entered-in-error":
        raise bad("status")
    if read.extension(node, "representative") is not None:
        raise bad("extension.representative")
    person_id = here.find(read.node(node, "patient"))
    if person_id is None:
        raise bad("patient")
    expressed = Expressed(
        channel=Channel.IMPORT,
        signed_at=read.moment(node.get("dateTime"), "dateTime"),
        command=f"fhir/{here.by.office}/{read.text(node, 'id')}",
        in_bulk=here.in_bulk,
    )
    kind = read.extension(node, "kind")
    return _denial(here, node, person_id, expressed) if kind == "denial" else _act(here, node, person_id, expressed)


def _act(here: _Import, node: Node, person_id: UUID, expressed: Expressed) -> UUID:
    kind = read.kind(node)
    named: dict[str, Any] = {
        "person_id": person_id,
        "agreement_id": read.agreement(node),
        "expressed": expressed,
        "by": here.by,
        "at": here.at,
    }
    if kind in _YESES:
        return _YESES[kind](here.tx, **named, consent=_consent(node)).act_id
    categories = [category for part in _parts(node) for category in read.codes(part, form.CLASSES)]
    return _NOES[kind](here.tx, **named, categories=categories).act_id


def _consent(node: Node) -> Consent:
    n, language, sha256 = read.notice(node)
    parts = _parts(node)
    starts = {_start(part) for part in parts}
    if len(starts) != 1:
        raise bad("provision.period.start")
    items = [given for part in parts for given in _given(part)]
    return Consent(items=items, notice=Shown(n, language, sha256), effective_from=starts.pop())


def _given(part: Node) -> Iterable[Given]:
    data = part.get("dataPeriod") or {}
    for category in read.codes(part, form.CLASSES):
        yield Given(
            category=category,
            valid_until=_end(part.get("period") or {}, "provision.period.end"),
            data_from=read.moment_or_none(data.get("start"), "provision.dataPeriod.start"),
            data_until=_end(data, "provision.dataPeriod.end"),
        )


def _parts(node: Node) -> Sequence[Node]:
    """Give the rules of a Consent: its provision, or the exceptions from it."""
    provision = read.node(node, "provision")
    nested = provision.get("provision")
    return nested if isinstance(nested, list) and nested else [provision]


def _denial(here: _Import, node: Node, person_id: UUID, expressed: Expressed) -> UUID:
    if node.get("status") != "active":
        raise bad("status")
    rule = read.node(node, "provision")
    data = rule.get("dataPeriod") or {}
    scope = Scope(
        source=read.only(rule, form.SOURCES),
        controller=read.only(rule, form.BUSINESS_ID),
        category=read.only(rule, form.CLASSES),
        recipient=read.recipient(rule),
        purpose=read.purpose(rule),
        data_from=read.moment_or_none(data.get("start"), "provision.dataPeriod.start"),
        data_until=_end(data, "provision.dataPeriod.end"),
        allow_emergency=read.extension(node, "allow-emergency") is True,
    )
    done = changes_of_will.deny(here.tx, person_id=person_id, scope=scope, expressed=expressed, by=here.by, at=here.at)
    return done.denial_id


def _start(part: Node) -> datetime | None:
    return read.moment_or_none((part.get("period") or {}).get("start"), "provision.period.start")


def _end(period: Node, field: str) -> datetime | None:
    """Read an end: FHIR includes it, we do not; a bare day lasts to its midnight in Helsinki."""
    text = period.get("end")
    if text is None:
        return None
    if read.is_day(text):
        return read.midnight_after(text, field)
    return read.moment(text, field) + _INSTANT
