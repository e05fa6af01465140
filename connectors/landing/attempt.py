"""One attempt at landing a batch: pulled to the last page into a new folder, its manifest written last, in one put."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from connectors.errors import CursorExpired, LandedAltered, SourceDown, StampTooOld, Transient
from connectors.frames import Frame, pack
from connectors.landing.key import BatchKey
from connectors.landing.manifest import MANIFEST_NAME, Manifest
from connectors.landing.parts import PartWriter, read_manifest
from connectors.source import Page, Source, Window, XRoadIds
from connectors.store import Store
from schemas import vocabulary

RESTARTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be landed, and under which names; `shard` is safe as a folder's name, `key_id` that of the wrapping key."""

    batch: str
    source: vocabulary.Source
    place: str
    shard: str
    window: Window
    parser: str
    code: str
    key_id: str

    @property
    def home(self) -> str:
        """Name the folder of all attempts at this source, shard and window."""
        return home_of(self.source, self.shard, self.window.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The means of landing: where, under which key, with a look at the breaker before each page and the present moment."""

    store: Store
    key: BatchKey
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    look: Callable[[], None] = lambda: None

    def land(self, source: Source, plan: Plan) -> tuple[Manifest, str]:
        """Pull the window and give its manifest with its SHA-256. Raises the errors of `connectors.errors`.

        A window too old for the source is pulled in full; a list that the source forgot is begun again.
        """
        for _ in range(RESTARTS):
            try:
                return self._attempt(source, plan)
            except StampTooOld:
                if plan.window.full:
                    raise
                plan = replace(plan, window=Window())
            except CursorExpired:
                continue
        return self._attempt(source, plan)

    def _attempt(self, source: Source, plan: Plan) -> tuple[Manifest, str]:
        attempt = self.new_id()
        folder = f"{plan.home}/{attempt}"
        writer = PartWriter(store=self.store, folder=folder, key=self.key)
        try:
            until, calls = self._write(source, plan, writer)
        except BaseException:
            self.store.remove(folder)
            raise
        manifest = Manifest(
            batch=plan.batch,
            source=plan.source,
            interface=source.interface,
            shard=plan.shard,
            since=plan.window.since,
            until=until,
            attempt=attempt,
            folder=folder,
            parts=tuple(writer.parts),
            calls=tuple(calls),
            records=sum(part.records for part in writer.parts),
            key_id=plan.key_id,
            parser=plan.parser,
            code=plan.code,
            landed_at=self.now(),
        )
        body = manifest.to_json()
        self.store.put(manifest.path, body)
        return manifest, sha256(body).hexdigest()

    def _write(self, source: Source, plan: Plan, writer: PartWriter) -> tuple[datetime, list[XRoadIds]]:
        """Write page after page; the oldest stamp ends the window, the start of the attempt where nobody was asked about."""
        until, calls = self.now(), []
        for number, page in enumerate(self._pages(source, plan.window)):
            until = min(until, page.stamp)
            calls.append(page.xroad)
            if page.body:
                frame = Frame(kind=page.kind, page=number, place=plan.place, body=page.body)
                writer.add(pack(frame), page.records)
        writer.flush()
        return until, calls

    def _pages(self, source: Source, window: Window) -> Iterator[Page]:
        pages = source.pull(window)
        try:
            while True:
                self.look()
                page = next(pages, None)
                if page is None:
                    return
                yield page
        except Transient as error:
            raise SourceDown(str(error)) from None


def home_of(source: vocabulary.Source, shard: str, since: datetime | None) -> str:
    """Name the folder of all attempts at a source's shard from a moment on (None: all it holds)."""
    window = "full" if since is None else f"{since:%Y%m%dT%H%M%S.%fZ}"
    return f"landing/{source}/{shard}/{window}"


def sweep(store: Store, home: str, *, keep: str, at_rest: Callable[[Sequence[UUID]], Collection[UUID]]) -> int:
    """Take away the folders of attempts that came to nothing, but the one to `keep`; give their number.

    An attempt was cut off before its manifest was written, or after: `at_rest` tells of which batches the books name a manifest, and the
    attempts of all others are nobody's.
    """
    of = {folder: _batch_of(store, folder) for name in store.folders(home) if (folder := f"{home}/{name}") != keep}
    kept = at_rest([batch for batch in of.values() if batch is not None])
    left = [folder for folder, batch in of.items() if batch not in kept]
    for folder in left:
        store.remove(folder)
    return len(left)


def _batch_of(store: Store, folder: str) -> UUID | None:
    """Give the batch that an attempt was for; None where it has no manifest to tell, or none that can be read."""
    with suppress(LandedAltered):
        return UUID(read_manifest(store, f"{folder}/{MANIFEST_NAME}").batch)
    return None
