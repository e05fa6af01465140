"""Whether our witnesses follow, and whether one of them has seen another history than ours: both are cases (ACCESS-LOG 6, 7)."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from audit.queries import witnessing as queries
from audit.witnessing import Asked, Outcome, Policy, standing
from db.engine import Database
from publish.queries.reconciling import Found
from publish.reconciling.findings import named, open_new

SILENT_AFTER: Final = timedelta(minutes=10)
"""A checkpoint that k of the n have not cosigned for so long is one that nobody outside answers for."""
BY_SILENCE: Final = "witness_silent"
BY_DISAGREEMENT: Final = "witness_disagrees"
ALARMS: Final = (Outcome.ROLLED_BACK, Outcome.FORKED)


def look_at_witnesses(database: Database, policy: Policy, *, at: datetime) -> int:
    """Open a case where fewer than k witnesses followed for ten minutes, one for each size at which they stopped; gives how many."""
    with database.read() as read:
        stands = standing(read, policy) if policy.quorum else None
        waits = None if stands is None else queries.signed_first_after(read, stands.log, stands.cosigned_size)
    if stands is None or waits is None or at - waits < SILENT_AFTER:
        return 0
    told = {"log": stands.log, "cosigned_size": stands.cosigned_size, "quorum": stands.quorum, "of": len(stands.seen)}
    return _opened(database, BY_SILENCE, told, at)


def tell_disagreement(database: Database, asked: Iterable[Asked], *, at: datetime) -> int:
    """Open a case about each witness that has seen more of the log than there is, or another; gives how many were opened."""
    seen = [each for each in asked if each.outcome in ALARMS]
    told = [{"witness": each.witness, "outcome": each.outcome.value, "size": each.size} for each in seen]
    return sum([_opened(database, BY_DISAGREEMENT, each, at) for each in told])


def _opened(database: Database, rule: str, told: Mapping[str, object], at: datetime) -> int:
    """Open a case that is called by what it tells: the same, found again, is one case."""
    text = json.dumps({"rule": rule, **told}, sort_keys=True)
    about = named(text)
    with database.transaction() as tx:
        return open_new(tx, rule, [Found(about, None)], at=at, text=text)
