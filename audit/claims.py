"""What went from a log by right, shown in an export: the events that claim it, so that lists may begin where it does (ACCESS-LOG 14)."""

from collections.abc import Mapping, Sequence
from typing import Final

from audit import entry, retention
from audit.catalogue import EventType
from audit.proof import Proof
from audit.queries import search
from audit.queries.search import Found, Wanted
from db.engine import Read

FOLDER: Final = "pruned"
_MOST: Final = 10_000
"""Claims of a hundred thousand events each: a log of a billion."""


def newest(read: Read, sizes: Mapping[int, int]) -> list[Found]:
    """Give of each log the claim that reaches farthest, among the first so many events of each; for an auditor."""
    found = search.events(read, Wanted(types=(EventType.RETENTION_PRUNED,)), limit=_MOST)
    reached: dict[int, tuple[int, Found]] = {}
    for each in found:
        for log, until in (gone([each.entry]) if each.index < sizes.get(each.log, 0) else {}).items():
            reached[log] = max(reached.get(log, (0, each)), (until, each), key=lambda claim: claim[0])
    return sorted({claim.id: claim for _, claim in reached.values()}.values(), key=lambda each: (each.log, each.index))


def files(claims: Sequence[Found], proofs: Sequence[Proof]) -> dict[str, bytes]:
    """Write them with their proofs."""
    pairs = zip(claims, proofs, strict=True)
    return {f"{FOLDER}/{each.log}-{each.index}.tlog-proof": str(proof).encode() for each, proof in pairs}


def gone(entries: Sequence[bytes]) -> dict[int, int]:
    """Read how many of the first events of each log are gone, from entries of which only claims count."""
    return retention.claimed(each for each in entries if entry.read(each).get("type") == EventType.RETENTION_PRUNED)
