"""Landed parts, read one after another and gathered into slices that fit into memory."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import polars as pl

from connectors import kela, sote, te
from connectors.ahead import ahead
from connectors.checked import ELEMENT, SHARD
from connectors.errors import PageRefused, SourceChanged
from connectors.frames import HETU, LOCATOR
from connectors.landing import BatchKey, Manifest, open_parts
from connectors.source import Malformed, Parsed
from connectors.staging.seen import NAME, NAMED, Sieve
from connectors.store import Store
from schemas.vocabulary import Source

SLICE_ROWS: Final = 250_000
_PART: Final = "part"
_PARSE: Final = {Source.TE: te.parse, Source.KELA: kela.parse, Source.SOTE: sote.parse}
PARSERS: Final = {Source.TE: te.PARSER, Source.KELA: kela.PARSER, Source.SOTE: sote.PARSER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A landed batch: its manifest and the key of its parts."""

    manifest: Manifest
    key: BatchKey


@dataclass(slots=True)
class Slice:
    """Some of a group's rows: frames of text by record type, and what could not be read, by batch.

    `batches` names the batch of each part that was read, `records` what it holds in order, `named` the digests of its elements, `parts` its
    frames by its number.
    """

    batches: list[int] = field(default_factory=list)
    records: list[tuple[type, ...]] = field(default_factory=list)
    named: list[pl.DataFrame] = field(default_factory=list)
    parts: dict[type, dict[int, pl.DataFrame]] = field(default_factory=lambda: defaultdict(dict))
    malformed: dict[int, list[Malformed]] = field(default_factory=lambda: defaultdict(list))
    rows: int = 0

    def add(self, number: int, parsed: Parsed, named: pl.DataFrame) -> None:
        """Take what one part of a batch gave; `named` are the digests of its elements by what their rows are known by.

        Where something could not be read, nothing is remembered: an element may lack the very record that was set aside.
        """
        part = len(self.batches)
        self.batches.append(number)
        self.records.append(tuple(parsed.frames))
        self.named.append(named.clear() if parsed.malformed else named)
        for record, frame in parsed.frames.items():
            self.parts[record][part] = frame
            self.rows += frame.height
        self.malformed[number] += parsed.malformed
        self.rows += len(parsed.malformed)

    def frames(self) -> dict[type, pl.DataFrame]:
        """Give one frame per record type, with each row's batch and the digest of its element beside."""
        elements = self._in_step()
        if elements is None:
            return self._joined()
        return {
            record: self._rows(parts).drop(_PART).hstack([elements[record]]) for record, parts in self.parts.items()
        }

    def _in_step(self) -> dict[type, pl.Series] | None:
        """Give the digests where every element is one row, in the order of rows; None where one is not."""
        found: dict[type, list[pl.Series]] = defaultdict(list)
        for part, (records, named) in enumerate(zip(self.records, self.named, strict=True)):
            at = 0
            for record in records:
                rows = self.parts[record][part]
                elements = named.slice(at, rows.height)
                if HETU in rows.columns or not elements[NAME].equals(rows[LOCATOR]):
                    return None
                found[record].append(elements[ELEMENT])
                at += rows.height
        return {record: pl.concat(each) for record, each in found.items()}

    def _joined(self) -> dict[type, pl.DataFrame]:
        """Put digests beside rows by name; two elements of one name in a part are not told apart, and not remembered."""
        known_by = _by_part(dict(enumerate(self.named))).unique(subset=(NAME, _PART), keep="none")
        return {record: self._frame(parts, known_by) for record, parts in self.parts.items()}

    def _frame(self, parts: Mapping[int, pl.DataFrame], known_by: pl.DataFrame) -> pl.DataFrame:
        rows = self._rows(parts)
        by = HETU if HETU in rows.columns else LOCATOR
        found = rows.join(known_by, left_on=(by, _PART), right_on=(NAME, _PART), how="left", maintain_order="left")
        return found.drop(_PART)

    def _rows(self, parts: Mapping[int, pl.DataFrame]) -> pl.DataFrame:
        rows = _by_part(parts)
        return rows.with_columns(pl.Series(SHARD, self.batches, dtype=pl.UInt32).gather(rows[_PART]))


def _by_part(parts: Mapping[int, pl.DataFrame]) -> pl.DataFrame:
    """Lay the frames of parts one after another, with the number of its part beside each row."""
    rows = pl.concat(parts.values())
    return rows.with_columns(pl.Series(_PART, np.repeat([*parts], [each.height for each in parts.values()]), pl.UInt32))


class Taking(Protocol):
    """What takes in each part that is read."""

    def take(self, part: bytes) -> None:
        """Take in a part."""


@dataclass(slots=True)
class Reader:
    """Reads the batches of a group, but those to be passed over, through their sieves; what it finds of their shape, it notes by batch.

    `imprints` take in each part that is read.
    """

    store: Store
    source: Source
    sieves: Mapping[int, Sieve] = field(default_factory=dict)
    imprints: Mapping[int, Taking] = field(default_factory=dict)
    passed_over: Collection[int] = ()
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
        for number, part in ahead(self._opened(landed)):
            if number in self.unreadable:
                continue
            sieve = self.sieves.get(number)
            try:
                parsed = _PARSE[self.source](part if sieve is None else sieve.through(part))
            except (SourceChanged, PageRefused) as error:
                self.unreadable[number] = str(error)
                continue
            self.unknown[number].update(parsed.unknown_fields)
            yield number, parsed, pl.DataFrame(schema=NAMED) if sieve is None else sieve.named()

    def _opened(self, landed: Sequence[Landed]) -> Iterator[tuple[int, bytes]]:
        """Open part after part, each taken in by its batch's imprint: neither needs the interpreter, which parsing does."""
        for number, batch in enumerate(landed):
            if number in self.passed_over:
                continue
            imprint = self.imprints.get(number)
            for part in open_parts(self.store, batch.manifest, batch.key):
                if imprint is not None:
                    imprint.take(part)
                yield number, part
