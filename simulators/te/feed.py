"""TE's lists of an area as a pull sees them: every record already written, in the order of (muokattuAika, id)."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from simulators.population import Population, TeRecords
from simulators.population.te_records import Poisto, TeRecord
from simulators.te.records import written

LISTS: dict[str, Callable[[TeRecords], tuple[TeRecord, ...]]] = {
    "tyonhakijat": lambda te: te.tyonhakijat,
    "tyollisyysjaksot": lambda te: te.tyollisyysjaksot,
    "suunnitelmat": lambda te: te.suunnitelmat,
    "palveluosallistumiset": lambda te: te.palveluosallistumiset,
    "yhteydenotot": lambda te: te.yhteydenotot,
    "palvelulinjat": lambda te: te.palvelulinjat,
    "poistot": lambda te: te.poistot,
}
# One record in so many is given twice, as real lists do when a page was cut while others wrote.
REPEATED_ONE_IN = 400


class Row(NamedTuple):
    """A record in its place in a list: the key orders by moment, id, and how often it came before."""

    key: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a list in order, and the key after which the next slice begins, None at the end of the window."""

    bodies: tuple[bytes, ...]
    last: bytes | None


class Feed:
    """One list: keys and bodies side by side, so that a place in it is found by bisection."""

    __slots__ = ("_bodies", "_keys")

    def __init__(self, rows: Iterable[Row]) -> None:
        ordered = sorted(rows)
        self._keys = [row.key for row in ordered]
        self._bodies = [row.body for row in ordered]

    def __len__(self) -> int:
        return len(self._keys)

    def slice(self, *, since: datetime | None, until: datetime, after: bytes | None, size: int) -> Slice:
        """Give the next rows with since <= muokattuAika < until, after the row with the key given."""
        first = 0 if since is None else bisect_left(self._keys, _moment_key(since))
        if after is not None:
            first = max(first, bisect_left(self._keys, after + b"\0"))
        end = bisect_left(self._keys, _moment_key(until))
        stop = min(first + size, end)
        last = self._keys[stop - 1] if stop < end else None
        return Slice(tuple(self._bodies[first:stop]), last)


def feeds(population: Population, indexes: Iterable[int], area: str) -> dict[str, Feed]:
    """Write down all lists of an area from these people's records."""
    rows: dict[str, list[Row]] = {name: [] for name in LISTS}
    for index in indexes:
        te = population.te(index)
        here = any(one.tyollisyysalue == area for one in te.tyonhakijat)
        for name, records in LISTS.items():
            for record in records(te):
                if record.tyollisyysalue == area if isinstance(record, Poisto) else here:
                    rows[name].extend(_rows(record))
    return {name: Feed(found) for name, found in rows.items()}


def _rows(record: TeRecord) -> Iterator[Row]:
    body = written(record)
    key = _moment_key(record.muokattu_aika) + bytes.fromhex(record.id.replace("-", ""))
    yield Row(key + b"\0", body)
    if key[-1] + 256 * key[-2] < 65_536 // REPEATED_ONE_IN:
        yield Row(key + b"\1", body)


def _moment_key(moment: datetime) -> bytes:
    """Write an instant so that bytes sort as time does; seconds since 0001-01-01 keep old stamps positive."""
    return (moment.toordinal() * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second).to_bytes(6)
