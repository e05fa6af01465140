"""Proofs of events as the log stands: each under its newest checkpoint, with what witnesses have added to that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from audit.checkpoint import Checkpoint, parted
from audit.proof import Proof, extra_of, proof_of
from audit.queries import sequence, verification, witnessing
from audit.queries.search import Found
from audit.tree import HASH_BYTES, Place, inclusion_path
from db.engine import Read


def newest_note(read: Read, log: int) -> str:
    """Return the newest checkpoint of a year's log, signed, with its witnesses' lines."""
    note = verification.last_note(read, log)
    return note + "".join(witnessing.lines(read, log, size_of(note)))


def size_of(note: str) -> int:
    """Read how many events a checkpoint covers."""
    return Checkpoint.parse(parted(note)[0]).size


def proof(read: Read, found: Found) -> Proof:
    """Prove one event under the newest checkpoint."""
    return proofs(read, [found], {found.log: newest_note(read, found.log)})[0]


def proofs(read: Read, found: Sequence[Found], notes: Mapping[int, str]) -> list[Proof]:
    """Prove events, in their order, each under its log's note; one statement fetches the nodes of all that stand in one log."""
    by_log: dict[int, list[Found]] = defaultdict(list)
    for each in found:
        by_log[each.log].append(each)
    made = {each.id: proof for log, some in by_log.items() for each, proof in _of_log(read, some, log, notes[log])}
    return [made[each.id] for each in found]


def _of_log(read: Read, found: Sequence[Found], log: int, note: str) -> list[tuple[Found, Proof]]:
    hashes = _nodes(read, log, [each.index for each in found], size_of(note))
    return [(each, proof_of(each.index, note, hashes.__getitem__, extra_of(each.entry))) for each in found]


def _nodes(read: Read, log: int, indexes: Sequence[int], size: int) -> Mapping[Place, bytes]:
    """Fetch every node that the paths of these events need."""
    needed: set[Place] = set()

    def needs(place: Place) -> bytes:
        needed.add(place)
        return bytes(HASH_BYTES)

    for index in indexes:
        inclusion_path(index, size, needs)
    places = sorted(needed)
    return dict(zip(places, sequence.nodes_at(read, log, places), strict=True))
