"""Recipients and their systems, put and replaced."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.dialects.postgresql import insert

from db.engine import Read, Transaction
from publish import tables


class Keys(NamedTuple):
    """What a system's assertions are held against."""

    recipient: str
    jwks: tuple[Mapping[str, Any], ...]
    algorithms: frozenset[str]
    token_audience: bool
    scopes: frozenset[str]


def keys_of(read: Read, *, system: str) -> Keys | None:
    """Give the registered keys of a system; None when there is no such system."""
    of = tables.recipient_system.c
    row = read.execute(
        select(of.recipient, of.jwks, of.algorithms, of.token_audience, of.scopes).where(of.system == system)
    ).one_or_none()
    if row is None:
        return None
    return Keys(row.recipient, tuple(row.jwks), frozenset(row.algorithms), row.token_audience, frozenset(row.scopes))


def recipients(read: Read) -> list[Mapping[str, Any]]:
    """List what verbs write of each recipient; of one that is not active, which none writes, that too."""
    return [_told(row, ("number", "state")) for row in read.execute(select(tables.recipient)).mappings()]


def systems(read: Read) -> list[Mapping[str, Any]]:
    """List what verbs write of each system; of one that is not active, or has an end, which none writes, that too."""
    return [
        _told(row, ("from_at", "until_at", "state")) for row in read.execute(select(tables.recipient_system)).mappings()
    ]


def _told(row: RowMapping, unwritten: Collection[str]) -> Mapping[str, Any]:
    strange = {"state": row["state"]} if row["state"] != "active" else {}
    strange |= {"until_at": str(row["until_at"])} if row.get("until_at") else {}
    return {name: value for name, value in row.items() if name not in unwritten} | strange


def put_recipient(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Add a recipient, or replace its name and purposes; it is active."""
    _put(tx, tables.recipient, {**row, "state": "active"}, key="recipient")


def put_system(tx: Transaction, row: Mapping[str, Any], *, at: datetime) -> None:
    """Add a system, or replace what it is granted; it is active, a new one from ``at``."""
    _put(tx, tables.recipient_system, {**row, "state": "active", "from_at": at}, key="system", kept=("from_at",))


def _put(
    tx: Transaction, table: Table[Any], values: Mapping[str, Any], *, key: str, kept: Collection[str] = ()
) -> None:
    changed = {name: value for name, value in values.items() if name != key and name not in kept}
    statement = insert(table).values(dict(values))
    tx.execute(statement.on_conflict_do_update(index_elements=[table.c[key]], set_=changed))


def purposes(read: Read) -> dict[str, list[str]]:
    """Give the purposes of every active recipient."""
    of = tables.recipient.c
    rows = read.execute(select(of.recipient, of.purposes).where(of.state == "active"))
    return {row.recipient: row.purposes for row in rows}
