"""What a decision rested on as it read then: statutes by version, and acts with the text that was shown."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from consent.tables import act, act_item, notice, statute
from db.engine import Read
from schemas.vocabulary import Text


class StatuteThen(NamedTuple):
    """A version of a rule of law, with its words."""

    statute_id: UUID
    version: int
    key: str
    law: str
    verified: bool
    valid_from: datetime
    text: Text


class ActThen(NamedTuple):
    """An act, and the notice it answered; without one it was a no."""

    act_id: UUID
    kind: str
    categories: tuple[str, ...]
    signed_at: datetime
    recorded_at: datetime
    channel: str
    language: str | None
    text: Text | None


def statute_then(read: Read, *, statute_id: UUID, version: int) -> StatuteThen | None:
    """Give a version of a statute."""
    of = statute.c
    row = read.execute(
        select(of.key, of.law_ref, of.verified, of.valid_from, of.text_fi, of.text_sv, of.text_en).where(
            of.statute_id == statute_id, of.version == version
        )
    ).one_or_none()
    if row is None:
        return None
    text = Text(row.text_fi, row.text_sv, row.text_en)
    return StatuteThen(statute_id, version, row.key, row.law_ref, row.verified, row.valid_from, text)


def statute_texts(read: Read) -> dict[tuple[UUID, int], Text]:
    """Give the words of every version of every statute, by its id and number."""
    of = statute.c
    rows = read.execute(select(of.statute_id, of.version, of.text_fi, of.text_sv, of.text_en))
    return {(row.statute_id, row.version): Text(row.text_fi, row.text_sv, row.text_en) for row in rows}


def doubted(read: Read) -> frozenset[tuple[UUID, int]]:
    """Name the versions of statutes of which no authority has confirmed our reading (AMENDMENTS 23)."""
    of = statute.c
    rows = read.execute(select(of.statute_id, of.version).where(of.verified.is_(False)))
    return frozenset((row.statute_id, row.version) for row in rows)


def act_then(read: Read, *, act_id: UUID) -> ActThen | None:
    """Give an act with the text that was shown before it."""
    of, text = act.c, notice.c
    row = read.execute(
        select(
            *(of.signed_at, of.recorded_at, of.channel, of.notice_language),
            *(text.text_fi, text.text_sv, text.text_en),
            func.array_agg(act_item.c.category).label("categories"),
            func.min(act_item.c.kind).label("kind"),
        )
        .join_from(act, act_item, act_item.c.act_id == of.act_id)
        .outerjoin(notice, (text.agreement_id == of.agreement_id) & (text.n == of.notice_n))
        .where(of.act_id == act_id)
        .group_by(of.act_id, text.agreement_id, text.n)
    ).one_or_none()
    if row is None:
        return None
    shown = None if row.text_fi is None else Text(row.text_fi, row.text_sv, row.text_en)
    return ActThen(
        act_id=act_id,
        kind=row.kind,
        categories=tuple(sorted(row.categories)),
        signed_at=row.signed_at,
        recorded_at=row.recorded_at,
        channel=row.channel,
        language=row.notice_language,
        text=shown,
    )
