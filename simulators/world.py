"""The people as the stand-ins see them: today's population, who of an area or county changed, and the passing of a day."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

from simulators.population import Population


class World:
    """Holds the present population; lists of indexes are kept for the day, people never. Safe under threads."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._lists: dict[str, Sequence[int]] = {}
        self._changed: dict[datetime, dict[str, list[int]]] = {}
        self._lock = Lock()

    @property
    def population(self) -> Population:
        """The people as of today."""
        return self._population

    def advance(self, *, closing: datetime | None = None) -> Population:
        """Let a day pass; without a closing, 24 hours."""
        with self._lock:
            self._population = self._population.advance(closing=closing)
            self._lists.clear()
            self._changed.clear()
        return self._population

    def in_area(self, code: str, since: datetime | None = None) -> Sequence[int]:
        """Give, in rising order, the indexes of an area's people, or of those who may have changed since an instant."""
        return self._living(f"area {code}", since, lambda: self._population.in_area(code))

    def in_county(self, code: str, since: datetime | None = None) -> Sequence[int]:
        """Give the same of a wellbeing county's people."""
        return self._living(f"county {code}", since, lambda: self._population.in_county(code))

    def _living(self, place: str, since: datetime | None, everyone: Callable[[], Sequence[int]]) -> Sequence[int]:
        with self._lock:
            if since is not None and since >= self._population.first_closing:
                return self._changed_since(since).get(place, [])
            if place not in self._lists:
                self._lists[place] = everyone()
            return self._lists[place]

    def _changed_since(self, since: datetime) -> dict[str, list[int]]:
        if since not in self._changed:
            self._changed[since] = self._by_place(sorted(self._population.changed_since(since)))
        return self._changed[since]

    def _by_place(self, indexes: list[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index in indexes:
            home = self._population.home(index)
            found.setdefault(f"area {home.area}", []).append(index)
            found.setdefault(f"county {home.county}", []).append(index)
        return found
