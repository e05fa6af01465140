"""Periods of data, set-based: frames of ``n`` (the question's row), ``start``, ``end``, half-open."""

import polars as pl


def left_of(asked: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Take periods out of what each row asks (``n``, ``asked_start``, ``asked_end``); rows with nothing left are gone.

    The gaps of what is taken, in order of start: each begins where all before it have ended, or where the asking begins.
    """
    cuts = taken.join(asked, on="n").sort("n", "start")
    ended = pl.max_horizontal("asked_start", pl.col("end").cum_max().shift(1).over("n"))
    between = cuts.select("n", start=ended, end=pl.min_horizontal("start", "asked_end"))
    last = cuts.group_by("n").agg(
        start=pl.max_horizontal(pl.col("end").max(), pl.col("asked_start").first()), end=pl.col("asked_end").first()
    )
    return pl.concat([between, last]).filter(pl.col("start") < pl.col("end"))


def common(periods: pl.DataFrame, *, start: str, end: str) -> pl.DataFrame:
    """Cut each period to what it shares with another, whose ends are two further columns; what shares nothing is gone."""
    return periods.with_columns(start=pl.max_horizontal("start", start), end=pl.min_horizontal("end", end)).filter(
        pl.col("start") < pl.col("end")
    )


def as_lists(periods: pl.DataFrame) -> pl.DataFrame:
    """Join each row's periods that overlap or touch, and gather them in order: ``n``, ``periods``."""
    ordered = periods.sort("n", "start")
    apart = (pl.col("start") > pl.col("end").cum_max().shift(1)).fill_null(value=True).over("n")
    joined = (
        ordered.with_columns(stretch=apart.cum_sum().over("n"))
        .group_by("n", "stretch")
        .agg(start=pl.col("start").min(), end=pl.col("end").max())
    )
    return joined.sort("n", "start").group_by("n", maintain_order=True).agg(periods=pl.struct("start", "end"))
