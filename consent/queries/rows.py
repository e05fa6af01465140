"""Acts and denials as they were appended, for whoever counts their digests again."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Table, select

from consent.tables import act, act_item, denial
from db.engine import Read

_ROWS_AT_ONCE = 1_000


class Appended(NamedTuple):
    """A row by its id, with all its columns, the items of an act, and the digest that was counted from them."""

    id: UUID
    row: dict[str, Any]
    items: list[dict[str, Any]]
    digest: bytes


def acts(read: Read, *, since: datetime, until: datetime) -> Iterator[Appended]:
    """Yield the acts recorded in ``[since, until)``, in their order."""
    for rows in _pages(read, act, since, until):
        items = _items(read, [row["act_id"] for row in rows])
        for row in rows:
            yield Appended(row["act_id"], row, items[row["act_id"]], row["digest"])


def denials(read: Read, *, since: datetime, until: datetime) -> Iterator[Appended]:
    """Yield the denials recorded in ``[since, until)``, in their order."""
    for rows in _pages(read, denial, since, until):
        for row in rows:
            yield Appended(row["denial_id"], row, [], row["digest"])


def _pages(read: Read, table: Table[Any], since: datetime, until: datetime) -> Iterator[list[dict[str, Any]]]:
    after = 0
    while rows := _page(read, table, since, until, after):
        yield rows
        after = rows[-1]["seq"]


def _page(read: Read, table: Table[Any], since: datetime, until: datetime, after: int) -> list[dict[str, Any]]:
    of = table.c
    wanted: Select[Any] = select(*of).where(of.recorded_at >= since, of.recorded_at < until, of.seq > after)
    return [dict(row) for row in read.execute(wanted.order_by(of.seq).limit(_ROWS_AT_ONCE)).mappings()]


def _items(read: Read, act_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in read.execute(select(*act_item.c).where(act_item.c.act_id.in_(act_ids))).mappings():
        found[row["act_id"]].append({name: value for name, value in row.items() if name != "act_id"})
    return found
