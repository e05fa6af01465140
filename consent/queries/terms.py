"""One agreement with the rules that acts under it must keep."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from consent.model import Period
from consent.queries.register import in_force
from consent.tables import agreement, notice
from db.engine import Read


class Terms(NamedTuple):
    """The last version of an agreement."""

    agreement_id: UUID
    version: int
    controller: str
    purpose: str
    recipient: str
    categories: frozenset[str]
    special: bool
    in_force: Period
    max_days: int
    extension_allowed: bool
    own_act_age: int
    max_grace_days: int


class Shown(NamedTuple):
    """The text that was shown before an act: which notice, in which language, and its SHA-256."""

    n: int
    language: str
    sha256: bytes


def terms(read: Read, agreement_id: UUID) -> Terms | None:
    """Return an agreement's terms, None when there is no such agreement."""
    of = agreement.c
    row = (
        read.execute(select(agreement).where(of.agreement_id == agreement_id).order_by(of.version.desc()).limit(1))
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    return Terms(
        agreement_id=agreement_id,
        version=row[of.version],
        controller=row[of.controller],
        purpose=row[of.purpose],
        recipient=row[of.recipient],
        categories=frozenset(row[of.categories]),
        special=row[of.special],
        in_force=in_force(row[of.state], row[of.valid_from], row[of.valid_until], row[of.recorded_at]),
        max_days=row[of.max_days],
        extension_allowed=row[of.extension_allowed],
        own_act_age=row[of.own_act_age],
        max_grace_days=row[of.max_grace_days],
    )


def notice_at(read: Read, agreement_id: UUID, *, language: str, at: datetime) -> Shown | None:
    """Return the text of an agreement that is in force at a moment, in a language, None when there is none."""
    of = notice.c
    hashes = {"fi": of.sha256_fi, "sv": of.sha256_sv, "en": of.sha256_en}
    if language not in hashes:
        return None
    row = read.execute(
        select(of.n, hashes[language])
        .where(of.agreement_id == agreement_id, of.published_at <= at)
        .order_by(of.n.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Shown(row[0], language, row[1])
