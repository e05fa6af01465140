"""The people as the stand-ins see them: today's population, who of an area changed, and the passing of a day."""

from collections.abc import Sequence
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
        """Give, in rising order, the indexes of an employment area's people, or of those who may have changed since an instant."""
        with self._lock:
            if since is not None and since >= self._population.first_closing:
                return self._changed_since(since).get(code, [])
            if code not in self._lists:
                self._lists[code] = self._population.in_area(code)
            return self._lists[code]

    def _changed_since(self, since: datetime) -> dict[str, list[int]]:
        if since not in self._changed:
            by_area: dict[str, list[int]] = {}
            for index in sorted(self._population.changed_since(since)):
                by_area.setdefault(self._population.home(index).area, []).append(index)
            self._changed[since] = by_area
        return self._changed[since]
