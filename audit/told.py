"""Which pages of the feeds told of somebody: of chosen people a page's own detail names the entries, any other holds all it spans."""

import json
from collections.abc import Sequence
from uuid import UUID

import msgspec

from audit.details import decrypted
from audit.queries import pages
from audit.queries.pages import Spanning, Told
from audit.queries.readers import Reader, reading_as
from db.engine import Read
from db.keys import Keyring


def telling(read: Read, told: Sequence[Told]) -> frozenset[UUID]:
    """Name the pages (by their events' ids) on which one of these entries stood."""
    with reading_as(read, Reader.PERSON):
        found = pages.spanning(read, told)
    return frozenset(page.id for page in found if _names(read.keyring, page))


def _names(keyring: Keyring, page: Spanning) -> bool:
    """Say whether an entry stood on a page that spans it; what can no longer be opened is taken not to."""
    if "records" not in msgspec.json.decode(page.entry):
        return True
    if page.box is None:
        return False
    return str(page.seq) in json.loads(decrypted(keyring, page.id, page.box)).get("records", ())
