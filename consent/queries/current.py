"""What keys come to, as kept in ``current``: read by every live decision, rewritten by every act."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, delete, select

from consent.model import FUTURE, PAST, Step, Stretch, Will
from consent.model.period import period
from consent.queries.asked import AGREEMENTS, PERSON_ID, moment, uuid
from consent.queries.wills import Key
from consent.tables import current
from db.copy import copy_rows
from db.engine import Read, Transaction

_COLUMNS = (
    *("person_id", "agreement_id", "category", "minor", "from_at", "until_at"),
    *("step", "act_id", "notice_n", "data_from", "data_until"),
)


def kept() -> Select[*tuple[Any, ...]]:
    """Ask for the stretches of a person's keys under some agreements."""
    return _stretches(current.c.person_id == PERSON_ID, current.c.agreement_id == any_(AGREEMENTS))


def wills(read: Read, person_id: UUID) -> dict[Key, Will]:
    """Return the kept wills of all of a person's keys."""
    return wills_of(read.execute(_stretches(current.c.person_id == person_id)))


def _stretches(*among: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    of = current.c
    return select(
        *(of.agreement_id, of.category, of.minor, of.from_at, of.until_at),
        *(of.step, of.act_id, of.notice_n, of.data_from, of.data_until),
    ).where(*among)


def wills_of(rows: Iterable[Sequence[Any]]) -> dict[Key, Will]:
    """Put stretches together, by key and age."""
    found: dict[Key, dict[bool | None, list[Stretch]]] = defaultdict(lambda: defaultdict(list))
    for agreement_id, category, minor, from_at, until_at, step, act_id, notice_n, data_from, data_until in rows:
        place, data = period(from_at, until_at), period(data_from, data_until)
        found[agreement_id, category][minor].append(Stretch(*place, Step(step), act_id, notice_n, data))
    return {key: _will(by_age) for key, by_age in found.items()}


def typed(row: Sequence[Any]) -> tuple[Any, ...]:
    """Read a row of ``kept`` as JSON has it."""
    agreement_id, category, minor, from_at, until_at, step, act_id, notice_n, data_from, data_until = row
    place = (UUID(agreement_id), category, minor, moment(from_at), moment(until_at))
    return *place, step, uuid(act_id), notice_n, moment(data_from), moment(data_until)


def _will(by_age: Mapping[bool | None, list[Stretch]]) -> Will:
    if None in by_age:
        return Will(tuple(sorted(by_age[None])))
    return Will(tuple(sorted(by_age[False])), tuple(sorted(by_age[True])))


def rewrite(tx: Transaction, person_id: UUID, kept: Mapping[Key, Will]) -> None:
    """Put these wills in the place of all that were kept for a person."""
    tx.execute(delete(current).where(current.c.person_id == person_id))
    copy_rows(tx, "consent.current", _COLUMNS, _rows(person_id, kept))


def _rows(person_id: UUID, kept: Mapping[Key, Will]) -> Iterator[tuple[object, ...]]:
    for (agreement_id, category), will in kept.items():
        for minor, stretches in _by_age(will):
            for each in stretches:
                key = (person_id, agreement_id, category, minor)
                about = (int(each.step), each.act_id, each.notice_n)
                yield *key, *_ends(each.start, each.end), *about, *_ends(*each.data)


def _by_age(will: Will) -> list[tuple[bool | None, tuple[Stretch, ...]]]:
    return [(None, will.adult)] if will.minor is None else [(False, will.adult), (True, will.minor)]


def _ends(start: datetime, end: datetime) -> tuple[datetime | None, datetime | None]:
    return None if start == PAST else start, None if end == FUTURE else end
