"""The lists that TE keeps at hand: whole areas, up to a bound, so that the next page need not be made anew."""

from collections import OrderedDict
from collections.abc import Iterable
from itertools import chain
from threading import Lock

from simulators.population import Population
from simulators.te.feed import Feed, feeds
from simulators.te.query import Query

# About 370 bytes each: all of the nation.
MOST_ROWS = 3_000_000


class Shelf:
    """Makes lists and keeps those of whole areas, the least asked for going first; safe under threads."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._kept: OrderedDict[tuple[int, str, bool], dict[str, Feed]] = OrderedDict()
        self._changed: dict[int, dict[str, list[int]]] = {}
        self._lock = Lock()

    def feed(self, population: Population, name: str, query: Query) -> Feed:
        """Give one list of the area: of the named clients, of those changed lately, or of all."""
        if query.clients:
            named = {population.by_te_id(id_) for id_ in query.clients}
            return feeds(population, sorted(index for index in named if index is not None), query.area)[name]
        lately = query.since is not None and query.since >= population.first_closing
        with self._lock:
            return self._found(population, query.area, lately=lately)[name]

    def fill(self, population: Population, areas: Iterable[str]) -> None:
        """Make whole areas before anyone asks."""
        for area in areas:
            with self._lock:
                self._found(population, area, lately=False)

    def _found(self, population: Population, area: str, *, lately: bool) -> dict[str, Feed]:
        key = (population.day, area, lately)
        if key not in self._kept:
            self._kept[key] = self._made(population, area, lately=lately)
            self._let_go()
        self._kept.move_to_end(key)
        return self._kept[key]

    def _made(self, population: Population, area: str, *, lately: bool) -> dict[str, Feed]:
        if lately:
            return feeds(population, self._changed_in(population).get(area, ()), area)
        return feeds(population, dict.fromkeys(chain(population.in_area(area), population.left_area(area))), area)

    def _changed_in(self, population: Population) -> dict[str, list[int]]:
        """Give, by area, who was touched since the first day, among those who live there or have left; found once a day."""
        if population.day not in self._changed:
            found: dict[str, list[int]] = {}
            for index in population.changed_since(population.first_closing):
                for area in {population.home(index).area, *population.areas_left(index)}:
                    found.setdefault(area, []).append(index)
            self._changed = {population.day: found}
        return self._changed[population.day]

    def _let_go(self) -> None:
        while (
            len(self._kept) > 1
            and sum(len(feed) for kept in self._kept.values() for feed in kept.values()) > self._most_rows
        ):
            self._kept.popitem(last=False)
