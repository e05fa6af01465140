"""Who speaks for a person, and whose authority is to be asked about, or soon ends."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Subquery, and_, func, or_, select

from consent.model import RepresentationKind
from consent.queries.people import of_age_if_born_by
from consent.tables import act, agreement, current, person, representation, representation_check
from consent.will import CHECK_HOLDS
from db.engine import Read


class VoiceRow(NamedTuple):
    """A voice with the last answer on it: who speaks (``representative``) for whom, by what right; None: never asked."""

    representation_id: UUID
    person_id: UUID
    representative: UUID
    kind: RepresentationKind
    checked_at: datetime | None
    allowed: bool | None

    @property
    def number(self) -> str:
        """The end of the voice's id, to tell those of one person apart on a page."""
        return self.representation_id.hex[-4:].upper()

    def stale(self, at: datetime) -> bool:
        """Tell whether the last answer says nothing any more."""
        return self.checked_at is None or self.checked_at + CHECK_HOLDS[self.kind] <= at

    def holds(self, at: datetime, *, minor: bool) -> bool:
        """Tell whether the last answer lets them speak: a guardian for a minor only (CONSENT.md 4)."""
        of_age = self.kind is RepresentationKind.GUARDIAN and not minor
        return self.allowed is True and not self.stale(at) and not of_age


def voices_of(read: Read, person_id: UUID) -> list[VoiceRow]:
    """List who speaks for a person, each with the last answer."""
    last, of = _last(), representation.c
    rows = read.execute(
        select(of.representation_id, of.person_id, of.representative, of.kind, last.c.checked_at, last.c.allowed)
        .outerjoin(last, and_(last.c.representation_id == of.representation_id, last.c.age == 1))
        .where(of.person_id == person_id)
        .order_by(of.representation_id)
    )
    return [_voice(row) for row in rows]


def speaks_for(read: Read, *, person_id: UUID, representative: UUID, at: datetime) -> bool:
    """Tell whether the last answer says that somebody may speak for a person now; of a protected person nobody does, to a machine."""
    of = person.c
    ward = read.execute(select(of.birth_date, of.protected).where(of.person_id == person_id)).one_or_none()
    minor = ward is not None and ward.birth_date is not None and ward.birth_date > of_age_if_born_by(at)
    voiced = [voice for voice in voices_of(read, person_id) if voice.representative == representative]
    return ward is not None and not ward.protected and any(voice.holds(at, minor=minor) for voice in voiced)


def authority_due(read: Read, *, recipient: str, at: datetime, of_age_within: timedelta, limit: int) -> list[VoiceRow]:
    """List the voices behind acts under a recipient's agreements that were refused, are stale, or of a ward who is soon of age."""
    last, of = _last(), representation.c
    spoken = (
        select(act.c.voice)
        .join(agreement, and_(agreement.c.agreement_id == act.c.agreement_id, agreement.c.version == 1))
        .where(act.c.voice == of.representation_id, agreement.c.recipient == recipient)
    )
    stale = or_(
        *(and_(of.kind == kind, last.c.checked_at <= at - holds) for kind, holds in CHECK_HOLDS.items()),
        last.c.checked_at.is_(None),
        last.c.allowed.is_(False),
    )
    soon = and_(
        of.kind == RepresentationKind.GUARDIAN,
        person.c.birth_date.between(of_age_if_born_by(at), of_age_if_born_by(at + of_age_within)),
    )
    rows = read.execute(
        select(of.representation_id, of.person_id, of.representative, of.kind, last.c.checked_at, last.c.allowed)
        .join_from(representation, person, person.c.person_id == of.person_id)
        .outerjoin(last, and_(last.c.representation_id == of.representation_id, last.c.age == 1))
        .where(spoken.exists(), or_(stale, soon))
        .order_by(last.c.checked_at.nulls_first(), of.representation_id)
        .limit(limit)
    )
    return [_voice(row) for row in rows]


def relied_on(read: Read, *, at: datetime, until: datetime, limit: int) -> list[UUID]:
    """List people of whom a consent is, or will be, another's word whose last answer says nothing any more at ``until``."""
    last, of, said = _last(), representation.c, current.c
    carries = (
        select(act.c.voice)
        .join(current, said.act_id == act.c.act_id)
        .where(act.c.voice == of.representation_id, or_(said.until_at.is_(None), said.until_at > at))
    )
    stale = or_(
        *(and_(of.kind == kind, last.c.checked_at <= until - holds) for kind, holds in CHECK_HOLDS.items()),
        last.c.checked_at.is_(None),
    )
    rows = read.execute(
        select(of.person_id)
        .distinct()
        .outerjoin(last, and_(last.c.representation_id == of.representation_id, last.c.age == 1))
        .where(carries.exists(), stale)
        .order_by(of.person_id)
        .limit(limit)
    )
    return list(rows.scalars())


def _voice(row: Row[*tuple[Any, ...]]) -> VoiceRow:
    who = (row.representation_id, row.person_id, row.representative)
    return VoiceRow(*who, kind=RepresentationKind(row.kind), checked_at=row.checked_at, allowed=row.allowed)


def _last() -> Subquery:
    of = representation_check.c
    age = func.rank().over(partition_by=of.representation_id, order_by=of.checked_at.desc()).label("age")
    return select(of.representation_id, of.checked_at, of.allowed, age).subquery()
