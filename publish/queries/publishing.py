"""Who waits to be published, what is published of them, and the writes of one shard."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    TableValuedAlias,
    Text,
    and_,
    cast,
    delete,
    distinct,
    func,
    literal,
    select,
)
from sqlalchemy import UUID as UUID_COLUMN
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import TypeEngine

from connectors.tables import pending
from consent.tables import person as consent_person
from db.copy import copy_rows
from db.engine import Read, Transaction
from db.metadata import Timestamp
from publish.queries.feed import Change
from publish.queries.staged import listed, of_people
from publish.tables import entitlement, person_ref, section

SECTION_COLUMNS = ("person_id", "category", "controller", "body", "body_encrypted", "digest", "records", "published_at")
ENTITLEMENT_COLUMNS = (
    "recipient",
    "purpose",
    "person_id",
    "categories",
    "grounds",
    "visible",
    "consent_seq",
    "decided_at",
)


class SectionKey(NamedTuple):
    """Which section of which person."""

    person_id: UUID
    category: str
    controller: str


class EntitlementKey(NamedTuple):
    """Who may see whom, and for which purpose."""

    recipient: str
    purpose: str
    person_id: UUID


def waiting(read: Read) -> list[tuple[int, int]]:
    """Count the people who wait, by the first byte of their id."""
    first = func.get_byte(func.uuid_send(pending.c.person_id), 0)
    rows = read.execute(select(first, func.count(distinct(pending.c.person_id))).group_by(first).order_by(first))
    return [(byte, people) for byte, people in rows]


def waiting_people(read: Read, *, first: UUID, last: UUID, limit: int) -> list[UUID]:
    """List people who wait, whose ids lie from ``first`` to ``last``, in their order."""
    who = pending.c.person_id
    return list(
        read.execute(select(who).distinct().where(and_(who >= first, who <= last)).order_by(who).limit(limit)).scalars()
    )


def no_longer_waiting(tx: Transaction, *, people: Sequence[UUID]) -> None:
    """Take these people off the list: the rows that this transaction's snapshot sees, no later ones."""
    tx.execute(delete(pending).where(of_people(pending.c.person_id)), listed(people))


def wait(tx: Transaction, *, people: Iterable[UUID]) -> None:
    """Put people on the list."""
    rows = [{"person_id": person_id} for person_id in people]
    if rows:
        tx.execute(insert(pending).inline(), rows)


def digests(read: Read, *, people: Sequence[UUID]) -> dict[SectionKey, bytes]:
    """Give the digest of every section published of these people."""
    of = section.c
    rows = read.execute(
        select(of.person_id, of.category, of.controller, of.digest).where(of_people(of.person_id)), listed(people)
    )
    return {SectionKey(*row[:3]): row[3] for row in rows.all()}


def visible(read: Read, *, people: Sequence[UUID]) -> dict[EntitlementKey, bytes]:
    """Give what each recipient could see of these people, as digests."""
    of = entitlement.c
    rows = read.execute(
        select(of.recipient, of.purpose, of.person_id, of.visible).where(of_people(of.person_id)), listed(people)
    )
    return {EntitlementKey(*row[:3]): row[3] for row in rows.all()}


def replace_sections(tx: Transaction, *, gone: Collection[SectionKey], put: Sequence[tuple[object, ...]]) -> None:
    """Take sections away, then write others, in the order of ``SECTION_COLUMNS``; a changed one is in both."""
    if gone:
        keys = _unnested(gone, person_id=UUID_COLUMN(), category=Text(), controller=Text())
        tx.execute(delete(section).where(*(section.c[name] == keys.c[name] for name in SectionKey._fields)))
    if put:
        copy_rows(tx, "publish.section", SECTION_COLUMNS, put)


def replace_entitlements(
    tx: Transaction, *, gone: Collection[EntitlementKey], put: Sequence[tuple[object, ...]]
) -> None:
    """Take entitlements away, then write others, in the order of ``ENTITLEMENT_COLUMNS``; a changed one is in both."""
    if gone:
        keys = _unnested(gone, recipient=Text(), purpose=Text(), person_id=UUID_COLUMN())
        tx.execute(delete(entitlement).where(*(entitlement.c[name] == keys.c[name] for name in EntitlementKey._fields)))
    copy_rows(tx, "publish.entitlement", ENTITLEMENT_COLUMNS, put)


def name_people(tx: Transaction, *, pairs: Collection[tuple[str, UUID]]) -> None:
    """Give each recipient a name for each of its people who has none: random, and kept once given."""
    if pairs:
        of = _unnested(pairs, recipient=Text(), person_id=UUID_COLUMN()).c
        new = select(of.recipient, of.person_id, func.gen_random_uuid())
        statement = insert(person_ref).from_select(["recipient", "person_id", "ref"], new)
        tx.execute(statement.on_conflict_do_nothing(index_elements=["recipient", "person_id"]))


def tell(tx: Transaction, *, changes: Sequence[Change], at: datetime) -> int:
    """Write the newest entry of each recipient and person into the feeds; the recipients' rows stay locked to the commit."""
    if not changes:
        return 0
    recipients, people, kinds = zip(*changes, strict=True)
    told = func.publish.tell(
        _array(recipients, Text()), _array(people, UUID_COLUMN()), _array(kinds, Text()), literal(at, Timestamp())
    )
    return int(tx.execute(select(told)).scalar_one())


def last_change(read: Read, *, people: Sequence[UUID]) -> datetime | None:
    """Say when a fact about any of these people was last recorded."""
    of = consent_person.c
    rows = read.execute(select(func.max(of.changed_at)).where(of_people(of.person_id)), listed(people))
    return rows.scalar_one()


def hold(tx: Transaction, *, people: Sequence[UUID]) -> None:
    """Lock the register and what is known of these people until the commit, against any change.

    Raises SerializationFailure when one of them has changed since this transaction's snapshot.
    """
    tx.execute(select(func.consent.hold(_array(people, UUID_COLUMN()))))


def array_text(values: Iterable[str]) -> str:
    """Write texts as an array for COPY."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def _unnested(rows: Collection[tuple[object, ...]], **types: TypeEngine[Any]) -> TableValuedAlias:
    """Lay rows out as a table of the statement, a parameter a column."""
    columns = zip(*rows, strict=True)
    arrays = (_array(values, type_) for values, type_ in zip(columns, types.values(), strict=True))
    return func.unnest(*arrays).table_valued(*types, name="given").render_derived()


def _array(values: Iterable[object], type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """Write values as one text: the driver would take 2 us for each."""
    return cast(literal(array_text(map(str, values)), Text()), ARRAY(type_))
