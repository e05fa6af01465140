"""Landed copies rewritten without some people: another folder under another key, so that the former copy is dead from the commit on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from connectors.erasing.marks import Marks
from connectors.errors import LandedAltered
from connectors.frames import Frame, pack, unpack
from connectors.kela.cut import count
from connectors.landing import BatchKey, Manifest, new_key, open_parts, read_manifest, unwrap
from connectors.landing.parts import PartWriter
from connectors.ledger import State
from connectors.queries import erasing
from connectors.queries.erasing import Landed
from connectors.staging.elements import Taken, taken
from connectors.store import Store
from db.engine import Database
from db.ids import uuid7
from db.keys import Use
from schemas.vocabulary import Source

TAKEN_BACK: Final = "something in it may not be taken any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The landed copies of a source, about to lose what is about some people."""

    database: Database
    store: Store
    source: Source
    marks: Marks
    at: datetime

    def rewrite(self) -> int:
        """Rewrite every copy at rest that holds something of them, and give how many did; run again it finds none.

        Each batch by itself: a copy is made without them, then the batch's row is moved to it, then the former one is removed.
        """
        if not self.marks.texts:
            return 0
        with self.database.read() as read:
            batches = erasing.landed(read, source=self.source)
        return sum(self._batch(batch) for batch in batches)

    def _batch(self, batch: Landed) -> bool:
        with self.database.read() as read:
            key = unwrap(read.keyring, batch.store_key, batch=str(batch.batch_id))
        try:
            manifest = read_manifest(self.store, batch.manifest)
            if not any(self.marks.within(part) for part in open_parts(self.store, manifest, key)):
                return False
        except LandedAltered:
            return self._dead(batch)
        return self._dead(batch) if batch.state == State.HELD else self._moved(batch, manifest, key)

    def _dead(self, batch: Landed) -> bool:
        """Let a whole copy go: nothing else is in it, it does not open, or it waits for a steward who may no longer accept it."""
        with self.database.transaction() as tx:
            if erasing.gone(tx, old=batch) and batch.state == State.HELD:
                erasing.give_up(tx, batch_id=batch.batch_id, why=TAKEN_BACK)
        self._remove(batch)
        return True

    def _moved(self, batch: Landed, manifest: Manifest, key: BatchKey) -> bool:
        with self.database.read() as read:
            other, wrapped = new_key(read.keyring, str(batch.batch_id))
            key_id = read.keyring.key_ids(Use.STORE)[0]
        copy = self._copied(manifest, key, other, key_id)
        if not copy.parts:
            return self._dead(batch)
        body = copy.to_json()
        self.store.put(copy.path, body)
        digest = sha256(body).hexdigest()
        with self.database.transaction() as tx:
            erasing.rewritten(tx, old=batch, manifest=copy.path, sha256=digest, store_key=wrapped)
        self._remove(batch)
        return True

    def _copied(self, manifest: Manifest, key: BatchKey, other: BatchKey, key_id: str) -> Manifest:
        attempt = str(uuid7(self.at))
        folder = f"{manifest.folder.rpartition('/')[0]}/{attempt}"
        writer = PartWriter(store=self.store, folder=folder, key=other)
        for frame in self._frames(manifest, key):
            writer.add(pack(frame), _records(self.source, frame))
        writer.flush()
        records = sum(part.records for part in writer.parts)
        return replace(
            manifest, attempt=attempt, folder=folder, parts=tuple(writer.parts), records=records, key_id=key_id
        )

    def _frames(self, manifest: Manifest, key: BatchKey) -> Iterator[Frame]:
        for part in open_parts(self.store, manifest, key):
            for frame in unpack(part):
                left = without(self.source, frame, self.marks)
                if left is not None:
                    yield left

    def _remove(self, batch: Landed) -> None:
        self.store.remove(batch.manifest.rpartition("/")[0])


def without(source: Source, frame: Frame, marks: Marks) -> Frame | None:
    """Give a page without the elements about some people; None where nothing is left, or where it cannot be taken apart."""
    if not marks.within(frame.body):
        return frame
    if source is Source.SOTE:
        return _without_lines(frame, marks)
    page = taken(source, frame)
    return None if page is None else _without_elements(page, marks)


def _without_lines(frame: Frame, marks: Marks) -> Frame | None:
    lines = [line for line in frame.body.splitlines(keepends=True) if not marks.within(line)]
    return replace(frame, body=b"".join(lines)) if len(lines) > 1 else None


def _without_elements(page: Taken, marks: Marks) -> Frame | None:
    kept = [place for place, body in enumerate(page.bodies) if not marks.within(body)]
    left = page.kept(kept) if kept else None
    return None if left is None or marks.within(left.body) else left


def _records(source: Source, frame: Frame) -> int:
    """Count what a page holds, as its connector does."""
    if source is Source.SOTE:
        return max(0, len(frame.body.splitlines()) - 1)
    if source is Source.KELA:
        return count(frame.body)
    page = taken(source, frame)
    return 0 if page is None else len(page.bodies)
