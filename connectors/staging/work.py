"""A group of landed batches on its way to checked files: slice by slice read, judged and written, the manifest last."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Final

import polars as pl

from connectors.checked import (
    ELEMENT,
    LINKS,
    PEOPLE,
    PRESENT,
    PROTECTION,
    QUARANTINE,
    RESULTS_NAME,
    SHARD,
    Checked,
    CheckedBatch,
    File,
    write_frame,
)
from connectors.layout import LAYOUTS, Layout
from connectors.ledger import Batch
from connectors.queries.imprints import Former
from connectors.staging.content import with_key
from connectors.staging.imprint import Imprint
from connectors.staging.people import links, numbered, people, protection
from connectors.staging.refused import malformed_rows, refused_rows
from connectors.staging.seen import TABLE, Sieve
from connectors.staging.slices import PARSERS, Landed, Reader, Slice
from connectors.staging.tally import Tally
from connectors.store import Store
from db.keys import Keyring
from schemas import kela, te
from schemas.expectations import suites_of, version_of
from schemas.validation.batch import hold
from schemas.validation.judge import Judge
from schemas.validation.rows import Checked as Outcome
from schemas.validation.rows import check_rows
from schemas.vocabulary import Source

WRITERS: Final = 4
_LAYOUT_OF: Final = {layout.record: layout for of_source in LAYOUTS.values() for layout in of_source}
_ONLY_TELLS: Final = frozenset({kela.Asiakas, kela.Henkilovirhe})
"""Records that only tell of their person: what they say stands in the slice's links and protections."""
_KIND_OF: Final = {record: layout.table for record, layout in _LAYOUT_OF.items()} | {
    kela.Asiakas: "asiakas",
    te.Poisto: "poisto",
}
_RECORD_OF: Final = {kind: record for record, kind in _KIND_OF.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a full batch's connection gave last time: the name of its file, and its rows."""

    name: str | None
    rows: pl.DataFrame


@dataclass(slots=True, kw_only=True)
class Work:
    """A group about to be checked; batches stand in all its lists by the same number, `known` is of the full ones.

    `gave` are the numbers of those whose connection gave something before: of them a full pull may not be empty. `imprints` are of the
    full ones too, `repeated` are those that are, to the byte, what the former batch of their shard was: they are not read.
    """

    store: Store
    keyring: Keyring
    source: Source
    batches: Sequence[Batch]
    landed: Sequence[Landed]
    allowed: Sequence[int | None]
    known: Mapping[int, Known]
    gave: Collection[int] = ()
    imprints: Mapping[int, Imprint] = field(default_factory=dict)
    repeated: Mapping[int, Former] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    @property
    def key(self) -> str:
        """Name the work by what it reads: the landed manifests, what is known already, the parser, the suites."""
        landed = [(batch.manifest_sha256, batch.accepted_as_is) for batch in self.batches]
        known = [self._known_name(number) for number in range(len(self.batches))]
        repeated = {number: str(former.batch_id) for number, former in self.repeated.items()}
        named = [landed, known, repeated, PARSERS[self.source], version_of(self.source)]
        return f"{self.source}-{sha256(json.dumps(named).encode()).hexdigest()[:32]}"

    @property
    def path(self) -> str:
        """Say where the manifest of this work will lie."""
        return f"checked/{self.key}/manifest.json"

    def done(self, *, on: date, slices: Iterable[Slice] | None = None) -> Checked:
        """Read, judge and write every slice, then the results, then the manifest that makes it all true.

        Given `slices` are judged in the place of what was landed.
        """
        sieves = {number: Sieve(self.source, frozenset(of.rows[ELEMENT])) for number, of in self.known.items()}
        reader, judge = Reader(self.store, self.source, sieves, self._to_take(), self.repeated), Judge()
        parts = enumerate(reader.slices(self.landed) if slices is None else slices)
        files = [self._slice(judge, part, f"{number:03d}", on=on) for number, part in parts]
        files.append(self._present(sieves))
        facts = self.tally.facts(reader, filled=self._filled(), allowed=self.allowed, repeated=self.repeated)
        judged = hold(judge, f"{self.source} batches", list(facts))
        checked = self._manifest(files, self._held(reader, judged.reasons))
        suites = [each.to_json() for each in (*self.tally.results, judged.result)]
        results = {"suites": suites, "unknown_fields": _unknown(reader)}
        self.store.put(f"{checked.folder}/{RESULTS_NAME}", json.dumps(results).encode())
        self.store.put(checked.path, checked.to_json())
        return checked

    def _to_take(self) -> dict[int, Imprint]:
        """Give the imprints that want their pages yet: the others were looked at to tell whether they are the same."""
        return {number: imprint for number, imprint in self.imprints.items() if not imprint.whole}

    def _filled(self) -> list[bool]:
        """Tell by batch number which must bring something: all of a connection was asked for that gave something before."""
        whole = (batch.people is None and of.manifest.full for batch, of in zip(self.batches, self.landed, strict=True))
        return [full and number in self.gave for number, full in enumerate(whole)]

    def _held(self, reader: Reader, reasons: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        """Give why batches are held; one that a steward accepted as it is goes on unless it could not be read."""
        unreadable = {number: (why,) for number, why in reader.unreadable.items()}
        limits = {number: why for number, why in reasons.items() if not self.batches[number].accepted_as_is}
        return {**limits, **unreadable}

    def _present(self, sieves: Mapping[int, Sieve]) -> dict[str, File]:
        """Count what was known already and came again, and write which elements those are."""
        came = [pl.DataFrame(schema={ELEMENT: pl.Binary, SHARD: pl.UInt32})]
        for number, sieve in sieves.items():
            present = pl.DataFrame({ELEMENT: sieve.present}, schema={ELEMENT: pl.Binary})
            came.append(present.unique().with_columns(pl.lit(number, dtype=pl.UInt32).alias(SHARD)))
            again = self.known[number].rows.join(present, on=ELEMENT, how="semi")
            for kind, rows in again.group_by(TABLE).len().iter_rows():
                self.tally.known(number, _RECORD_OF[kind], rows)
        return self._written("all", [(PRESENT, pl.concat(came))])

    def _slice(self, judge: Judge, part: Slice, name: str, *, on: date) -> dict[str, File]:
        self.tally.malformed(part)
        frames, refused = part.frames(), []
        outcomes = {record: self._judged(judge, record, frame, on) for record, frame in frames.items()}
        refused = [malformed_rows(number, rows, self.keyring) for number, rows in part.malformed.items()]
        for record, outcome in outcomes.items():
            rows = refused_rows(record, _LAYOUT_OF.get(record), frames[record], outcome.refused, self.keyring)
            refused.append(rows)
        nothing = pl.Series(ELEMENT, [], dtype=pl.Binary)
        broken = pl.concat([nothing, *(frames[record][of.refused["row"]][ELEMENT] for record, of in outcomes.items())])
        accepted = {record: _remembering(outcome.accepted, broken) for record, outcome in outcomes.items()}
        return self._written(name, chain([(QUARANTINE, pl.concat(refused))], self._accepted(accepted)))

    def _judged(self, judge: Judge, record: type, frame: pl.DataFrame, on: date) -> Outcome:
        suite = suites_of(self.source)[record]
        outcome = check_rows(judge, suite, frame, on=on, artificial_only=self.keyring.development)
        self.tally.frame(suite, frame, outcome.refused, outcome.result)
        return outcome

    def _accepted(self, frames: Mapping[type, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
        everyone = people(frames)
        yield PEOPLE, everyone
        yield LINKS, links(frames)
        yield PROTECTION, protection(frames, everyone)
        for record, frame in frames.items():
            if record not in _ONLY_TELLS:
                owned = numbered(record, frame, everyone)
                yield _KIND_OF[record], self._keyed(_LAYOUT_OF.get(record), owned)
            elif record in _KIND_OF:
                yield _KIND_OF[record], frame.select(SHARD, ELEMENT).drop_nulls()

    def _keyed(self, layout: Layout | None, frame: pl.DataFrame) -> pl.DataFrame:
        return frame if layout is None else with_key(layout, frame, self.keyring)

    def _written(self, part: str, frames: Iterable[tuple[str, pl.DataFrame]]) -> dict[str, File]:
        """Write frames while the next are made; several at once, for each waits for the disk."""
        write = partial(write_frame, self.store, self.keyring, folder=self._manifest().folder)
        with ThreadPoolExecutor(max_workers=WRITERS) as writers:
            writing = {
                kind: writers.submit(write, name=f"{part}-{kind}.parquet", frame=frame)
                for kind, frame in frames
                if frame.height
            }
            return {kind: file.result() for kind, file in writing.items()}

    def _manifest(
        self, slices: Sequence[dict[str, File]] = (), held: Mapping[int, tuple[str, ...]] | None = None
    ) -> Checked:
        return Checked(
            key=self.key,
            source=self.source,
            suite=version_of(self.source),
            parser=PARSERS[self.source],
            batches=tuple(self._batch(number, (held or {}).get(number, ())) for number in range(len(self.batches))),
            slices=tuple(slices),
        )

    def _batch(self, number: int, held: tuple[str, ...]) -> CheckedBatch:
        manifest, former = self.landed[number].manifest, self.repeated.get(number)
        imprint = self.imprints.get(number)
        return CheckedBatch(
            batch_id=self.batches[number].batch_id,
            full=manifest.full,
            stamp=manifest.until,
            pulled=former.pulled if former else self.tally.pulled[number],
            quarantined=former.quarantined if former else self.tally.quarantined[number],
            held=held,
            seen=self._known_name(number),
            repeats=former.batch_id if former else None,
            imprint=imprint.made(self.keyring) if imprint else None,
        )

    def _known_name(self, number: int) -> str | None:
        return self.known[number].name if number in self.known else None


def _remembering(accepted: pl.DataFrame, broken: pl.Series) -> pl.DataFrame:
    """Forget the element of rows that came with a refused one: it is to be looked at again."""
    if broken.drop_nulls().is_empty():
        return accepted
    return accepted.with_columns(pl.when(~pl.col(ELEMENT).is_in(broken.drop_nulls().implode())).then(ELEMENT))


def _unknown(reader: Reader) -> dict[str, int]:
    return {name: count for of_batch in reader.unknown.values() for name, count in of_batch.items()}
