"""The exact text that is shown or read aloud before an act, in one language, with what binds the act to it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from consent.queries.terms import Shown
from consent.tables import notice
from db.engine import Read


class NoticeShown(NamedTuple):
    """A notice as it reads in one language."""

    shown: Shown
    text: str


def notice_shown(read: Read, agreement_id: UUID, *, language: str, at: datetime) -> NoticeShown | None:
    """Give the text of an agreement in force at a moment; None when there is none yet."""
    of = notice.c
    texts = {"fi": of.text_fi, "sv": of.text_sv, "en": of.text_en}
    hashes = {"fi": of.sha256_fi, "sv": of.sha256_sv, "en": of.sha256_en}
    row = read.execute(
        select(of.n, texts[language], hashes[language])
        .where(of.agreement_id == agreement_id, of.published_at <= at)
        .order_by(of.n.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else NoticeShown(Shown(row[0], language, row[2]), row[1])
