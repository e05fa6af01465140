"""Recipients and their systems, put and replaced."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
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


def put_recipient(tx: Transaction, *, recipient: str, name: str, purposes: Sequence[str]) -> None:
    """Add a recipient, or replace its name and purposes."""
    values = {"name": name, "purposes": list(purposes), "state": "active"}
    tx.execute(
        insert(tables.recipient)
        .values(recipient=recipient, **values)
        .on_conflict_do_update(index_elements=[tables.recipient.c.recipient], set_=values)
    )


def put_system(tx: Transaction, system: Mapping[str, Any]) -> None:
    """Add a system, or replace what it is granted; columns as in the table, ``state`` active."""
    values = {**system, "state": "active"}
    changed = {name: value for name, value in values.items() if name not in ("system", "from_at")}
    tx.execute(
        insert(tables.recipient_system)
        .values(values)
        .on_conflict_do_update(index_elements=[tables.recipient_system.c.system], set_=changed)
    )


def purposes(read: Read) -> dict[str, list[str]]:
    """Give the purposes of every active recipient."""
    of = tables.recipient.c
    rows = read.execute(select(of.recipient, of.purposes).where(of.state == "active"))
    return {row.recipient: row.purposes for row in rows}
