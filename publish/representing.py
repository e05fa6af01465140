"""Who comes to speak for a client: the register of mandates is asked at once, and only its yes makes a voice (CONSENT.md 4, 14)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from connectors.errors import ConnectorError
from connectors.mandates import Mandates, Right
from connectors.meeting import code_in_use, met
from consent.errors import ConsentError, Fault
from consent.model import RepresentationKind
from consent.queries import people, voices
from consent.queries.voices import VoiceRow
from consent.registry import By
from db.engine import Database, Read, Transaction
from publish import changes_of_will
from publish.errors import NoAnswers
from publish.people import person_of
from schemas.identifiers import Hetu

OF_A_CHILD: Final = (RepresentationKind.GUARDIAN, RepresentationKind.LEGAL_GUARDIAN)
OF_AN_ADULT: Final = (RepresentationKind.MANDATE, RepresentationKind.LEGAL_GUARDIAN)
KINDS: Final[Mapping[Right, RepresentationKind]] = {
    Right.CUSTODIAN: RepresentationKind.GUARDIAN,
    Right.GUARDIAN: RepresentationKind.LEGAL_GUARDIAN,
    Right.MANDATE: RepresentationKind.MANDATE,
}
Kinds = frozenset[RepresentationKind]


@dataclass(frozen=True, slots=True)
class Register:
    """The register of mandates as a page reaches it.

    ``reached`` gives the way to the register, None while there is none.
    """

    database: Database
    reached: Callable[[], Mandates | None]

    def rights(self, person_id: UUID, delegate: Hetu | UUID) -> Kinds:
        """Ask by what rights somebody may act for a person today. Raises NoAnswers; who has no identity code with us by none, unasked."""
        with self.database.read() as read:
            principal = code_in_use(read, person_id)
            other = delegate if isinstance(delegate, Hetu) else code_in_use(read, delegate)
        return frozenset() if principal is None or other is None else self._asked(principal, other)

    def _asked(self, principal: Hetu, delegate: Hetu) -> Kinds:
        """Ask outside any transaction: what it takes to answer holds no lock."""
        mandates = self.reached()
        if mandates is None:
            raise NoAnswers("There is no way to the register of mandates.")
        try:
            return frozenset(KINDS[right] for right in mandates.rights(principal, delegate))
        except ConnectorError as error:
            raise NoAnswers("The register of mandates gave no answer.") from error


def kinds(read: Read, person_id: UUID, at: datetime) -> tuple[RepresentationKind, ...]:
    """Name by what rights one may speak for a person of their age."""
    return OF_A_CHILD if minor(read, person_id, at) else OF_AN_ADULT


def minor(read: Read, person_id: UUID, at: datetime) -> bool:
    """Say whether a person is known to be under 18."""
    born, _ = people.life(read, person_id)
    return born is not None and at < people.of_age_at(born)


def come(
    database: Database,
    register: Register,
    *,
    person_id: UUID,
    hetu: Hetu,
    kind: RepresentationKind,
    by: By,
    at: datetime,
) -> UUID:
    """Give the voice of who comes to speak for a person, noted with the register's answer.

    Whoever may not, the person themself, somebody unknown and another office's client are refused alike: ConsentError of ``voice``.
    ConsentError of ``kind`` where the register knows them by another right. Raises NoAnswers, and then nothing is recorded.
    """
    with database.read() as read:
        if kind not in kinds(read, person_id, at):
            raise ConsentError(Fault.INVALID_FIELD, "voice")
        if person_of(read, hetu) == person_id:
            raise ConsentError(Fault.CANNOT_ACT, "voice")
    rights = register.rights(person_id, hetu)
    if not rights:
        with database.transaction() as tx:
            _silenced(tx, person_id, person_of(tx, hetu), by=by, at=at)
        raise ConsentError(Fault.CANNOT_ACT, "voice")
    if kind not in rights:
        raise ConsentError(Fault.INVALID_FIELD, "kind")
    with database.transaction() as tx:
        return _noted(tx, person_id, met(tx, hetu, at=at), kind, by=by, at=at)


def speak_again(database: Database, register: Register, voice: VoiceRow, *, by: By, at: datetime) -> None:
    """Ask anew about somebody who has spoken before; ConsentError where they may not by that right any more. Raises NoAnswers."""
    allowed = voice.kind in register.rights(voice.person_id, voice.representative)
    with database.transaction() as tx:
        changes_of_will.check(tx, representation_id=voice.representation_id, allowed=allowed, by=by, at=at)
        child = minor(tx, voice.person_id, at)
    if not allowed or (voice.kind is RepresentationKind.GUARDIAN and not child):
        raise ConsentError(Fault.CANNOT_ACT, "voice")


def _noted(
    tx: Transaction, person_id: UUID, representative: UUID, kind: RepresentationKind, *, by: By, at: datetime
) -> UUID:
    """Record the answer on a known voice, or make one."""
    known = next((each for each in _of(tx, person_id, representative) if each.kind is kind), None)
    told: dict[str, Any] = {"allowed": True, "by": by, "at": at}
    if known is None:
        return changes_of_will.represent(tx, person_id=person_id, representative=representative, kind=kind, **told)
    changes_of_will.check(tx, representation_id=known.representation_id, **told)
    return known.representation_id


def _silenced(tx: Transaction, person_id: UUID, representative: UUID | None, *, by: By, at: datetime) -> None:
    """Record a no on somebody who has spoken before; of anybody else nothing is kept."""
    for voice in _of(tx, person_id, representative):
        changes_of_will.check(tx, representation_id=voice.representation_id, allowed=False, by=by, at=at)


def _of(read: Read, person_id: UUID, representative: UUID | None) -> list[VoiceRow]:
    return [voice for voice in voices.voices_of(read, person_id) if voice.representative == representative]
