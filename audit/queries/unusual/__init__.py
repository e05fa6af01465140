"""Unusual use of what is shared, by rules over the log alone: each finds the events that a person should look at (ACCESS-LOG 11).

``close_relation``, ``self_read``, the reads of protected people and what else follows a no stand beside the identities, in
``publish.relations``.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from audit.queries.unusual import amounts, conduct, looks
from db.engine import Read

MOST_FOUND: Final = 200


class Unusual(NamedTuple):
    """An event that a rule names, and the pseudonym of whom it is about."""

    about: UUID
    person: bytes | None


def unusual(read: Read, rule: str, *, since: datetime, until: datetime) -> list[Unusual]:
    """List what one rule of ``RULES`` finds in ``[since, until)``."""
    return [Unusual(*row) for row in read.execute(RULES[rule](since, until).limit(MOST_FOUND))]


RULES: Final[Mapping[str, Callable[[datetime, datetime], looks.Found]]] = {
    "no_relation": looks.no_relation,
    "after_no": looks.after_no,
    "protected": looks.protected,
    "emergency": looks.emergency,
    "odd_hours": looks.odd_hours,
    "volume": amounts.volume,
    "many_readers": amounts.many_readers,
    "probing": amounts.probing,
    "bulk_export": amounts.bulk_export,
    "dormant": conduct.dormant,
    "pair": conduct.pair,
}
"""Each rule by its name."""
