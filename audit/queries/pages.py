"""Pages of the feeds by the numbers that they span; a page names nobody, so whom it told of follows from the numbers (ACCESS-LOG 3)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    and_,
    column,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT8RANGE

from audit.details import Box
from audit.queries.search import Found, Key
from db.engine import Read
from db.metadata import Timestamp

feed_page: Final[Table[Any]] = Table(
    "feed_page",
    MetaData(schema="audit"),
    Column("log", SmallInteger),
    Column("index", BigInteger),
    Column("id", Uuid),
    Column("t", Timestamp),
    Column("seq_t", Timestamp),
    Column("org", Text),
    Column("entry", LargeBinary),
    Column("numbers", INT8RANGE),
    Column("key_id", Uuid),
    Column("wrapped", LargeBinary),
    Column("nonce", LargeBinary),
    Column("box", LargeBinary),
)
"""The view of all pages, with their details; the role of a person's reader may look at it."""


class Told(NamedTuple):
    """An entry of a recipient's feed that told of somebody, and until when it stood there; None: it still does."""

    recipient: str
    seq: int
    until: datetime | None


class Spanning(NamedTuple):
    """A page that spans such an entry; ``box`` is its detail, None where it has none or it was erased."""

    id: UUID
    seq: int
    entry: bytes
    box: Box | None


def spanning(read: Read, told: Sequence[Told]) -> list[Spanning]:
    """List pages of the right recipients that span these entries and were read while those stood there."""
    page, entry = feed_page.c, _unnested(told)
    rows = read.execute(
        select(page.id, entry.c.seq, page.entry, page.key_id, page.wrapped, page.nonce, page.box).join_from(
            entry,
            feed_page,
            and_(
                page.org == entry.c.recipient,
                page.numbers.contains(entry.c.seq),
                or_(entry.c.until.is_(None), page.t < entry.c.until),
            ),
        )
    )
    return [
        Spanning(id_, seq, bytes(written), Box(key_id, bytes(wrapped), bytes(nonce), bytes(box)) if wrapped else None)
        for id_, seq, written, key_id, wrapped, nonce, box in rows
    ]


def newest(read: Read, ids: Collection[UUID], *, since: datetime, before: Key | None, limit: int) -> list[Found]:
    """List some of these pages, the newest first, behind where a list ended."""
    page = feed_page.c
    behind = () if before is None else (_behind(before),)
    rows = read.execute(
        chosen(ids).where(page.t >= since, *behind).order_by(page.t.desc(), page.index.desc()).limit(limit)
    )
    return [Found(log, index, id_, t, bytes(entry)) for log, index, id_, t, _, entry in rows]


def chosen(ids: Collection[UUID]) -> Select[Any]:
    """Ask for these pages, in the columns of an event that was found."""
    page = feed_page.c
    return select(page.log, page.index, page.id, page.t, page.seq_t, page.entry).where(page.id.in_(ids))


def _behind(key: Key) -> Any:
    page = feed_page.c
    return or_(page.t < key.t, and_(page.t == key.t, page.index < key.index))


def _unnested(told: Sequence[Told]) -> Any:
    recipients, seqs, untils = zip(*told, strict=True) if told else ((), (), ())
    return (
        func.unnest(
            literal(list(recipients), ARRAY(Text)),
            literal(list(seqs), ARRAY(BigInteger)),
            literal(list(untils), ARRAY(Timestamp)),
        )
        .table_valued(column("recipient", Text), column("seq", BigInteger), column("until", Timestamp))
        .render_derived()
    )
