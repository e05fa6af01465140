"""``./luukku quarantine``: the rows that wait, told without values; judged again, explained, discarded."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from cli import house
from cli.settings import Refusal, Settings
from cli.steward import acted, asked, refusals, steward
from connectors import staging, stewarding
from connectors.queries import waiting
from connectors.queries.waiting import Row
from connectors.stewarding import Ground
from db.clock import now
from schemas.vocabulary import Source


def listed(settings: Settings, of: str | None) -> str:
    """Tell a line for each row that waits."""
    source = None if of is None else _source(of)
    rows = asked(settings, lambda read: waiting.rows(read, source=source))
    return "".join(map(_line, rows)) or "No row waits.\n"


def told(settings: Settings, number: int) -> str:
    """Tell what is known of one row."""
    row = asked(settings, lambda read: waiting.row(read, quarantine_id=number))
    if row is None:
        raise Refusal("There is no row of this number.")
    return "".join(f"{name:<14} {value}\n" for name, value in _facts(row) if value is not None)


def explain(settings: Settings, number: int, *, cause: str, owner: str, due: str) -> None:
    """Write why a row broke, who mends it and by when."""
    due_on = _day(due)
    at = now()
    acted(
        settings,
        lambda tx: stewarding.explain(
            tx, quarantine_id=number, cause=cause, owner=owner, due_on=due_on, by=steward(), at=at
        ),
    )


def revalidate(settings: Settings, of: str, rows: Iterable[int] | None) -> str:
    """Judge rows again, and tell how many were released."""
    source = _source(of)
    with refusals(), house.reached(settings) as environment:
        done = staging.revalidate(environment, source=source.value, ids=list(rows) if rows else None, at=now())
    return f"{done['looked_at']} rows were judged again, and {done['released']} released.\n"


def discard(settings: Settings, number: int, *, why: str) -> None:
    """Close a row that will never be taken."""
    if why not in set(Ground):
        raise Refusal(f"There is no such reason; there are {', '.join(Ground)}.")
    acted(
        settings,
        lambda tx: stewarding.discard(tx, quarantine_id=number, why=Ground(why), by=steward(), at=now()),
    )


def _line(row: Row) -> str:
    last = f"{row.last_at:%Y-%m-%d}"
    return f"{row.quarantine_id:>8}  {row.source:<4} {last}  {row.times:>3} times  {row.state:<9} {row.record} {_codes(row.failures)}\n"


def _codes(failures: Sequence[Mapping[str, Any]]) -> str:
    counted = Counter(f"{each['field']} {each['code']}".strip() for each in failures)
    return ", ".join(f"{what} ({count} times)" if count > 1 else what for what, count in counted.items())


def _facts(row: Row) -> Iterable[tuple[str, object]]:
    yield from (("number", row.quarantine_id), ("source", row.source), ("record", row.record))
    yield from (("record's key", row.record_key), ("place", row.locator), ("batch", row.batch_id))
    yield from (("person", row.person_id), ("broken", _codes(row.failures)), ("rules", row.suite))
    yield from (("state", row.state), ("came first", row.first_at), ("came last", row.last_at), ("times", row.times))
    yield from (("cause", row.cause), ("owner", row.owner), ("due", row.due_on))
    yield from (("closed", row.closed_at), ("because", row.closed_why))


def _source(text: str) -> Source:
    if text not in set(Source):
        raise Refusal(f"There is no such source; there are {', '.join(Source)}.")
    return Source(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("The day has to be written as 2026-07-01.") from None
