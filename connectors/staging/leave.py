"""What may be kept at all: rows under a category that nobody may be shown are left behind, sensitive parts cut out (AMENDMENTS 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Final, Self

import polars as pl

from connectors.layout import CUT_LOCATION, CUT_SENSITIVE, PERSON, Layout
from connectors.store import Store
from schemas.vocabulary import TaskGround

CATEGORY: Final = "category"
GROUND: Final = "ground"
_LIST: Final = "list"
_KEY: Final = (CATEGORY, PERSON)
_SCHEMA: Final = {CATEGORY: pl.String, PERSON: pl.String}


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave list: categories that may be kept of everybody, and pairs of category and person.

    `joint` are categories that may be kept of whomever the source itself tells to get joint support; once that is known to those who
    decide, the list names these people. Without a list (`everything`) all may be kept: so tries a new source, and a test; a run always
    brings one.
    """

    everybody: frozenset[str] = frozenset()
    joint: frozenset[str] = frozenset()
    people: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SCHEMA))
    everything: bool = False

    @classmethod
    def read(cls, store: Store, path: str | None) -> Self:
        """Read the list at a path of the store: Parquet with ``category`` and ``person_id``, null for everybody.

        Where it has a ``ground``, rows without a person are for those who have a task of that ground.
        """
        if path is None:
            return cls(everything=True)
        rows = pl.read_parquet(BytesIO(store.get(path)))
        ground = pl.col(GROUND) if GROUND in rows.columns else pl.lit(None, dtype=pl.String)
        general = rows.filter(pl.col(PERSON).is_null()).select(CATEGORY, ground.alias(GROUND))
        return cls(
            frozenset(general.filter(pl.col(GROUND).is_null())[CATEGORY].to_list()),
            frozenset(general.filter(pl.col(GROUND) == TaskGround.TYM)[CATEGORY].to_list()),
            rows.select(*_KEY).drop_nulls(PERSON).unique(),
        )

    @property
    def of_everybody(self) -> pl.DataFrame:
        """List the categories that may be kept of everybody."""
        return pl.DataFrame({CATEGORY: sorted(self.everybody)}, schema={CATEGORY: pl.String})

    def with_joint(self, people: pl.Series) -> Self:
        """Give the list with these people on it for what may be kept of those who get joint support."""
        categories = pl.DataFrame({CATEGORY: sorted(self.joint)}, schema={CATEGORY: pl.String})
        named = categories.join(pl.DataFrame({PERSON: people}), how="cross").select(*_KEY)
        return replace(self, people=pl.concat([self.people, named]).unique())


def allowed(leaves: Sequence[Leave], rows: pl.DataFrame, category: pl.Expr, *, by: pl.Series) -> pl.Series:
    """Tell for each row, by its category and person, whether it may be kept; `by` numbers the list that it comes under."""
    everything = pl.Series([leave.everything for leave in leaves], dtype=pl.Boolean).gather(by)
    asked = rows.select(by.alias(_LIST), category.alias(CATEGORY), PERSON)
    general = everything | _among(asked, [leave.of_everybody for leave in leaves])
    return general if general.all() else general | _among(asked, [leave.people for leave in leaves])


def _among(asked: pl.DataFrame, lists: Sequence[pl.DataFrame]) -> pl.Series:
    """Tell which of those asked about stand on the list of their number."""
    numbered = [each.with_columns(pl.lit(number, pl.UInt32).alias(_LIST)) for number, each in enumerate(lists)]
    listed = pl.concat(numbered)
    found = asked.join(listed.with_columns(listed=True), on=listed.columns, how="left", maintain_order="left")
    return found["listed"].fill_null(value=False)


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
