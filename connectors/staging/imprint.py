"""What a full answer is known again by, so that one that a source repeats byte for byte is counted and not read (PIPELINE.md 1).

An imprint is a keyed digest: of the pages, less what a source writes anew on each answer, and of everything that reading them depends on.
It lies in the batch's row, written with the data it describes. Whatever else comes over the connection, and whatever is erased, makes it
worthless (connectors.queries.imprints). Where an answer is not the same whole, it is looked at by element (connectors.staging.seen).
"""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b, sha256
from typing import Final

from connectors.frames import unpack
from connectors.kela.cut import before_clients
from connectors.landing import open_parts
from connectors.ledger import Batch
from connectors.queries.imprints import Former
from connectors.staging.leave import Leave
from connectors.staging.slices import Landed
from connectors.store import Store
from db.keys import Keyring, Use
from schemas.expectations import suites_of
from schemas.vocabulary import Source

COUNT_BYTES: Final = 8
READERS: Final = 2
_USE: Final = b"imprint of a batch:"
_EACH_TIME: Final = re.compile(rb"<((?:[\w.-]+:)?(?:vesileima|sivu))>.*?</\1>", re.DOTALL)
_PAGE_DIGEST: Final = b'{"page_sha256":'


@dataclass(slots=True, kw_only=True)
class Imprint:
    """A batch's imprint under way: `by` names all that reading it depends on, `taken` sums up its pages, `whole` once all are in it."""

    landed: Landed
    source: Source
    by: str
    taken: "blake2b" = field(default_factory=blake2b)
    whole: bool = False

    def take(self, part: bytes) -> None:
        """Add the pages of a part."""
        for frame in unpack(part):
            content = _CONTENT[self.source](frame.body)
            self.taken.update(f"{frame.kind}\0{frame.place}\0{sum(map(len, content))}\0".encode())
            for piece in content:
                self.taken.update(piece)

    def take_all(self, store: Store) -> None:
        """Add every page, unless they are in it already."""
        if not self.whole:
            for part in open_parts(store, self.landed.manifest, self.landed.key):
                self.take(part)
            self.whole = True

    def made(self, keyring: Keyring) -> bytes:
        """Give the imprint: how many records were landed, and the keyed digest."""
        text = _USE + self.by.encode() + self.taken.digest()
        return self.counted + keyring.keyed_hash(Use.IDENTITY_HASH, text)

    @property
    def counted(self) -> bytes:
        """Say in its first bytes how many records were landed: answers of other sizes are known for others at once."""
        return self.landed.manifest.records.to_bytes(COUNT_BYTES)


def repeats(store: Store, keyring: Keyring, known: Sequence[tuple[Imprint, Former]]) -> list[bool]:
    """Tell of each batch whether it is, to the byte, what the former one of its shard was."""
    with ThreadPoolExecutor(max_workers=READERS) as readers:
        return list(readers.map(lambda each: _repeats(store, keyring, *each), known))


def _repeats(store: Store, keyring: Keyring, imprint: Imprint, former: Former) -> bool:
    if not former.imprint.startswith(imprint.counted):
        return False
    imprint.take_all(store)
    return imprint.made(keyring) == former.imprint


def depends_on(batch: Batch, landed: Landed, leave: Leave, *, remembered_by: str, on: date) -> str:
    """Name all that reading a batch depends on: code, parser, suites, the rules in force on the day, what may be kept and of whom."""
    rules = [rule.name for suite in suites_of(batch.source).values() for rule in suite.rules if rule.valid(on)]
    named = "" if batch.people is None else _listed(leave)
    manifest = landed.manifest
    return repr((batch.connection_id, batch.shard, manifest.interface, manifest.code, remembered_by, rules, named))


def _listed(leave: Leave) -> str:
    """Sum up who was asked about by name, and what may be kept of each."""
    rows = leave.people.sort(leave.people.columns)
    return sha256(rows.write_csv().encode()).hexdigest()


def _of_te(body: bytes) -> Sequence[bytes | memoryview]:
    """Take the page from its list on to the last bracket, which leaves the stamp and the cursor behind it out."""
    start, end = body.find(b'"tiedot"'), body.rfind(b"]") + 1
    return (memoryview(body)[start:end],) if 0 <= start < end else (body,)


def _of_kela(body: bytes) -> Sequence[bytes | memoryview]:
    """Take the page without what stands of the call before its clients: X-Road's header, the stamp, how the list goes on."""
    at = before_clients(body)
    head = body[:at]
    header, content = head.find(b"Header>"), head.find(b"Body>")
    if 0 <= header < content:
        head = head[:header] + head[content:]
    return (_EACH_TIME.sub(b"", head), memoryview(body)[at:])


def _of_sote(body: bytes) -> Sequence[bytes | memoryview]:
    """Take the lines but the first, which tells the digest of the page as it came, its stamp included."""
    start = body.find(b"\n") + 1 if body.startswith(_PAGE_DIGEST) else 0
    return (memoryview(body)[start:],)


_CONTENT: Final[dict[Source, Callable[[bytes], Sequence[bytes | memoryview]]]] = {
    Source.TE: _of_te,
    Source.KELA: _of_kela,
    Source.SOTE: _of_sote,
}
