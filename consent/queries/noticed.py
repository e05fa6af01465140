"""Which text was shown before an act, and in which language."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from consent.queries.life import first_version
from consent.tables import act, agreement
from db.engine import Read


class Noticed(NamedTuple):
    """The text (by agreement and number) that an act answered."""

    agreement_id: UUID
    n: int
    language: str


def noticed(read: Read, *, person_id: UUID, recipient: str) -> dict[UUID, Noticed]:
    """Give the text behind each act of a person under the agreements of a recipient; a no answers none."""
    of = act.c
    rows = read.execute(
        select(of.act_id, of.agreement_id, of.notice_n, of.notice_language)
        .join_from(act, agreement, first_version(of.agreement_id))
        .where(of.person_id == person_id, agreement.c.recipient == recipient)
    )
    return {
        act_id: Noticed(agreement_id, n, language)
        for act_id, agreement_id, n, language in rows
        if n is not None and language is not None
    }
