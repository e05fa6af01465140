"""Which acts and denials there are of a person, and whether one was found an error."""

from uuid import UUID

from sqlalchemy import select

from consent.model import FUTURE
from consent.queries.wills import selves
from consent.tables import act, confirmation, denial, invalidation, receipt
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
