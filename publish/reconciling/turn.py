"""One look at a stretch of time: every rule over the tables, every new row counted again, at night the day's decisions made again."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from consent.registry.altered import altered
from consent.registry.drifted import drifted
from db.engine import Database, Read
from publish.queries import reconciling
from publish.queries.reconciling import AT_NIGHT, RULES, WHILE_BEHIND, Found, Stretch
from publish.reconciling.findings import open_every, open_new
from publish.reconciling.telling import untold
from publish.replay import Verdict, replayed

GRACE: Final = timedelta(seconds=30)
"""What was recorded so lately may still wait to be sealed."""
BEHIND: Final = timedelta(seconds=20)
"""A log that lets something wait for so long is behind: less than the grace, and than from one look to the next."""
DECISIONS_A_NIGHT: Final = 100_000
BY_CONTENT: Final = "row_altered"
BY_TELLING: Final = "change_untold"
BY_REPLAY: Final = "replay_differs"
BY_REBUILDING: Final = "kept_differs"
PEOPLE_A_NIGHT: Final = 20_000
"""Whose consents are rebuilt from what was said; with more people each has their turn within some nights."""


def look(database: Database, stretch: Stretch, *, at: datetime) -> int:
    """Compare what is new; gives how many cases were opened."""
    with database.read(snapshot=True) as read:
        found = [_by_content(read, stretch), _by_telling(read, stretch)]
    return _by_rules(database, stretch, RULES.keys() - AT_NIGHT, at) + _opened(database, found, at)


def look_while_behind(database: Database, stretch: Stretch, *, at: datetime) -> int | None:
    """See how the log itself is while something waits to be sealed for long; None where nothing does, and all can be compared."""
    with database.read() as read:
        behind = reconciling.is_behind(read, before=at - BEHIND)
    return _by_rules(database, stretch, WHILE_BEHIND, at) if behind else None


def look_at_all(database: Database, kept: Stretch, day: Stretch, *, at: datetime) -> int:
    """Compare all that is kept, and make the day's decisions again; gives how many cases were opened."""
    with database.read(snapshot=True) as read:
        found = [_by_content(read, kept), _by_telling(read, kept), _by_rebuilding(read, at)]
    with database.read() as read:
        found.append(_by_replay(read, day))
    return _by_rules(database, kept, RULES.keys(), at) + _opened(database, found, at)


def _by_rules(database: Database, stretch: Stretch, rules: Collection[str], at: datetime) -> int:
    return sum(
        open_every(database, rule, partial(reconciling.found, rule=rule, stretch=stretch), at=at) for rule in rules
    )


def _by_content(read: Read, stretch: Stretch) -> tuple[str, list[Found]]:
    return BY_CONTENT, [Found(each, None) for each in altered(read, since=stretch.since, until=stretch.until)]


def _by_telling(read: Read, stretch: Stretch) -> tuple[str, list[Found]]:
    return BY_TELLING, list(untold(read, stretch))


def _by_rebuilding(read: Read, at: datetime) -> tuple[str, list[Found]]:
    differing = drifted(read, night=at.toordinal(), people=PEOPLE_A_NIGHT)
    return BY_REBUILDING, [Found(each, None) for each in differing]


def _by_replay(read: Read, day: Stretch) -> tuple[str, list[Found]]:
    made_again = replayed(read, since=day.since, until=day.until, limit=DECISIONS_A_NIGHT)
    differing = [Found(made.event_id, None) for made, again in made_again if again.verdict is Verdict.DIFFERS]
    return BY_REPLAY, differing


def _opened(database: Database, findings: list[tuple[str, list[Found]]], at: datetime) -> int:
    if not any(found for _, found in findings):
        return 0
    with database.transaction() as tx:
        return sum(open_new(tx, rule, found, at=at) for rule, found in findings)
