"""Reading the inbox, pure: from which ticket on, how much at a time, and that nothing is passed over; callers come first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LATE_TICKETS_S: Final = 1.0
"""How often the inbox is read from its beginning: a lower ticket may commit after a higher one."""
LIVELY_S: Final = 1.0
"""So long after a call the next may come at any moment: a batch is to be over soon."""
BESIDE_CALLS: Final = 64
"""Events a batch takes from the inbox while callers come and go, who wait for them, some milliseconds; beside more calls, as many."""


class Page(NamedTuple):
    """What is read of the inbox at once: up to ``most`` events past the ticket ``floor``."""

    floor: int
    most: int


@dataclass(slots=True)
class Inbox:
    """How far the inbox was read; moments are seconds of a clock that never goes back.

    ``full``: the last page was, so the next waits for nobody. ``floor``: below it stands nothing but what committed late.
    """

    late_at: float
    called_at: float = -math.inf
    floor: int = 0
    full: bool = False

    def page(self, most: int, *, calls: int, at: float) -> Page:
        """Say what to read next beside so many calls; ``most`` when nobody has called for a while."""
        if calls:
            self.called_at = at
        late = at - self.late_at >= LATE_TICKETS_S
        if late:
            self.late_at = at
        return Page(0 if late else self.floor, min(most, max(BESIDE_CALLS, calls)) if self.lively(at) else most)

    def lively(self, at: float) -> bool:
        """Whether somebody called lately."""
        return at - self.called_at < LIVELY_S

    def taken(self, page: Page, tickets: Sequence[int]) -> None:
        """Go on behind the page, of which these tickets came, in order, with those of the callers' persons.

        Theirs may lie far ahead, and are no reason to pass over what lies between; when late ones filled a page, more may follow them.
        """
        read = [ticket for ticket in tickets if ticket > page.floor][: page.most]
        self.full = len(read) == page.most
        if read:
            self.floor = read[-1] if self.full else max(self.floor, read[-1])
