"""Sentence 6 for many rows: how far each agreement's consent comes, by the steps of CONSENT.md 5.2."""

import polars as pl

from consent.bulk import periods
from consent.bulk.prepared import Prepared
from consent.model import Step

_OWED = ("retention_days", "no_onward", "renewal_due")


def tried(prepared: Prepared, rows: pl.DataFrame, left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return how far each row comes, and the data that consents permit where that is not simply all that was asked.

    The first: ``n``, ``step``, and for ``Step.OK`` ``retention_days``, ``no_onward``, ``renewal_due``. The second: ``n``, ``start``,
    ``end``. Rows that denials cut have what is left of them in ``left``.
    """
    agreements = [name for name in rows.columns if name.startswith("agreement")]
    candidates = _stepped(_candidates(prepared, rows, agreements))
    whole = candidates.join(left, on="n", how="anti", maintain_order="left")
    covered = _owing(pl.concat([_covered(whole), _covered_in_part(candidates, left)]))
    best = covered if len(agreements) <= 1 and left.is_empty() else _best(covered)
    return best.select("n", "step", *_OWED), _in_part(covered.filter(pl.col("step") == Step.OK))


def _candidates(prepared: Prepared, rows: pl.DataFrame, agreements: list[str]) -> pl.DataFrame:
    """Put beside each row and agreement what was said under it: a row a candidate."""
    asked = ("n", "person", "category_n", "asked_start", "asked_end")
    named = [rows.filter(pl.col(name).is_not_null()).select(*asked, agreement=name) for name in agreements]
    none = rows.clear().select(*asked, agreement=pl.lit(None, pl.Int32))
    candidates = pl.concat([none, *named]).with_columns(key=prepared.key())
    candidates = candidates.join(prepared.said, on="key", how="left", maintain_order="left")
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
    return candidates.select(
        *("n", "asked_start", "asked_end", "data_start", "data_end", "retention_days", "no_onward"),
        step=step,
        renewal_due=pl.col("notice_n") < pl.col("due_below"),
    )


def _covered(candidates: pl.DataFrame) -> pl.DataFrame:
    """Say what each consent covers of all that was asked, as ``start`` and ``end``."""
    covered = candidates.with_columns(
        start=pl.max_horizontal("asked_start", "data_start"), end=pl.min_horizontal("asked_end", "data_end")
    )
    return covered.with_columns(step=_outside(pl.col("start") >= pl.col("end")))


def _covered_in_part(candidates: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Say what each consent covers of what denials leave: a row a period, or one with a step less than ``Step.OK``."""
    cut = candidates.join(left, on="n", how="semi").with_row_index("candidate")
    pieces = periods.common(cut.join(left, on="n"), start="data_start", end="data_end").filter(
        pl.col("step") == Step.OK
    )
    failed = cut.join(pieces, on="candidate", how="anti").with_columns(
        step=_outside(pl.lit(value=True)), start="asked_end", end="asked_end"
    )
    return pl.concat([pieces, failed]).drop("candidate")


def _outside(nothing: pl.Expr) -> pl.Expr:
    """Give a consent that covers nothing of the data its step."""
    outside = (pl.col("step") == Step.OK) & nothing
    return pl.when(outside).then(_number(Step.OUTSIDE_DATA_PERIOD)).otherwise("step")


def _owing(candidates: pl.DataFrame) -> pl.DataFrame:
    """Let only consents that permit owe anything."""
    return candidates.with_columns(pl.when(pl.col("step") == Step.OK).then(name).alias(name) for name in _OWED)


def _best(candidates: pl.DataFrame) -> pl.DataFrame:
    """Keep the furthest step of each row; consents that permit together owe the strictest of each."""
    return candidates.group_by("n").agg(
        pl.col("step").max(), pl.col("retention_days").min(), pl.col("no_onward").any(), pl.col("renewal_due").any()
    )


def _in_part(covered: pl.DataFrame) -> pl.DataFrame:
    """Keep the periods of the rows in which no single consent covers all that was asked."""
    everything = (pl.col("start") == pl.col("asked_start")) & (pl.col("end") == pl.col("asked_end"))
    parts = covered.filter(~everything)
    others = covered.filter(everything & pl.col("n").is_in(parts["n"].unique().implode()))
    return parts.join(others, on="n", how="anti").select("n", "start", "end")


def _number(step: Step) -> pl.Expr:
    return pl.lit(int(step), pl.UInt8)
