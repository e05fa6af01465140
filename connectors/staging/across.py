"""Rules across a person's records, judged on what came together with what is stored; pure (PIPELINE.md 3, DOMAIN.md 4.4)."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from connectors.layout import KEY
from schemas import te

JOBSEEKER: Final = "tyonhakija_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """That a jobseeker's periods of a record type never overlap (`exclusive`), or that at most one is open."""

    start: str
    end: str
    exclusive: bool


PERIODS: Final = {
    te.Tyollisyysjakso: Periods(start="alku_pvm", end="loppu_pvm", exclusive=True),
    te.Palvelulinja: Periods(start="segmentti_pvm", end="paattynyt_pvm", exclusive=False),
}


def overlapping(rule: Periods, incoming: pl.DataFrame, stored: pl.DataFrame) -> pl.Series:
    """Give the keys of incoming periods that break the rule with another, stored or come.

    Both have KEY, the jobseeker, first and last day (inclusive, null is open); a stored row under an incoming key is as it was before.
    """
    columns = (KEY, JOBSEEKER, rule.start, rule.end)
    before = stored.join(incoming, on=KEY, how="anti").select(columns)
    both = pl.concat([incoming.select(columns), before]).with_row_index("n")
    broken = _overlaps(rule, both) if rule.exclusive else _open_twice(rule, both)
    return both.filter(pl.col("n").is_in(broken.implode()) & (pl.col("n") < incoming.height))[KEY]


def _overlaps(rule: Periods, periods: pl.DataFrame) -> pl.Series:
    """Find each period that shares a day with another of the same jobseeker: with the furthest before it, or the next after it.

    Where any two of a jobseeker share one, so do two that follow each other: few jobseekers have such, and the rest are not looked at.
    """
    open_end = pl.lit("9999-12-31").str.to_date()
    ordered = periods.with_columns(pl.col(rule.end).fill_null(open_end)).sort(JOBSEEKER, rule.start, rule.end)
    follows = pl.col(JOBSEEKER).shift(-1) == pl.col(JOBSEEKER)
    doubtful = ordered.filter(follows & (pl.col(rule.start).shift(-1) <= pl.col(rule.end)))[JOBSEEKER].unique()
    few = ordered.filter(pl.col(JOBSEEKER).is_in(doubtful.implode()))
    reached = pl.col(rule.end).cum_max().shift(1).over(JOBSEEKER)
    begins = pl.col(rule.start).shift(-1).over(JOBSEEKER)
    shares = (pl.col(rule.start) <= reached).fill_null(value=False) | (begins <= pl.col(rule.end)).fill_null(
        value=False
    )
    return few.filter(shares)["n"]


def _open_twice(rule: Periods, periods: pl.DataFrame) -> pl.Series:
    still_open = periods.filter(pl.col(rule.end).is_null())
    return still_open.filter(pl.len().over(JOBSEEKER) > 1)["n"]
