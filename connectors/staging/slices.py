"""Landed parts, read one after another and gathered into slices that fit into memory."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from connectors import kela, sote, te
from connectors.checked import SHARD
from connectors.errors import PageRefused, SourceChanged
from connectors.frames import HETU, LOCATOR
from connectors.landing import BatchKey, Manifest, open_parts
from connectors.source import Malformed, Parsed
from connectors.staging.ahead import ahead
from connectors.staging.seen import NAME, NAMED, Sieve
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

    def add(self, number: int, parsed: Parsed, named: pl.DataFrame) -> None:
        """Take what one part of a batch gave; `named` are the digests of its elements by what their rows are known by.

        Where something could not be read, nothing is remembered: an element may lack the very record that was set aside.
        """
        known_by = named.clear() if parsed.malformed else named
        for record, frame in parsed.frames.items():
            numbered = frame.with_columns(pl.lit(number, dtype=pl.UInt32).alias(SHARD))
            self.parts[record].append(_with_element(numbered, known_by))
            self.rows += frame.height
        self.malformed[number] += parsed.malformed
        self.rows += len(parsed.malformed)

    def frames(self) -> dict[type, pl.DataFrame]:
        """Give one frame per record type."""
        return {record: pl.concat(parts) for record, parts in self.parts.items()}


def _with_element(frame: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    by = HETU if HETU in frame.columns else LOCATOR
    return frame.join(named, left_on=by, right_on=NAME, how="left", maintain_order="left")


@dataclass(slots=True)
class Reader:
    """Reads the batches of a group through their sieves; what it finds of their shape, it notes by batch."""

    store: Store
    source: Source
    sieves: Mapping[int, Sieve] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def slices(self, landed: Sequence[Landed]) -> Iterator[Slice]:
        """Yield slices of about 250,000 rows until every batch is read."""
        filling = Slice()
        for number, parsed, named in self._parsed(landed):
            filling.add(number, parsed, named)
            if filling.rows >= SLICE_ROWS:
                yield filling
                filling = Slice()
        if filling.rows:
            yield filling

    def _parsed(self, landed: Sequence[Landed]) -> Iterator[tuple[int, Parsed, pl.DataFrame]]:
        for number, batch in enumerate(landed):
            sieve = self.sieves.get(number)
            try:
                for part in ahead(open_parts(self.store, batch.manifest, batch.key)):
                    parsed = _PARSE[self.source](part if sieve is None else sieve.through(part))
                    self.unknown[number].update(parsed.unknown_fields)
                    yield number, parsed, pl.DataFrame(schema=NAMED) if sieve is None else sieve.named()
            except (SourceChanged, PageRefused) as error:
                self.unreadable[number] = str(error)
