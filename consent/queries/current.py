"""What keys come to, as kept in ``current``: read by every live decision, rewritten by every act."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from consent.model import FUTURE, PAST, Step, Stretch, Will
from consent.model.period import period
from consent.queries.wills import Key
from consent.tables import current
from db.copy import copy_rows
from db.engine import Read, Transaction

_COLUMNS = (
    *("person_id", "agreement_id", "category", "minor", "from_at", "until_at"),
    *("step", "act_id", "notice_n", "data_from", "data_until"),
)


def wills(read: Read, person_id: UUID, *, agreements: Collection[UUID] | None = None) -> dict[Key, Will]:
    """Return the kept wills of a person's keys."""
    of = current.c
    under = () if agreements is None else (of.agreement_id.in_(agreements),)
    rows = read.execute(
        select(
            *(of.agreement_id, of.category, of.minor, of.from_at, of.until_at),
            *(of.step, of.act_id, of.notice_n, of.data_from, of.data_until),
        )
        .where(of.person_id == person_id, *under)
        .order_by(of.agreement_id, of.category, of.from_at.nulls_first())
    )
    found: dict[Key, dict[bool | None, list[Stretch]]] = defaultdict(lambda: defaultdict(list))
    for agreement_id, category, minor, from_at, until_at, step, act_id, notice_n, data_from, data_until in rows:
        place, data = period(from_at, until_at), period(data_from, data_until)
        found[agreement_id, category][minor].append(Stretch(*place, Step(step), act_id, notice_n, data))
    return {key: _will(by_age) for key, by_age in found.items()}


def _will(by_age: Mapping[bool | None, list[Stretch]]) -> Will:
    if None in by_age:
        return Will(tuple(by_age[None]))
    return Will(tuple(by_age[False]), tuple(by_age[True]))


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
