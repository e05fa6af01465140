"""A person's list as other systems ask for it: by its numbers in the log, with its length, feed pages among it (ACCESS-LOG 8)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import MetaData, Select, Subquery, func, select, union_all

from audit import tables
from audit.queries import pages
from audit.queries.search import Found, array
from db.engine import Read

_GIVEN: Final = ("disclosure.read", "disclosure.exported")
_own = tables.event.to_metadata(MetaData(), name="own_event", schema="audit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Events of these types sealed in ``[since, until)``, but none by ``but_role``; and these feed pages."""

    types: Collection[str]
    pages: Collection[UUID]
    but_role: str
    since: datetime
    until: datetime


def count(read: Read, span: Span) -> int:
    """Count what the list holds."""
    return int(read.execute(select(func.count()).select_from(_both(span))).scalar_one())


def listed(read: Read, span: Span, *, offset: int, limit: int) -> list[Found]:
    """List it, the last sealed first."""
    of = _both(span).c
    rows = read.execute(
        select(of.log, of.index, of.id, of.t, of.entry)
        .order_by(of.log.desc(), of.index.desc())
        .offset(offset)
        .limit(limit)
    )
    return [Found(log, index, id_, t, bytes(entry)) for log, index, id_, t, entry in rows]


def _both(span: Span) -> Subquery:
    return union_all(_events(span), _within(pages.chosen(span.pages), pages.feed_page, span)).subquery()


def _events(span: Span) -> Select[*tuple[Any, ...]]:
    of = _own.c
    named = select(of.log, of.index, of.id, of.t, of.seq_t, of.entry).where(
        of.type.in_(span.types), of.role.is_distinct_from(span.but_role)
    )
    return _within(named, _own, span)


def _within(statement: Select[*tuple[Any, ...]], table: Any, span: Span) -> Select[*tuple[Any, ...]]:
    return statement.where(table.c.seq_t >= span.since, table.c.seq_t < span.until)


def striking(read: Read, *, since: datetime, limit: int) -> list[Found]:
    """List disclosures that their person is told of at once, the newest first: in an emergency, and an organisation's first ever."""
    of, before = _own.c, _own.alias("before").c
    had = select(before.id).where(
        before.org == of.org, before.type.in_(_GIVEN), before.outcome != "deny", before.t < of.t
    )
    disclosed = of.type.in_(_GIVEN) & (of.outcome != "deny")
    statement = (
        select(of.log, of.index, of.id, of.t, of.entry)
        .where(disclosed, of.t >= since, array(of.reasons).contains(["emergency"]) | ~had.exists())
        .order_by(of.t.desc(), of.index.desc())
        .limit(limit)
    )
    return [Found(log, index, id_, t, bytes(entry)) for log, index, id_, t, entry in read.execute(statement)]


def began(read: Read) -> datetime | None:
    """Say when the log that is kept began: with the first key that signed it."""
    return read.execute(select(func.min(tables.signer.c.valid_from))).scalar_one()
