"""FHIR R4 Consents taken in as acts, denials and pauses; what cannot be held as it is said is refused, not bent (CONSENT.md 13)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from consent.errors import Fault
from consent.exports import fhir_parts as form
from consent.model import Kind
from consent.queries import recorded
from consent.queries.terms import Shown, Terms
from consent.registry import By, Channel, Consent, Expressed, Given, Scope
from db.engine import Transaction
from publish import changes_of_will
from publish.importing import fhir_form as read
from publish.importing import fhir_rule as rule
from publish.importing.answers import MANY, MOST, Taken, answered, bad
from publish.importing.fhir_rule import Part
from publish.importing.moments import moment
from publish.importing.under import agreement_of

Node = Mapping[str, Any]
Find = Callable[[Node], UUID | None]
"""Tells whom a Consent's ``patient`` means; None when nobody known."""

_NOES: Final = {
    Kind.REFUSED: changes_of_will.refuse,
    Kind.WITHDRAWN: changes_of_will.withdraw,
    Kind.REVOKED: changes_of_will.revoke,
    Kind.REQUESTED: changes_of_will.request,
    Kind.DEFERRED: changes_of_will.defer,
}
_YESES: Final = {Kind.GIVEN: changes_of_will.grant, Kind.RENEWED: changes_of_will.renew}
_NAMES: Final = {
    "agreement_id": "extension.agreement",
    "notice": "extension.notice",
    "signed_at": "dateTime",
    "items": "provision.class",
    "category": "provision.class",
    "source": "provision.class",
    "controller": "provision.class",
    "recipient": "provision.actor",
    "purpose": "provision.purpose",
    "valid_until": "provision.period.end",
    "data_until": "provision.dataPeriod.end",
    "person_id": "patient",
    "voice": "performer",
    "command": "id",
}
"""Where a Consent says what the verbs call so."""


@dataclass(frozen=True, slots=True)
class _Import:
    """What all Consents of one import share; ``unheld``: of whom a representative's word under which agreement was not taken in."""

    tx: Transaction
    find: Find
    by: By
    at: datetime
    in_bulk: bool
    unheld: set[tuple[UUID, UUID]] = field(default_factory=set)


def take_consents(tx: Transaction, consents: Sequence[Node], *, find: Find, by: By, at: datetime) -> list[Taken]:
    """Record every Consent that can be held, in the order of their signing, and answer for each by its place (from 1).

    Each is taken once: its ``id`` is the key. Refused are a Consent entered in error and a denial or a pause already over: the first never
    was, the others are past; what a representative said under an agreement, for we have not asked about their authority, and then every
    yes of the same person under it too: it might be in conflict; and what was said under an agreement of which the office knows nothing.
    A representative's denial is taken in: a standing no needs no authority.
    """
    if len(consents) > MOST:
        raise bad("entry")
    here = _Import(tx, find, by, at, len(consents) > MANY)
    numbered = sorted(enumerate(consents, start=1), key=lambda each: _place(each[1]))
    return sorted(_taken(here, numbered), key=lambda taken: taken.number)


def _place(node: Node) -> tuple[bool, str]:
    """Put what a representative said first, so that it is known before any yes is taken in; then by the day of signing."""
    spoken_for = any(each.get("url") == form.EXTENSION + "representative" for each in read.listed(node, "extension"))
    return not spoken_for, str(node.get("dateTime"))


def _taken(here: _Import, numbered: Iterable[tuple[int, Node]]) -> list[Taken]:
    return [answered(number, partial(_take, here, node), names=_NAMES) for number, node in numbered]


def _take(here: _Import, node: Node) -> UUID:
    if node.get("resourceType") != "Consent":
        raise bad("resourceType")
    if node.get("status") == "entered-in-error":
        raise bad("status")
    person_id = here.find(read.node(node, "patient"))
    if person_id is None:
        raise bad("patient")
    expressed = Expressed(
        channel=Channel.IMPORT,
        signed_at=moment(node.get("dateTime"), "dateTime"),
        command=f"fhir/{here.by.office}/{read.id_(node)}",
        in_bulk=here.in_bulk,
    )
    match read.extension(node, "kind"):
        case "denial":
            return _denial(here, node, person_id, expressed)
        case "pause":
            return _pause(here, node, person_id)
    return _act(here, node, person_id, expressed)


def _act(here: _Import, node: Node, person_id: UUID, expressed: Expressed) -> UUID:
    kind = read.kind(node)
    terms = _under(here, node, person_id, ends=kind.no)
    named: dict[str, Any] = {"person_id": person_id, "agreement_id": terms.agreement_id}
    named |= {"expressed": expressed, "by": here.by, "at": here.at}
    if read.extension(node, "representative") is not None:
        here.unheld.add((person_id, terms.agreement_id))
        raise bad("extension.representative", Fault.CANNOT_ACT)
    said = rule.parts(node, terms, permits=kind.yes)
    if kind not in _YESES:
        return _NOES[kind](here.tx, **named, categories=[each for part in said for each in part.categories]).act_id
    if (person_id, terms.agreement_id) in here.unheld:
        raise bad("extension.agreement", Fault.NOT_GRANTABLE)
    return _YESES[kind](here.tx, **named, consent=_consent(node, said)).act_id


def _under(here: _Import, node: Node, person_id: UUID, *, ends: bool) -> Terms:
    return agreement_of(
        here.tx,
        read.agreement(node),
        office=here.by.office,
        person_id=person_id,
        ends=ends,
        at=here.at,
        field="extension.agreement",
    )


def _consent(node: Node, said: Sequence[Part]) -> Consent:
    n, language, sha256 = read.notice(node)
    starts = {part.start for part in said}
    if len(starts) != 1:
        raise bad("provision.period.start")
    items = [given for part in said for given in _given(part)]
    return Consent(items=items, notice=Shown(n, language, sha256), effective_from=starts.pop())


def _given(part: Part) -> Iterable[Given]:
    for category in part.categories:
        yield Given(category=category, valid_until=part.end, data_from=part.data_from, data_until=part.data_until)


def _denial(here: _Import, node: Node, person_id: UUID, expressed: Expressed) -> UUID:
    if node.get("status") != "active":
        raise bad("status")
    said, part = rule.denial(node)
    if part.start not in (None, expressed.signed_at):
        raise bad("provision.period.start")
    scope = Scope(
        source=read.only(said, form.SOURCES),
        controller=read.only(said, form.BUSINESS_ID),
        category=read.only(said, form.CLASSES),
        recipient=read.recipient(said),
        purpose=read.purpose(said),
        data_from=part.data_from,
        data_until=part.data_until,
        allow_emergency=read.extension(node, "allow-emergency") is True,
    )
    done = changes_of_will.deny(here.tx, person_id=person_id, scope=scope, expressed=expressed, by=here.by, at=here.at)
    return done.denial_id


def _pause(here: _Import, node: Node, person_id: UUID) -> UUID:
    """Pause what is said under an agreement from now on, to the end that it names; one that holds as long already stands for it."""
    if node.get("status") != "active":
        raise bad("status")
    terms = _under(here, node, person_id, ends=True)
    (part,) = rule.parts(node, terms, permits=False)
    agreement_id = terms.agreement_id
    held = recorded.pause_until(here.tx, person_id, agreement_id, at=here.at, until_at=part.end)
    return held or changes_of_will.suspend(
        here.tx, person_id=person_id, agreement_id=agreement_id, by=here.by, at=here.at, until_at=part.end
    )
