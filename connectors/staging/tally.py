"""What is counted while a group is checked: rows, broken ones and unfilled fields, by batch and record type, over all its slices."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from connectors.checked import SHARD
from connectors.staging.slices import Reader, Slice
from schemas.expectations import Suite
from schemas.expectations.fields import fields_of
from schemas.validation.batch import EMPTY_ROWS, Fact
from schemas.validation.result import Result
from schemas.vocabulary import Source

_COUNTED: Final = frozenset({Source.TE, Source.SOTE})
"""TE's contract drops and counts unknown fields, the whitelist drops sote's; with Kela an unknown element is a changed shape."""


@dataclass(slots=True)
class Tally:
    """Counts by batch number, and by batch number and record."""

    pulled: Counter[int] = field(default_factory=Counter)
    quarantined: Counter[int] = field(default_factory=Counter)
    rows: Counter[tuple[int, str]] = field(default_factory=Counter)
    broken: Counter[tuple[int, str]] = field(default_factory=Counter)
    filled: dict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    mandatory: dict[str, tuple[str, ...]] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)

    def malformed(self, part: Slice) -> None:
        """Count the records that could not be read."""
        for number, found in part.malformed.items():
            self.pulled[number] += len(found)
            self.quarantined[number] += len(found)

    def frame(self, suite: Suite, frame: pl.DataFrame, refused: pl.DataFrame, result: Result) -> None:
        """Count a frame of text and what its suite refused of it (a row number each)."""
        name = suite.record.__name__.lower()
        self.mandatory[name] = tuple(each.name for each in fields_of(suite.record) if each.mandatory)
        self.results.append(result)
        for number, rows, *filled in _by_batch(frame, self.mandatory[name]):
            self.pulled[number] += rows
            self.rows[number, name] += rows
            self.filled[number, name].update(
                field for field, any_ in zip(self.mandatory[name], filled, strict=True) if any_
            )
        for number, rows in frame[refused["row"].to_list()].group_by(SHARD).len().iter_rows():
            self.quarantined[number] += rows
            self.broken[number, name] += rows

    def known(self, number: int, record: type, rows: int) -> None:
        """Count rows that were not read, for they are as they were: they held their rules then."""
        name = record.__name__.lower()
        self.mandatory.setdefault(name, ())
        self.pulled[number] += rows
        self.rows[number, name] += rows
        self.filled[number, name].update(each.name for each in fields_of(record))

    def facts(
        self, reader: Reader, *, filled: Sequence[bool], allowed: Sequence[int | None], repeated: Collection[int] = ()
    ) -> Iterator[Fact]:
        """Give what the batches are judged by; `filled` (must bring something) and `allowed` by batch number.

        Those that repeat what was judged before are not judged again.
        """
        for (number, name), rows in sorted(self.rows.items()):
            unfilled = tuple(each for each in self.mandatory[name] if each not in self.filled[number, name])
            broken = self.broken[number, name]
            yield Fact(
                batch=number,
                record=name,
                rows=rows,
                broken=broken,
                unfilled=unfilled if rows >= EMPTY_ROWS or _renamed(name, reader.unknown[number]) else (),
            )
        for number, must_come in enumerate(filled):
            if number in repeated:
                continue
            unknown = () if reader.source in _COUNTED else tuple(sorted(reader.unknown[number]))
            rows = self.pulled[number]
            yield Fact(
                batch=number,
                record=None,
                rows=rows,
                rows_allowed=allowed[number],
                unknown=unknown,
                missing=must_come and not rows and number not in reader.unreadable,
            )


def _renamed(record: str, unknown: Iterable[str]) -> bool:
    """Whether the record came with fields that nobody knows: then one that is nowhere filled was renamed, however few the rows."""
    return any(path.lower().startswith(f"{record}.") for path in unknown)


def _by_batch(frame: pl.DataFrame, mandatory: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    filled = [((pl.col(name) != "") & pl.col(name).is_not_null()).any().alias(f"filled {name}") for name in mandatory]
    return frame.group_by(SHARD).agg(pl.len(), *filled).iter_rows()
