"""Which pages of the feeds told of somebody: of chosen people a page's own detail names the entries, any other holds all it spans."""

import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from audit.details import decrypted
from audit.queries import pages, reviews
from audit.queries.pages import Spanning, Told
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found
from db.engine import Read
from db.keys import Keyring


class Spanned(NamedTuple):
    """The entries of a recipient's feed from ``first`` to ``last``, of chosen people those that ``chosen`` numbers."""

    recipient: str
    first: int
    last: int
    chosen: frozenset[int] | None


def telling(read: Read, told: Sequence[Told]) -> frozenset[UUID]:
    """Name the pages (by their events' ids) on which one of these entries stood."""
    with reading_as(read, Reader.PERSON):
        found = pages.spanning(read, told)
    return frozenset(page.id for page in found if _names(read.keyring, page))


def spanned(read: Read, found: Found) -> Spanned:
    """Tell which entries of whose feed stood on a page; of chosen people none where that can no longer be opened."""
    members = msgspec.json.decode(found.entry)
    result, recipient = members["result"], members["actor"].get("org", "")
    first, last = result.get("from", 1), result.get("to", 0)
    if "records" not in members:
        return Spanned(recipient, first, last, None)
    with reading_as(read, Reader.AUDITOR):
        box = reviews.detail_of(read, event_id=found.id)
    named = () if box is None else json.loads(decrypted(read.keyring, found.id, box)).get("records", ())
    return Spanned(recipient, first, last, frozenset(map(int, named)))


def _names(keyring: Keyring, page: Spanning) -> bool:
    """Say whether an entry stood on a page that spans it; what can no longer be opened is taken not to."""
    if "records" not in msgspec.json.decode(page.entry):
        return True
    if page.box is None:
        return False
    return str(page.seq) in json.loads(decrypted(keyring, page.id, page.box)).get("records", ())
