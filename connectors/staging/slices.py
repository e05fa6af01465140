"""Landed parts, read one after another and gathered into slices that fit into memory."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from connectors import kela, sote, te
from connectors.checked import SHARD
from connectors.errors import PageRefused, SourceChanged
from connectors.landing import BatchKey, Manifest, open_parts
from connectors.source import Malformed, Parsed
from connectors.store import Store
from schemas.vocabulary import Source

SLICE_ROWS: Final = 250_000
_PARSE: Final = {Source.TE: te.parse, Source.KELA: kela.parse, Source.SOTE: sote.parse}
PARSERS: Final = {Source.TE: te.PARSER, Source.KELA: kela.PARSER, Source.SOTE: sote.PARSER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A landed batch: its manifest and the key of its parts."""

    manifest: Manifest
    key: BatchKey


@dataclass(slots=True)
class Slice:
    """Some of a group's rows: frames of text by record type with the batch's number beside, and what could not be read, by batch."""

    parts: dict[type, list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    malformed: dict[int, list[Malformed]] = field(default_factory=lambda: defaultdict(list))
    rows: int = 0

    def add(self, number: int, parsed: Parsed) -> None:
        """Take what one part of a batch gave."""
        for record, frame in parsed.frames.items():
            self.parts[record].append(frame.with_columns(pl.lit(number, dtype=pl.UInt32).alias(SHARD)))
            self.rows += frame.height
        self.malformed[number] += parsed.malformed
        self.rows += len(parsed.malformed)

    def frames(self) -> dict[type, pl.DataFrame]:
        """Give one frame per record type."""
        return {record: pl.concat(parts) for record, parts in self.parts.items()}


@dataclass(slots=True)
class Reader:
    """Reads the batches of a group; what it finds of their shape, it notes by batch."""

    store: Store
    source: Source
    unreadable: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def slices(self, landed: Sequence[Landed]) -> Iterator[Slice]:
        """Yield slices of about 250,000 rows until every batch is read."""
        filling = Slice()
        for number, parsed in self._parsed(landed):
            filling.add(number, parsed)
            if filling.rows >= SLICE_ROWS:
                yield filling
                filling = Slice()
        if filling.rows:
            yield filling

    def _parsed(self, landed: Sequence[Landed]) -> Iterator[tuple[int, Parsed]]:
        for number, batch in enumerate(landed):
            try:
                for part in open_parts(self.store, batch.manifest, batch.key):
                    parsed = _PARSE[self.source](part)
                    self.unknown[number].update(parsed.unknown_fields)
                    yield number, parsed
            except (SourceChanged, PageRefused) as error:
                self.unreadable[number] = str(error)
