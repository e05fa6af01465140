"""The texts of agreements version by version, and whose consents a newer text asks anew."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from consent.model import Change, Step
from consent.queries.desk import at_their_age
from consent.queries.life import first_version
from consent.tables import agreement, current, notice, person
from db.engine import Read
from schemas.vocabulary import Text


class Version(NamedTuple):
    """The n-th text of an agreement, in its three languages, with the SHA-256 of each in hex."""

    n: int
    change: Change
    text: Text
    sha256: Text
    published_at: datetime
    grace_until: datetime
    approved_by: tuple[str, ...]


class Renewal(NamedTuple):
    """A person whose consent under an agreement a newer text asks anew; refused from ``due_at`` on unless it is given again.

    ``language`` is the one to ask in, None when not known; ``n`` the text they consented to.
    """

    person_id: UUID
    agreement_id: UUID
    categories: tuple[str, ...]
    language: str | None
    n: int
    due_at: datetime


def versions(read: Read, agreement_id: UUID) -> list[Version]:
    """List the texts of an agreement, the first one first."""
    of = notice.c
    rows = read.execute(select(notice).where(of.agreement_id == agreement_id).order_by(of.n))
    return [
        Version(
            n=row.n,
            change=Change(row.change),
            text=Text(row.text_fi, row.text_sv, row.text_en),
            sha256=Text(row.sha256_fi.hex(), row.sha256_sv.hex(), row.sha256_en.hex()),
            published_at=row.published_at,
            grace_until=row.grace_until,
            approved_by=tuple(row.approved_by),
        )
        for row in rows
    ]


def renewals(read: Read, *, recipient: str, at: datetime, limit: int) -> list[Renewal]:
    """List whose consents in force a material text has overtaken, under agreements of a recipient, the first to end first."""
    key, text = current.c, notice.c
    newer = and_(
        text.agreement_id == key.agreement_id,
        text.n > key.notice_n,
        text.change == Change.MATERIAL,
        text.published_at <= at,
    )
    due_at = func.min(text.grace_until)
    rows = read.execute(
        select(
            *(key.person_id, key.agreement_id, func.array_agg(key.category.distinct())),
            *(func.min(person.c.language), func.min(key.notice_n), due_at),
        )
        .join_from(current, notice, newer)
        .join(agreement, first_version(key.agreement_id))
        .join(person, person.c.person_id == key.person_id)
        .where(
            agreement.c.recipient == recipient,
            key.step == Step.OK,
            at_their_age(at),
            or_(key.from_at.is_(None), key.from_at <= at),
            or_(key.until_at.is_(None), key.until_at > at),
        )
        .group_by(key.person_id, key.agreement_id)
        .order_by(due_at, key.person_id)
        .limit(limit)
    )
    return [
        Renewal(person_id, agreement_id, tuple(sorted(names)), language, n, due)
        for person_id, agreement_id, names, language, n, due in rows
    ]
