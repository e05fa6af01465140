"""Taking the log up again: the newest checkpoint, the tree's edge from its nodes, and the fence beside (ACCESS-LOG 5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from audit.book import BOTH_SIGN, Written, open_log, verifier_key
from audit.checkpoint import Checkpoint, VerifierKey, opened, signing
from audit.errors import BadNote, RolledBack
from audit.numbering import Book, Former
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
    signer, *beside = _signing(tx, newest.note, origin)
    book = Book(newest.log, origin, signer, frontier, last, _former(tx, newest.log, origin, signer, beside))
    return Written(book, newest.note)


def _signing(tx: Transaction, note: str, origin: str) -> list[str]:
    """Name those of our keys whose lines stand under a note, the current one first; where it is not there, the next batch tells of it."""
    vkeys = {str(verifier_key(tx, origin, key_id)): key_id for key_id in tx.keyring.key_ids(Use.CHECKPOINT)}
    return [vkeys[vkey] for vkey in signing(note, vkeys)]


def _former(tx: Transaction, log: int, origin: str, signer: str, beside: Sequence[str]) -> Former | None:
    """Find the key that signs beside the newest one for as long as that is new."""
    since = sequence.signers(tx, log).get(str(verifier_key(tx, origin, signer)))
    return Former(beside[0], since + BOTH_SIGN) if beside and since is not None else None
