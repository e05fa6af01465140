"""Digests of many short texts."""

from collections.abc import Iterable
from hashlib import blake2b


def digests(of: "blake2b", texts: "Iterable[bytes | memoryview]") -> list[bytes]:
    """Digest each text by a copy of one hasher, in order: to make one anew takes a third longer, and twice as long under a key."""
    copy, found = of.copy, []
    for text in texts:
        each = copy()
        each.update(text)
        found.append(each.digest())
    return found
