"""Taking the log up again: the newest checkpoint, the tree's edge from its nodes, and the fence beside (ACCESS-LOG 5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from audit.book import Written, current_key_id, open_log, verifier_key
from audit.checkpoint import Checkpoint, VerifierKey, opened
from audit.errors import BadNote, RolledBack
from audit.numbering import Book
from audit.queries import sequence
from audit.queries.sequence import Newest
from audit.tree import Frontier, edge, root_of
from db.engine import Transaction
from db.keys import Use


class Announced(NamedTuple):
    """The newest checkpoint that was told to anyone, as the fence has it; sorts by log, then size."""

    log: int
    size: int
    root: bytes


def resume(tx: Transaction, notes: Sequence[str], host: str, at: datetime) -> Written:
    """Return the book as it was left, or open the first one. ``notes`` are the fence's.

    Raises ``RolledBack`` when the database is behind the fence, has another root at its size, or does not fit itself.
    """
    announced, newest = announced_by(tx, notes), sequence.newest_checkpoint(tx)
    if newest is None:
        if announced is not None:
            raise RolledBack(f"The log is empty, and {announced.size} events of {announced.log} were announced.")
        return open_log(tx, host, at)
    if announced is None:
        raise RolledBack(f"The log holds {newest.size} events of {newest.log}, and its fence is not there.")
    _refuse_behind(tx, newest, announced)
    return _taken_up(tx, newest)


def announced_by(tx: Transaction, notes: Sequence[str]) -> Announced | None:
    """Return the newest of some signed notes of ours, None of none; raises ``RolledBack`` where there are some and none can be read."""
    found = [_read(tx, note) for note in notes]
    readable = [each for each in found if each is not None]
    if notes and not readable:
        raise RolledBack("The fence cannot be read, so nobody can tell what was announced.")
    return max(readable, default=None)


def _read(tx: Transaction, note: str) -> Announced | None:
    """Read a slot of the fence; one that was cut off, or that our keys did not sign, says nothing."""
    origin = note.partition("\n")[0]
    year = origin.rpartition("/")[2]
    try:
        checkpoint = opened(note, _keys(tx, origin))
    except BadNote:
        return None
    return Announced(int(year), checkpoint.size, checkpoint.root) if year.isdigit() else None


def _keys(tx: Transaction, origin: str) -> list[VerifierKey]:
    """Return every key of ours that may have signed, the current one and the former ones."""
    return [verifier_key(tx, origin, key_id) for key_id in tx.keyring.key_ids(Use.CHECKPOINT)]


def _refuse_behind(tx: Transaction, newest: Newest, announced: Announced) -> None:
    if (newest.log, newest.size) < (announced.log, announced.size):
        raise RolledBack(
            f"The log ends at {newest.size} events of {newest.log}; {announced.size} of {announced.log} were announced."
        )
    places = edge(announced.size)
    hashes = sequence.nodes_at(tx, announced.log, places)
    if len(hashes) < len(places) or root_of(hashes) != announced.root:
        raise RolledBack(f"The log has another root at {announced.size} events of {announced.log} than was announced.")


def _taken_up(tx: Transaction, newest: Newest) -> Written:
    origin = newest.note.partition("\n")[0]
    hashes = sequence.nodes_at(tx, newest.log, edge(newest.size))
    try:
        checkpoint = opened(newest.note, _keys(tx, origin))
        frontier = Frontier(newest.size, hashes)
    except (BadNote, ValueError):
        raise RolledBack("The newest checkpoint is not signed by a key of ours, or its nodes are missing.") from None
    if checkpoint != Checkpoint(origin, newest.size, frontier.root()):
        raise RolledBack(f"The nodes of {newest.log} do not lead to the root that was signed.")
    last = sequence.last_moment(tx, newest.log, newest.size)
    return Written(Book(newest.log, origin, _signing_key_id(tx, newest.log, origin), frontier, last), newest.note)


def _signing_key_id(tx: Transaction, log: int, origin: str) -> str:
    """Name the current key if it has signed this log, else none: the first batch then tells of the new one."""
    key_id = current_key_id(tx)
    return key_id if str(verifier_key(tx, origin, key_id)) in sequence.signers(tx, log) else ""
