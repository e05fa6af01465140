"""Sentence 6 for many rows: how far each agreement's consent comes, by the steps of CONSENT.md 5.2."""

import polars as pl

from consent.bulk import periods
from consent.bulk.prepared import Prepared
from consent.model import Step


def tried(prepared: Prepared, rows: pl.DataFrame, left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return how far each row comes, and the data that consents permit where that is not simply all that was asked.

    The first: ``n``, ``step``, and for ``Step.OK`` ``retention_days``, ``no_onward``, ``renewal_due``. The second: ``n``, ``start``,
    ``end``. Rows that denials cut have what is left of them in ``left``.
    """
    candidates = _stepped(_candidates(prepared, rows))
    covered = _covered(candidates.filter(pl.col("step") == Step.OK), left)
    empty = candidates.join(covered, on=["n", "agreement"], how="anti").filter(pl.col("step") == Step.OK)
    failed = pl.concat(
        [candidates.filter(pl.col("step") != Step.OK), empty.with_columns(step=_number(Step.OUTSIDE_DATA_PERIOD))]
    )
    permitted = covered.group_by("n").agg(
        pl.col("retention_days").min(), pl.col("no_onward").any(), pl.col("renewal_due").any(), step=_number(Step.OK)
    )
    furthest = failed.join(covered, on="n", how="anti").group_by("n").agg(pl.col("step").max())
    return pl.concat([permitted, furthest], how="diagonal"), _in_part(covered)


def _candidates(prepared: Prepared, rows: pl.DataFrame) -> pl.DataFrame:
    """Put beside each row and agreement what was said under it: a row a candidate."""
    agreements = [name for name in rows.columns if name.startswith("agreement")]
    named = [
        rows.filter(pl.col(name).is_not_null()).select(
            "n", "person", "category_n", "asked_start", "asked_end", agreement=name
        )
        for name in agreements
    ]
    if not named:
        named = [
            rows.clear().select(
                "n", "person", "category_n", "asked_start", "asked_end", agreement=pl.lit(None, pl.Int32)
            )
        ]
    candidates = pl.concat(named)
    candidates = candidates.with_columns(key=prepared.key()).join(prepared.said, on="key", how="left")
    terms = prepared.agreements
    return candidates.hstack([terms[name].gather(candidates["agreement"]) for name in terms.columns])


def _stepped(candidates: pl.DataFrame) -> pl.DataFrame:
    """Try each candidate by the steps that its data play no part in."""
    step = (
        pl.when(~pl.col("in_force"))
        .then(_number(Step.AGREEMENT_INVALID))
        .when(pl.col("step").is_null())
        .then(_number(Step.NO_CONSENT))
        .when((pl.col("step") == Step.OK) & (pl.col("notice_n") < pl.col("outdated_below")))
        .then(_number(Step.NOTICE_OUTDATED))
        .otherwise("step")
    )
    return candidates.with_columns(step=step, renewal_due=pl.col("notice_n") < pl.col("due_below"))


def _covered(candidates: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Cut what each consent covers to what is left of the data asked: a row a period, none where they share nothing."""
    cut = candidates.join(left, on="n", how="inner")
    whole = candidates.join(left, on="n", how="anti").with_columns(start="asked_start", end="asked_end")
    return periods.common(pl.concat([whole, cut]), start="data_start", end="data_end")


def _in_part(covered: pl.DataFrame) -> pl.DataFrame:
    """Keep the periods of the rows in which no single consent covers all that was asked."""
    everything = (pl.col("start") == pl.col("asked_start")) & (pl.col("end") == pl.col("asked_end"))
    return covered.join(covered.filter(everything), on="n", how="anti").select("n", "start", "end")


def _number(step: Step) -> pl.Expr:
    return pl.lit(int(step), pl.UInt8)
