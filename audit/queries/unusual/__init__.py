"""Unusual use of what is shared, by rules over the log alone: each finds the events that a person should look at (ACCESS-LOG 11).

Rules that count, or look at how somebody goes about it, are told which names in the log are one worker's and which one person's.
``close_relation``, ``self_read``, the reads of protected people and what else follows a no stand beside the identities, in
``publish.relations``.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from audit.queries import reviews
from audit.queries.unusual import amounts, bursts, conduct, looks
from audit.queries.unusual.names import Names
from db.engine import Read

MOST_FOUND: Final = 200
"""So many of one rule by one look; the next finds others, once these have their cases."""


class Unusual(NamedTuple):
    """An event that a rule names, and the pseudonym of whom it is about."""

    about: UUID
    person: bytes | None


_ONE_BY_ONE: Final[Mapping[str, Callable[[datetime, datetime], looks.Found]]] = {
    "no_relation": looks.no_relation,
    "after_no": looks.after_no,
    "protected": looks.protected,
    "emergency": looks.emergency,
}
_BY_WORKER: Final[Mapping[str, Callable[[datetime, datetime, Names], looks.Found]]] = {
    "odd_hours": conduct.odd_hours,
    "volume": bursts.volume,
    "many_readers": amounts.many_readers,
    "probing": amounts.probing,
    "bulk_export": amounts.bulk_export,
    "dormant": conduct.dormant,
    "pair": conduct.pair,
}
RULES: Final = (*_ONE_BY_ONE, *_BY_WORKER)
"""Each rule by its name."""


def unusual(read: Read, rule: str, *, since: datetime, until: datetime, names: Names) -> list[Unusual]:
    """List what one of ``RULES`` finds in ``[since, until)`` and has no case about, at most 200; ``names``: who is who there."""
    alone = _ONE_BY_ONE.get(rule)
    found = (_BY_WORKER[rule](since, until, names) if alone is None else alone(since, until)).subquery("found").c
    new = select(found.id, found.person).where(reviews.without_case(rule, found.id)).limit(MOST_FOUND)
    return [Unusual(*row) for row in read.execute(new)]


def names_of(read: Read, *, since: datetime, until: datetime) -> Names:
    """Tell who is who in all that the rules look at for ``[since, until)``."""
    return Names.of(read, since=since - amounts.HABIT, until=until)
