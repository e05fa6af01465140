"""A snapshot of the database for the bulk gate."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import polars as pl

from consent.bulk.snapshot import COACHES, DENIALS, PEOPLE, PROTECTIONS, STRETCHES, TASKS, Snapshot, stretch_rows
from consent.model import FUTURE, PAST
from consent.queries import bulk as queries
from consent.queries import register, wills
from consent.will import will
from db.engine import Read

_OPEN = {"start": PAST, "data_start": PAST, "end": FUTURE, "data_end": FUTURE, "deceased_at": FUTURE}
"""What an open end is; a birthday may be unknown."""


def snapshot(read: Read, *, people: Sequence[UUID] | None = None) -> Snapshot:
    """Read what the bulk gate needs of these people, or of everybody who has a task, in one REPEATABLE READ transaction.

    Named coaches are left out: who asks for many at once is a machine.
    """
    known = _frame(read, queries.PEOPLE, people, PEOPLE)
    numbers = known.select("person_id", person=pl.int_range(pl.len(), dtype=pl.UInt32))
    kept = _of_people(_frame(read, queries.STRETCHES, people, _named(STRETCHES)), numbers)
    return Snapshot(
        register=register(read),
        people=known,
        protections=_of_people(_frame(read, queries.PROTECTIONS, people, _named(PROTECTIONS)), numbers),
        tasks=_of_people(_frame(read, queries.TASKS, people, _named(TASKS)), numbers),
        coaches=pl.DataFrame(schema=COACHES),
        denials=_of_people(_frame(read, queries.DENIALS, people, _named(DENIALS)), numbers),
        stretches=pl.concat(
            [kept, pl.DataFrame(list(_weighed(read, people, numbers)), schema=STRETCHES, orient="row")]
        ),
    )


def _named(schema: pl.Schema) -> pl.Schema:
    """Name people by their id, as the database does."""
    return pl.Schema({"person_id": pl.String(), **{name: of for name, of in schema.items() if name != "person"}})


def _frame(read: Read, query: str, people: Sequence[UUID] | None, schema: pl.Schema) -> pl.DataFrame:
    """Read a query's CSV; open ends become those of ``consent.model.period``."""
    text = b"".join(queries.csv(read, query, people))
    if not text:
        return pl.DataFrame(schema=schema)
    rows = pl.read_csv(text, has_header=False, schema={name: _as_sent(of) for name, of in schema.items()})
    return rows.with_columns(_as_kept(name, of) for name, of in schema.items())


def _as_sent(of: pl.DataType) -> pl.DataType:
    if isinstance(of, pl.Datetime):
        return pl.Int64()
    return pl.String() if isinstance(of, pl.Boolean) else of


def _as_kept(name: str, of: pl.DataType) -> pl.Expr:
    if isinstance(of, pl.Boolean):
        return pl.col(name) == "t"
    if not isinstance(of, pl.Datetime):
        return pl.col(name)
    moment = pl.col(name).cast(of)
    return moment.fill_null(_OPEN[name]) if name in _OPEN else moment


def _of_people(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Put people's numbers for their ids, first."""
    numbered = rows.join(numbers, on="person_id", how="inner").drop("person_id")
    return numbered.select("person", pl.exclude("person"))


def _weighed(read: Read, people: Sequence[UUID] | None, numbers: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    """Weigh anew what people said whose kept wills cannot be relied on."""
    number_of = dict(numbers.iter_rows())
    for person_id in queries.stale(read, people):
        if (number := number_of.get(str(person_id))) is not None:
            said = wills.said(read, person_id=person_id)
            yield from stretch_rows(number, {key: will(each) for key, each in said.items()})
