"""The reconciler: each half minute it compares what is new, each night everything, the log with itself too (ACCESS-LOG 10)."""

import logging
from datetime import datetime, timedelta
from threading import Event as Stop
from typing import Final

from audit.indexing import write_roots
from audit.queries import append, blocks
from audit.witnessing import Policy
from db.clock import now
from db.engine import Database, Login
from db.environment import Environment
from db.errors import DatabaseError
from publish.queries.reconciling import Stretch
from publish.reconciling.kept import kept
from publish.reconciling.registers import look_at_registers
from publish.reconciling.turn import GRACE, look, look_at_all, look_while_behind
from publish.reconciling.unusual import look_for_unusual
from publish.reconciling.verifying import trust_of, verify
from publish.reconciling.witnesses import look_at_witnesses

LOOK_S: Final = 25.0
"""With the grace of half a minute, what was altered is found within a minute."""
NIGHT: Final = timedelta(days=1)

_log = logging.getLogger(__name__)


def watch(environment: Environment, stop: Stop) -> None:
    """Look until ``stop``, at everything first; a database that is away is waited for, and a log that is behind with what it is told."""
    with environment.database(Login.RECONCILER, pool_size=1) as database:
        looked_until = looked_at_all = now() - NIGHT
        registered_otherwise: frozenset[str] = frozenset()
        while not stop.is_set():
            at = now()
            new = Stretch(looked_until, at - GRACE)
            try:
                if look_while_behind(database, new, at=at) is None:
                    if at - looked_at_all >= NIGHT:
                        looked_at_all = _all(environment, database, at)
                    else:
                        look(database, new, at=at)
                    registered_otherwise = look_at_registers(database, registered_otherwise, at=at)
                    looked_until = new.until
                take_in_blocks(database)
                settle(database)
                look_at_witnesses(database, Policy.of(environment.home), at=at)
            except DatabaseError as error:
                _log.warning("Nothing was compared this time: %s", error)
            stop.wait(LOOK_S)


def take_in_blocks(database: Database) -> None:
    """Let searches know which kinds of event stand in which stretch of the log, up to its last full block."""
    while True:
        with database.transaction() as tx:
            if blocks.take_in(tx) == 0:
                return


def settle(database: Database) -> None:
    """Forget what was noted of events that are sealed by now, or that are missing and have their case."""
    with database.transaction() as tx:
        append.settle(tx)


def _all(environment: Environment, database: Database, at: datetime) -> datetime:
    with database.transaction(snapshot=True) as tx:
        write_roots(tx, at=at)
    with environment.database(Login.VERIFIER, pool_size=2) as verifier:
        verify(verifier, database, trust_of(environment), at=at)
    until = at - GRACE
    with database.read() as read:
        all_kept = kept(read, until=until)
    look_at_all(database, all_kept, Stretch(until - NIGHT, until), at=at)
    look_for_unusual(database, at=at)
    return at
