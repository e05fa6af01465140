"""The Merkle tree of RFC 6962, pure: leaves, nodes, the growing right edge, and proofs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

_LEAF = sha256(b"\x00")
_NODE = sha256(b"\x01")
"""Hashers that have taken in what tells leaves and nodes apart: to copy one costs less than to make one."""


class Place(NamedTuple):
    """Where a full subtree stands: it covers the leaves [n * 2^level, (n + 1) * 2^level)."""

    level: int
    n: int


class Node(NamedTuple):
    """The hash of a full subtree; level 0 holds the leaves."""

    level: int
    n: int
    hash: bytes


def numbered(completed: Sequence[Sequence[bytes]], size: int) -> Iterator[Node]:
    """Give what ``Frontier.extend`` completed on a tree of ``size`` leaves its places."""
    for level, hashes in enumerate(completed):
        for n, hash_ in enumerate(hashes, start=size >> level):
            yield Node(level, n, hash_)


NodeAt = Callable[[Place], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry (RFC 6962 2.1)."""
    leaf = _LEAF.copy()
    leaf.update(entry)
    return leaf.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours (RFC 6962 2.1)."""
    node = _NODE.copy()
    node.update(left + right)
    return node.digest()


def edge(size: int) -> list[Place]:
    """Name the full subtrees that make up a tree of ``size`` leaves, largest and leftmost first."""
    levels = range(size.bit_length() - 1, -1, -1)
    return [Place(level, (size >> level) - 1) for level in levels if size >> level & 1]


def root_of(subtrees: Sequence[bytes]) -> bytes:
    """Fold the hashes of ``edge`` into the root; of no leaves it is the hash of nothing."""
    if not subtrees:
        return EMPTY_ROOT
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node_hash(left, root)
    return root


class Frontier:
    """The right edge of a growing tree: all that adding leaves needs, some twenty hashes for a million."""

    __slots__ = ("_edge", "size")

    def __init__(self, size: int = 0, edge_hashes: Iterable[bytes] = ()) -> None:
        """Continue a tree of ``size`` leaves from the hashes of ``edge(size)``, in that order."""
        self.size = size
        self._edge = list(edge_hashes)
        if len(self._edge) != size.bit_count():
            raise ValueError("The hashes are not the edge of a tree of this size.")

    @property
    def edge(self) -> list[bytes]:
        """The hashes of ``edge(size)``, in that order."""
        return list(self._edge)

    def copy(self) -> "Frontier":
        """Return a frontier that grows apart from this one."""
        return Frontier(self.size, self._edge)

    def extend(self, leaves: Sequence[bytes]) -> list[list[bytes]]:
        """Add leaves; return, by level, the hashes of the subtrees they complete.

        The first of a level has the number ``size >> level``, with the size before; levels that gain nothing are empty.
        """
        start, stop = self.size, self.size + len(leaves)
        former = dict(zip((place.level for place in edge(start)), self._edge, strict=True))
        row, completed, edge_hashes = list(leaves), [], []
        for level in range(stop.bit_length()):
            completed.append(row)
            paired = [former[level], *row] if start >> level & 1 else row
            if stop >> level & 1:
                edge_hashes.append(paired[-1])
            row = [node_hash(left, right) for left, right in zip(paired[::2], paired[1::2], strict=False)]
        self.size, self._edge = stop, edge_hashes[::-1]
        return completed

    def root(self) -> bytes:
        """Return the root of the leaves so far."""
        return root_of(self._edge)


def inclusion_path(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """Return the audit path of a leaf in a tree of ``size`` leaves, nearest sibling first (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("The leaf is not in the tree.")
    return _path(index, 0, size, node_at)


def _path(index: int, start: int, end: int, node_at: NodeAt) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node_at), _range_root(middle, end, node_at)]
    return [*_path(index, middle, end, node_at), _range_root(start, middle, node_at)]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that the path leads to, or None when it has not the length of such a path (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    position, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    return root if last == 0 else None


def consistency_path(old: int, new: int, node_at: NodeAt) -> list[bytes]:
    """Return the proof that the first ``old`` leaves begin the tree of ``new`` (RFC 6962 2.1.2); empty from size 0."""
    if not 0 <= old <= new:
        raise ValueError("A tree does not shrink.")
    return [] if old in (0, new) else _subproof(old, 0, new, node_at, whole=True)


def _subproof(old: int, start: int, end: int, node_at: NodeAt, *, whole: bool) -> list[bytes]:
    if start + old == end:
        return [] if whole else [_range_root(start, end, node_at)]
    middle = start + _split(end - start)
    if start + old <= middle:
        return [*_subproof(old, start, middle, node_at, whole=whole), _range_root(middle, end, node_at)]
    rest = _subproof(start + old - middle, middle, end, node_at, whole=False)
    return [*rest, _range_root(start, middle, node_at)]


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the proof leads from the one root to the other (RFC 9162 2.1.4.2); from size 0 it must be empty."""
    if not 0 < old < new:
        return not path and (old == 0 or (old == new and old_root == new_root))
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_found = new_found = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_found, new_found = node_hash(sibling, old_found), node_hash(sibling, new_found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_found = node_hash(new_found, sibling)
        position, last = position >> 1, last >> 1
    return (old_found, new_found, last) == (old_root, new_root, 0)


def _split(width: int) -> int:
    """Return the largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def _range_root(start: int, end: int, node_at: NodeAt) -> bytes:
    """Return the root of the leaves [start, end), where start is a multiple of the largest full subtree in it."""
    first = [(place.level, place.n + (start >> place.level)) for place in edge(end - start)]
    return root_of([node_at(Place(level, n)) for level, n in first])
