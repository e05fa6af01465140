"""How often a system may call: counters of this worker, told in every answer (API.md 7)."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from web.problems import Kind, Problem

WINDOW = timedelta(seconds=60)
MOST_SYSTEMS = 10_000
"""Counters kept; the oldest goes when a new system would be one too many."""


class Rate(Enum):
    """Calls a minute, by name."""

    CALLS = 600
    RESOLVE = 120
    TOKEN = 30
    RECEIPT = 20


@dataclass(frozen=True, slots=True)
class Taken:
    """What a call leaves of its system's rate: calls, until the window ends in so many seconds."""

    rate: Rate
    limit: int
    left: int
    ends_in_s: int

    def headers(self) -> dict[str, str]:
        """Spell it as the draft for RateLimit fields does."""
        name, window = self.rate.name.lower(), int(WINDOW.total_seconds())
        return {
            "RateLimit-Policy": f'"{name}";q={self.limit};w={window}',
            "RateLimit": f'"{name}";r={self.left};t={self.ends_in_s}',
        }


@dataclass(slots=True)
class Limits:
    """The counters of one worker; ``workers`` share each limit."""

    workers: int
    _used: dict[tuple[str, Rate], tuple[datetime, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, system: str, rate: Rate, *, at: datetime) -> Taken:
        """Count a call; raises the problem ``rate_limited`` when the minute's are used up."""
        limit = max(1, rate.value // self.workers)
        with self._lock:
            start, used = self._used.pop((system, rate), (at, 0))
            if at - start >= WINDOW:
                start, used = at, 0
            if len(self._used) >= MOST_SYSTEMS:
                self._used.pop(next(iter(self._used)))
            self._used[system, rate] = (start, min(used + 1, limit + 1))
        taken = Taken(rate, limit, max(0, limit - used - 1), int((start + WINDOW - at).total_seconds()))
        if used >= limit:
            raise Problem(Kind.RATE_LIMITED, headers={"Retry-After": str(taken.ends_in_s), **taken.headers()})
        return taken
