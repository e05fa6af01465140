"""Derived facts for many rows: the results of their inputs folded into one."""

import polars as pl

from schemas.vocabulary import Reason


def fold(inputs: pl.DataFrame, *, by: pl.Series) -> pl.DataFrame:
    """Fold the answers of ``decide_rows``: rows with one number in ``by`` are the inputs of one derived fact, in order.

    A row a number, in the order of their first rows, with the columns of ``decide_rows``.
    """
    failed = (
        pl.when(pl.col("periods").is_not_null())
        .then(pl.lit(Reason.OUTSIDE_DATA_PERIOD.value))
        .otherwise(pl.col("reason").cast(pl.String))
    )
    rows = inputs.with_columns(
        by=by, failed=pl.when(~pl.col("permitted") | pl.col("periods").is_not_null()).then(failed)
    )
    weakest = pl.col("ground").to_physical().arg_max()
    folded = rows.group_by("by", maintain_order=True).agg(
        pl.col("failed").drop_nulls().first(),
        *(pl.col(name).get(weakest) for name in ("reason", "ground", "key")),
        pl.col("retention_days").min(),
        *(pl.col(name).any() for name in ("no_onward", "mask_location", "renewal_due")),
        pl.col("consent_seq").first(),
    )
    return folded.select(_folded(name, inputs.schema) for name in inputs.columns)


def _folded(name: str, schema: pl.Schema) -> pl.Expr:
    """Give a failed fact's column what a refusal has there."""
    failed = pl.col("failed").is_not_null()
    match name:
        case "permitted":
            return (~failed).alias(name)
        case "reason":
            return pl.when(failed).then(pl.col("failed").cast(schema[name])).otherwise(name).alias(name)
        case "periods":
            return pl.lit(None, schema[name]).alias(name)
        case "ground" | "key" | "retention_days":
            return pl.when(~failed).then(name).alias(name)
        case "consent_seq":
            return pl.col(name)
        case _:
            return (~failed & pl.col(name)).alias(name)
