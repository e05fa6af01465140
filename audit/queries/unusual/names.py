"""Which names of the log are one worker's and which one person's: they have another in each retention class and year (ACCESS-LOG 13).

Rules that count have to know, or whoever spreads over classes counts as several. The detail of one event of each name is opened, and what
it says stays here: a statement learns which pseudonyms belong together, and of people their id, which decisions hold too.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    LargeBinary,
    Select,
    TableValuedAlias,
    Uuid,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import array

from audit import naming, tables
from audit.details import Box, decrypted
from audit.queries.unusual.looks import Found, by_workers, looks
from db.engine import Read
from db.errors import KeyringError

Firsts = Select[bytes | None, Any]
"""Each name, and where it stands first."""
_EACH: Final = 1_000
"""Details read at a time."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of workers, each with the one of them that all are counted under; who is behind a name of a person that no decision tells."""

    workers: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    people: Mapping[bytes, UUID] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, read: Read, *, since: datetime, until: datetime) -> "Names":
        """Tell apart those who occur in ``[since, until)``; who cannot be told any more is whoever the log calls so."""
        years = range(since.year - 1, until.year + 1)
        workers: dict[bytes, bytes] = {}
        for name, said in _opened(read, _workers(since, until)):
            if name not in workers and "user" in said:
                every = naming.of_user(read.keyring, years, said["user"])
                workers |= dict.fromkeys([name, *map(bytes.fromhex, every)], name)
        opened = _opened(read, _people(since, until))
        return cls(workers, {name: UUID(said["person_id"]) for name, said in opened if "person_id" in said})


@dataclass(frozen=True, slots=True)
class Told:
    """The log beside who is who in it: ``worker`` is one name a worker, to be taken with the organisation, ``person`` one id a person."""

    events: FromClause
    worker: ColumnElement[bytes]
    person: ColumnElement[UUID]

    @classmethod
    def by(cls, names: Names) -> "Told":
        """Put it together; whom neither a decision nor ``names`` tells is called by the pseudonym."""
        of, decided = tables.event.c, tables.decision
        workers, people = others(names), _beside("people", names.people, Uuid)
        events = (
            tables.event.outerjoin(decided, decided.c.decision_id == of.decision_id)
            .outerjoin(workers, workers.c.name == of.actor_user)
            .outerjoin(people, people.c.name == of.person)
        )
        unknown = cast(func.encode(of.person, "hex"), Uuid)
        return cls(
            events,
            func.coalesce(workers.c.one, of.actor_user),
            func.coalesce(decided.c.person_id, people.c.one, unknown),
        )


def others(names: Names) -> TableValuedAlias:
    """Give each name of a worker beside the ``one`` that all are counted under."""
    return _beside("workers", names.workers, LargeBinary)


def _beside(called: str, ones: Mapping[bytes, Any], type_: type[LargeBinary | Uuid[Any]]) -> TableValuedAlias:
    pairs = func.unnest(literal(list(ones), ARRAY(LargeBinary)), literal(list(ones.values()), ARRAY(type_)))
    return pairs.table_valued(column("name", LargeBinary), column("one", type_)).render_derived(name=called)


def place() -> ColumnElement[Any]:
    """Name where an event stands, for the first of some to be found in whichever logs they are."""
    of = tables.event.c
    return func.min(array([of.log, of.index]))


def standing(first: ColumnElement[Any]) -> Found:
    """Find what stands at these places."""
    of = tables.event.c
    return select(of.id, of.person).where(of.log == first[1], of.index == first[2])


def _workers(since: datetime, until: datetime) -> Firsts:
    of = tables.event.c
    acted = (of.t >= since, of.t < until, of.actor_user.is_not(None), by_workers())
    return select(of.actor_user.label("name"), place().label("place")).where(*acted).group_by(of.actor_user)


def _people(since: datetime, until: datetime) -> Firsts:
    """Ask for those at whom a worker looked without a decision that tells who it was."""
    of, decided = tables.event.c, tables.decision
    told = tables.event.outerjoin(decided, decided.c.decision_id == of.decision_id)
    seen = (*looks(since, until), of.person.is_not(None), decided.c.person_id.is_(None))
    return select(of.person.label("name"), place().label("place")).select_from(told).where(*seen).group_by(of.person)


def _opened(read: Read, firsts: Firsts) -> Iterator[tuple[bytes, Mapping[str, Any]]]:
    """Yield each name with what the detail of its first event says, in the order of these events."""
    first = firsts.subquery()
    of, detail, key = tables.event.c, tables.detail.c, tables.detail_key.c
    boxes = (
        select(first.c.name, of.id, detail.key_id, key.wrapped, detail.nonce, detail.box)
        .join_from(first, tables.event, (of.log == first.c.place[1]) & (of.index == first.c.place[2]))
        .join(tables.detail, detail.event_id == of.id)
        .join(tables.detail_key, key.key_id == detail.key_id)
        .order_by(first.c.place)
        .execution_options(yield_per=_EACH)
    )
    for name, id_, *box in read.execute(boxes):
        try:
            yield name, json.loads(decrypted(read.keyring, id_, Box(*box)))
        except KeyringError:
            continue
