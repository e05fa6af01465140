"""Sentence 5 for many rows: which standing denials match, and what they leave of the data asked."""

import polars as pl

from consent.bulk import periods
from consent.bulk.prepared import Prepared

_SCOPE = ("source", "controller", "category", "recipient", "purpose")


def matched(prepared: Prepared, told: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what each row with a matching denial comes to, and the data they leave; ``told`` are the questions.

    The first: ``n``, ``yielding`` (every denial, of whatever data, allows an emergency), ``gone`` (nothing is left). The second: ``n``,
    ``start``, ``end``; rows whose denials are all of other data than are asked have none.
    """
    bound = rows.filter("has_denial").select("n", "person", "question", "asked_start", "asked_end")
    bound = bound.hstack([told[name].gather(bound["question"]) for name in _SCOPE])
    bound = bound.filter(pl.col("recipient") != pl.col("controller"))
    pairs = bound.join(prepared.denials, on="person", suffix="_denied").filter(
        *((pl.col(f"{name}_denied").is_null() | (pl.col(f"{name}_denied") == pl.col(name))) for name in _SCOPE)
    )
    taken = periods.common(
        pairs.select("n", "asked_start", "asked_end", start="data_start", end="data_end"),
        start="asked_start",
        end="asked_end",
    )
    asked = bound.select("n", "asked_start", "asked_end").join(taken, on="n", how="semi")
    left = periods.left_of(asked, taken.select("n", "start", "end"))
    gone = asked.join(left, on="n", how="anti")["n"]
    found = pairs.group_by("n").agg(yielding=pl.col("allow_emergency").all())
    return found.with_columns(gone=pl.col("n").is_in(gone.implode())), left
