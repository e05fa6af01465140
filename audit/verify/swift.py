"""The fast half of verification on a database: a log in which everything fits is passed over once, all of it at one moment."""

from collections.abc import Collection

from audit.checkpoint import Checkpoint, VerifierKey
from audit.queries import passage as queries
from audit.verify.passage import Unfit, joined
from audit.verify.sharing import others, shared, tasks_of
from audit.verify.table import Task
from db.engine import Database, Read


def good_checkpoints(
    database: Database, read: Read, log: int, keys: Collection[VerifierKey], pruned: int = 0
) -> list[Checkpoint] | None:
    """Return the checkpoints of a log in which everything fits, columns, nodes and persons too; else None.

    The first ``pruned`` events are gone by right.
    """
    try:
        return _good(database, read, log, keys, pruned)
    except Unfit:
        return None


def _good(database: Database, read: Read, log: int, keys: Collection[VerifierKey], pruned: int) -> list[Checkpoint]:
    size = queries.size(read, log)
    tasks = tasks_of(read, Task(database.url, database.login, "", log, 0, size, keys, pruned))
    with others(tasks) as theirs:
        extent, heads = queries.extent(read, log), queries.heads(read, log)
        nodes = sum(size >> level for level in range(size.bit_length()))
        if not size or (extent.events, extent.nodes) != (size - pruned, nodes):
            raise Unfit
        whole = joined(shared(read, tasks, theirs), pruned=pruned > 0)
    known = {person: heads.get(person) for person in whole.chains.ends} if pruned else heads
    if len(whole.checkpoints) != extent.checkpoints or known != whole.chains.ends:
        raise Unfit
    return whole.checkpoints
