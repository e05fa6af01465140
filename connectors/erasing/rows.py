"""Staged rows under a category that nobody may be shown any more, taken out; sensitive parts of rows that stay, cut out."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import polars as pl

from connectors.layout import CUT_SENSITIVE, KEY, LAYOUTS, PERSON, Layout
from connectors.queries import erasing, imprints, records
from connectors.staging.leave import CATEGORY
from db.engine import Transaction
from schemas.vocabulary import Category, Source

_SENSITIVE: Final = Category.TE_ARKALUONTEISET.value
Kept = pl.DataFrame
"""Pairs of ``category`` and ``person_id``: what may be kept of whom."""


@dataclass(slots=True)
class Erased:
    """What went of each person: how many rows of each category."""

    of: dict[UUID, Counter[str]] = field(default_factory=dict)

    def note(self, rows: pl.DataFrame) -> None:
        """Count rows by person and category."""
        for person_id, category, number in rows.group_by(PERSON, CATEGORY).len().iter_rows():
            self.of.setdefault(UUID(person_id), Counter())[category] += number


def erase(tx: Transaction, *, source: Source, people: Collection[UUID], kept: Kept) -> Erased:
    """Take out of staging what of these people is of a category of a source and not among `kept`; run again it finds nothing.

    Refused rows of a person of whom something went go too: what they would have been is not known for sure.
    """
    erased = Erased()
    named = pl.Series(PERSON, list(map(str, people)), dtype=pl.String)
    for layout in LAYOUTS[source]:
        if layout.category is not None:
            erased.note(_taken_out(tx, layout, named, kept))
            for column in layout.cuts:
                erased.note(_cut_out(tx, layout, column, named, kept))
    if erased.of:
        imprints.forget(tx, source=source)
        erasing.remove_refused(tx, source=source, people=erased.of.keys())
    return erased


def _taken_out(tx: Transaction, layout: Layout, people: pl.Series, kept: Kept) -> pl.DataFrame:
    assert layout.category is not None
    rows = erasing.rows_of(tx, table=layout.table, columns=layout.category.meta.root_names(), people=people)
    going = rows.with_columns(layout.category.alias(CATEGORY)).join(kept, on=(CATEGORY, PERSON), how="anti")
    records.remove(tx, table=layout.table, keys=going[KEY])
    return going.with_columns(pl.col(CATEGORY).fill_null(_unnamed(layout)))


def _unnamed(layout: Layout) -> str:
    """Name the first category of a source for rows that are of none: nobody may be shown those either."""
    return next(category.value for category in Category if category.source is layout.source)


def _cut_out(tx: Transaction, layout: Layout, column: str, people: pl.Series, kept: Kept) -> pl.DataFrame:
    may = kept.filter(pl.col(CATEGORY) == _SENSITIVE)
    rows = erasing.rows_of(tx, table=layout.table, columns=[column], people=people).join(may, on=PERSON, how="anti")
    changed = rows.with_columns(layout.cuts[column].alias("less")).filter(pl.col(column).ne_missing(pl.col("less")))
    if changed.height:
        anew = changed.select(KEY, pl.col("less").alias(column))
        erasing.cut(tx, table=layout.table, column=column, flag=CUT_SENSITIVE, rows=anew)
    return changed.select(PERSON, pl.lit(_SENSITIVE).alias(CATEGORY))


def kept_of(everybody: Collection[str], people: Collection[UUID], named: Iterable[tuple[str, UUID]]) -> Kept:
    """Lay out what may be kept: categories of everybody for each of these people, and pairs of category and person."""
    pairs = {(category, str(person_id)) for category in everybody for person_id in people}
    pairs |= {(category, str(person_id)) for category, person_id in named}
    return pl.DataFrame(sorted(pairs), schema={CATEGORY: pl.String, PERSON: pl.String}, orient="row")
