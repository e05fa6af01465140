"""Reading the inbox, pure: from which ticket on, how much at a time, and that nothing is passed over; callers come first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

LATE_TICKETS_S: Final = 1.0
"""How often the inbox is read from its base: a lower ticket may commit after a higher one."""
WHOLE_S: Final = 600.0
"""How often it is read from its very beginning: who drew a ticket, and had not yet begun to write, was none of those that ran."""
LIVELY_S: Final = 1.0
"""So long after a call the next may come at any moment: a batch is to be over soon."""
BESIDE_CALLS: Final = 64
"""Events a batch takes from the inbox while callers come and go, who wait for them, some milliseconds; beside more calls, as many."""


class Page(NamedTuple):
    """What is read of the inbox at once: up to ``most`` events past the ticket ``floor``."""

    floor: int
    most: int


class Running(NamedTuple):
    """What writes on the server: every transaction numbered below ``oldest`` has ended, and none from ``following`` on had begun."""

    oldest: int
    following: int


@dataclass(slots=True)
class Base:
    """Up to which ticket nothing can come any more: who was writing when all up to there was read has ended since, and was read.

    Rows that were taken lie where they lay for as long as somebody looks at a moment of the past, as a backup does. From the beginning,
    each late look would have to step over all of them.
    """

    ticket: int = 0
    _mark: tuple[int, Running] | None = None
    _due: int | None = None

    def look(self, floor: int, running: Running) -> None:
        """Note who writes now that all up to ``floor`` was read, and whether those noted before have ended."""
        if self._mark is not None and running.oldest >= self._mark[1].following:
            self._due, self._mark = self._mark[0], None
        if self._mark is None:
            self._mark = floor, running

    def read(self) -> None:
        """Move up, after a look, once nothing more was there to be read."""
        self.ticket, self._due = self.ticket if self._due is None else self._due, None


@dataclass(slots=True)
class Inbox:
    """How far the inbox was read; moments are seconds of a clock that never goes back.

    ``full``: the last page was, so the next waits for nobody. ``floor``: below it stands nothing but what committed late.
    """

    late_at: float
    called_at: float = -math.inf
    floor: int = 0
    full: bool = False
    base: Base = field(default_factory=Base)
    whole_at: float = -math.inf

    def is_late(self, at: float) -> bool:
        """Whether to look for what committed late, for which ``page`` is told what is running."""
        return at - self.late_at >= LATE_TICKETS_S

    def page(self, most: int, *, calls: int, at: float, running: Running | None = None) -> Page:
        """Say what to read next beside so many calls; ``most`` when nobody has called for a while."""
        if calls:
            self.called_at = at
        floor = self.floor if running is None else self._late(at, running)
        return Page(floor, min(most, max(BESIDE_CALLS, calls)) if self.lively(at) else most)

    def _late(self, at: float, running: Running) -> int:
        self.late_at = at
        self.base.look(self.floor, running)
        if at - self.whole_at < WHOLE_S:
            return min(self.base.ticket, self.floor)
        self.whole_at = at
        return 0

    def lively(self, at: float) -> bool:
        """Whether somebody called lately."""
        return at - self.called_at < LIVELY_S

    def taken(self, page: Page, tickets: Sequence[int]) -> None:
        """Go on behind the page, of which these tickets came, in order, with those of the callers' persons.

        Theirs may lie far ahead, and are no reason to pass over what lies between; when late ones filled a page, more may follow them.
        """
        read = [ticket for ticket in tickets if ticket > page.floor][: page.most]
        self.full = len(read) == page.most
        if not self.full:
            self.base.read()
        if read:
            self.floor = read[-1] if self.full else max(self.floor, read[-1])
