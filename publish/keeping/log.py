"""The nightly end of the log's own classes: first a sealed event says what goes, then it goes (ACCESS-LOG 14)."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from audit import pseudonyms, retention
from audit.errors import LogUnavailable
from audit.events import RetentionClass
from audit.queries.retention import logs
from db.engine import Database, Login, Read, Transaction
from db.environment import Environment
from db.keys import Use, supersede

SEALED_WITHIN_S: Final = 60
LOOK_S: Final = 0.2


def end_classes(environment: Environment, *, at: datetime) -> dict[str, int]:
    """Unlink what has wholly ended, then prune the oldest events of which every class has; gives how many details and entries went.

    Each step is claimed by an event; killed between, the next night claims it anew. Raises LogUnavailable where a claim is not sealed.
    """
    gone: Counter[str] = Counter()
    with environment.database(Login.KEEPER, pool_size=1) as keeper:
        with keeper.read() as read:
            ended, found = retention.unlinkable(read, at), logs(read)
        for year, class_ in ended:
            claim = _claimed(keeper, partial(retention.claim_unlinking, year=year, class_=class_, at=at))
            with keeper.transaction() as tx:
                gone["unlinked"] += retention.unlink(tx, claim)
        with keeper.read() as read:
            _destroy_keys(environment.keyring_path, read)
        for log in found:
            gone["pruned"] += _pruned(keeper, log, at)
    return dict(gone)


def _destroy_keys(keyring: Path, read: Read) -> None:
    """Destroy the pseudonym keys of what was unlinked: who has the keyring afterwards counts the names of those years no more."""
    ended = {RetentionClass(class_): year + 1 for class_, year in retention.unlinked_until(read).items()}
    first = pseudonyms.first_years(read.keyring)
    if any(first[class_] < year for class_, year in ended.items()):
        kept, made = pseudonyms.kept_of(read.keyring, ended), pseudonyms.roots_after(read.keyring, ended)
        supersede(keyring, Use.LOG_PSEUDONYM, kept=kept, made=made)


def _pruned(keeper: Database, log: int, at: datetime) -> int:
    gone = 0
    while True:
        with keeper.read() as read:
            ended = retention.due(read, log, at)
        if ended is None:
            return gone
        claim = _claimed(keeper, partial(retention.claim, ended=ended, at=at))
        with keeper.transaction() as tx:
            gone += retention.prune(tx, claim)


def _claimed(keeper: Database, claim: Callable[[Transaction], UUID]) -> UUID:
    """Record a claim and wait until it is sealed: only what stands in the log may go."""
    with keeper.transaction() as tx:
        claim_id = claim(tx)
    end = time.monotonic() + SEALED_WITHIN_S
    while time.monotonic() < end:
        with keeper.read() as read:
            if retention.is_sealed(read, claim_id):
                return claim_id
        time.sleep(LOOK_S)
    raise LogUnavailable(
        "What is to go from the log was told to it and is not sealed; nothing went. See to the sequencer."
    )
