"""Keep what was started running: what ends by itself is started again, after a pause that doubles while it keeps ending."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cli.processes import Child, Children
from db.errors import DatabaseError

FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 30.0
SETTLED_AFTER_S: Final = 5.0
"""What has run for so long ended for a new reason, and is started again at once."""

_DATABASE: Final = "the database"


@dataclass(slots=True)
class Pause:
    """What lies between two starts of one thing: when it was last started, and until when it waits, if it has ended."""

    length_s: float = 0.0
    started: float = float("-inf")
    until: float | None = None

    def begin(self, at: float) -> None:
        """Begin to wait: twice as long as the last time, unless it had run for a while."""
        is_new = at - self.started > SETTLED_AFTER_S
        self.length_s = FIRST_PAUSE_S if is_new else min(2 * self.length_s, LONGEST_PAUSE_S)
        self.until = at + self.length_s

    def end(self, at: float) -> None:
        """Note that it was started, or that this was tried."""
        self.started, self.until = at, None


@dataclass(slots=True)
class Tending:
    """Looks after children and the database under them; ``revive`` starts a database that is gone and tells whether it was.

    ``say`` is told, in a sentence, of everything that ended.
    """

    children: Children
    revive: Callable[[], bool]
    say: Callable[[str], None]
    _pauses: dict[str, Pause] = field(default_factory=dict)

    def look(self, *, at: float) -> None:
        """Start again what has ended and has waited long enough; ``at`` in seconds of a clock that never goes back.

        Raises Refusal when a process found the database rolled back: on that nothing may be started.
        """
        self._look_at_database(at)
        for child in self.children.ended():
            self._look_at(child, at)

    def _look_at(self, child: Child, at: float) -> None:
        pause = self._pauses.setdefault(child.name, Pause())
        if pause.until is None:
            pause.begin(at)
        elif at >= pause.until:
            self.say(f"luukku: {child.name} ended by itself with code {child.process.returncode} and is started again.")
            self.children.start_again(child)
            pause.end(at)

    def _look_at_database(self, at: float) -> None:
        """Start it again at once; where it cannot start, as on a full disk, try again after a pause."""
        pause = self._pauses.setdefault(_DATABASE, Pause())
        if pause.until is not None and at < pause.until:
            return
        try:
            if self.revive():
                self.say(f"luukku: {_DATABASE} ended by itself and was started again.")
                pause.end(at)
        except DatabaseError as error:
            self.say(f"luukku: {_DATABASE} ended by itself and does not start: {error}")
            pause.begin(at)
            pause.started = at
