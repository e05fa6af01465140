"""Which acts, denials and pauses there are of a person, and whether one was found an error."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from consent.model import FUTURE
from consent.queries.wills import selves
from consent.tables import act, confirmation, denial, invalidation, receipt, suspension
from db.engine import Read


def acts_of(read: Read, person_id: UUID) -> list[UUID]:
    """List a person's acts, oldest first, those of whoever turned out to be them too."""
    own = selves(act.c.person_id, person_id, known_at=FUTURE)
    return list(read.execute(select(act.c.act_id).where(own).order_by(act.c.signed_at, act.c.seq)).scalars())


def denials_of(read: Read, person_id: UUID) -> list[UUID]:
    """List a person's denials, oldest first, lifted ones too."""
    own = selves(denial.c.person_id, person_id, known_at=FUTURE)
    return list(
        read.execute(select(denial.c.denial_id).where(own).order_by(denial.c.signed_at, denial.c.seq)).scalars()
    )


class Pause(NamedTuple):
    """A pause as its last row has it, of whom, under which agreement and in which time; an open one has no end."""

    suspension_id: UUID
    person_id: UUID
    agreement_id: UUID
    from_at: datetime
    until_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether it is under way at a moment."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


def pauses_of(read: Read, person_id: UUID) -> list[Pause]:
    """List a person's pauses, oldest first, ended ones too."""
    of = suspension.c
    rows = read.execute(
        select(of.suspension_id, of.person_id, of.agreement_id, of.from_at, of.until_at)
        .where(selves(of.person_id, person_id, known_at=FUTURE))
        .ext(distinct_on(of.suspension_id))
        .order_by(of.suspension_id, of.recorded_at.desc())
    )
    return sorted((Pause(*row) for row in rows), key=lambda pause: (pause.from_at, pause.suspension_id))


def pause_until(
    read: Read, person_id: UUID, agreement_id: UUID, *, at: datetime, until_at: datetime | None
) -> UUID | None:
    """Find a pause under an agreement that is under way and lasts until a moment (None: for good) or longer."""
    for pause in pauses_of(read, person_id):
        if (
            pause.agreement_id == agreement_id
            and pause.holds(at)
            and (pause.until_at or FUTURE) >= (until_at or FUTURE)
        ):
            return pause.suspension_id
    return None


def voided(read: Read, *, act_id: UUID | None = None, denial_id: UUID | None = None) -> bool:
    """Tell whether an act or a denial was found an error, or an act was rejected by a second steward."""
    of = invalidation.c
    same = of.act_id == act_id if denial_id is None else of.denial_id == denial_id
    found = read.execute(select(of.invalidation_id).where(same)).first()
    rejected = select(confirmation.c.act_id).where(confirmation.c.act_id == act_id, confirmation.c.accepted.is_(False))
    return found is not None or (act_id is not None and read.execute(rejected).first() is not None)


def subject(read: Read, pseudonym: UUID) -> UUID | None:
    """Find whom a receipt or a record calls by a pseudonym; None when we gave none such."""
    rows = select(receipt.c.person_id).where(receipt.c.subject == pseudonym).limit(1)
    return read.execute(rows).scalar_one_or_none()
