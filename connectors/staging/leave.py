"""What may be kept at all: rows under a category that nobody may be shown are left behind, sensitive parts cut out (AMENDMENTS 5)."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Final, Self

import polars as pl

from connectors.layout import CUT_LOCATION, CUT_SENSITIVE, PERSON, Layout
from connectors.store import Store

CATEGORY: Final = "category"
_KEY: Final = (CATEGORY, PERSON)
_SCHEMA: Final = {CATEGORY: pl.String, PERSON: pl.String}


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave list: categories that may be kept of everybody, and pairs of category and person.

    Without a list (`everything`) all may be kept: so tries a new source, and a test; a run always brings one.
    """

    everybody: frozenset[str] = frozenset()
    people: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SCHEMA))
    everything: bool = False

    @classmethod
    def read(cls, store: Store, path: str | None) -> Self:
        """Read the list at a path of the store: Parquet with ``category`` and ``person_id``, null for everybody with a task."""
        if path is None:
            return cls(everything=True)
        rows = pl.read_parquet(BytesIO(store.get(path))).select(*_KEY)
        everybody = rows.filter(pl.col(PERSON).is_null())[CATEGORY]
        return cls(frozenset(everybody.to_list()), rows.drop_nulls(PERSON).unique())

    def allows(self, rows: pl.DataFrame, category: pl.Expr) -> pl.Series:
        """Tell for each row, by its category and person, whether it may be kept."""
        if self.everything:
            return pl.repeat(value=True, n=rows.height, dtype=pl.Boolean, eager=True)
        asked = rows.select(category.alias(CATEGORY), PERSON)
        general = asked[CATEGORY].is_in(list(self.everybody))
        if general.all() or self.people.is_empty():
            return general.fill_null(value=False)
        listed = self.people.with_columns(pl.lit(value=True).alias("listed"))
        named = asked.join(listed, on=_KEY, how="left", maintain_order="left")["listed"]
        return (general | named.fill_null(value=False)).fill_null(value=False)


def cut_of(layout: Layout, rows: pl.DataFrame, sensitive_allowed: pl.Series, protected: pl.Series) -> pl.Series:
    """Say what is cut out of each row: the location of the protected, and what is sensitive where that may not be kept."""
    cut = pl.repeat(0, rows.height, dtype=pl.Int16, eager=True)
    if layout.location:
        cut = cut + rows[PERSON].is_in(protected.implode()).fill_null(value=False).cast(pl.Int16) * CUT_LOCATION
    if layout.cuts:
        sensitive = rows.select(
            pl.any_horizontal(pl.col(name).ne_missing(less) for name, less in layout.cuts.items())
        ).to_series()
        cut = cut + (sensitive & ~sensitive_allowed).cast(pl.Int16) * CUT_SENSITIVE
    return cut


def cut_rows(layout: Layout, rows: pl.DataFrame) -> pl.DataFrame:
    """Take out of rows what their ``cut`` says."""
    without_location = (pl.col("cut") & CUT_LOCATION) != 0
    without_sensitive = (pl.col("cut") & CUT_SENSITIVE) != 0
    return rows.with_columns(
        *(pl.when(~without_location).then(name).alias(name) for name in layout.location),
        *(pl.when(without_sensitive).then(less).otherwise(name).alias(name) for name, less in layout.cuts.items()),
    )
