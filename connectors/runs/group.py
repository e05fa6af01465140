"""Group: what was landed, packed so that each group fits into the memory of one task."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from connectors.queries import books
from db.engine import Login
from db.environment import Environment
from schemas.vocabulary import Source

GROUP_ROWS: Final = 250_000
Facts = Mapping[str, Any]


def group(
    environment: Environment, *, planned: Sequence[Facts], landed: Iterable[Facts | None]
) -> list[dict[str, Any]]:
    """Pack the landed batches, and those that a steward accepted as they are, into groups of 250,000 rows: batches and rows."""
    came = [(each["batch"], each["records"]) for each in landed if each]
    return _packed(came + _accepted(environment, planned))


def _accepted(environment: Environment, planned: Sequence[Facts]) -> list[tuple[str, int]]:
    if not planned:
        return []
    with environment.database(Login.CONNECTOR, pool_size=1) as database, database.read() as read:
        batches = books.accepted_as_is(read, source=Source(planned[0]["source"]))
    return [(str(each.batch_id), each.counts.get("pulled", 0)) for each in batches]


def _packed(batches: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Put each batch, the largest first, into the first group that still has room for it."""
    groups: list[dict[str, Any]] = []
    for batch, rows in sorted(batches, key=lambda each: (-each[1], each[0])):
        fitting = next((each for each in groups if each["rows"] + rows <= GROUP_ROWS), None)
        if fitting is None:
            groups.append({"batches": [batch], "rows": rows})
        else:
            fitting["batches"].append(batch)
            fitting["rows"] += rows
    return groups
