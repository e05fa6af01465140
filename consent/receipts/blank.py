"""What a blank form of an agreement says, for somebody to read and sign on paper (CONSENT.md 10, 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consent.queries import receipts as queries
from consent.queries.reading_aloud import NoticeShown, notice_shown
from consent.receipts.claims import agreement_claims
from consent.receipts.issuing import under_of
from db.engine import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A form: the exact text in one language with its hash, what may be allowed, at most how long, and the rest as a receipt says it."""

    agreement_id: UUID
    notice: NoticeShown
    categories: tuple[str, ...]
    max_days: int
    claims: Mapping[str, Any]


def blank(read: Read, agreement_id: UUID, *, language: str, at: datetime) -> Blank | None:
    """Give the form of an agreement as of a moment; None when it has no text yet."""
    notice = notice_shown(read, agreement_id, language=language, at=at)
    if notice is None:
        return None
    under = under_of(read, agreement_id)
    return Blank(
        agreement_id=agreement_id,
        notice=notice,
        categories=tuple(under.terms["categories"]),
        max_days=under.terms["max_days"],
        claims=agreement_claims(under, queries.issuing(read)),
    )
