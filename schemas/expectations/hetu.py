"""The HETU check as one Polars expression; a generative test holds it equal to ``schemas.identifiers.Hetu``."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from schemas.identifiers import CENTURY_OF_SIGN, FIRST_ARTIFICIAL, HETU_CHECK

FORM: Final = f"^[0-9]{{6}}[-{''.join(sorted(set(CENTURY_OF_SIGN) - {'-'}))}][0-9]{{3}}[{HETU_CHECK}]$"
FAULT: Final = ":fault"
"""Beside a column of HETUs stands one under this suffix: the code of the first rule that each breaks, null when it holds."""
FIRST_NUMBER: Final = 2
_SIGNS: Final = list(CENTURY_OF_SIGN)
_CENTURIES: Final = [str(year // 100) for year in CENTURY_OF_SIGN.values()]


def with_faults(frame: pl.DataFrame, hetus: Iterable[str], *, artificial_only: bool) -> pl.DataFrame:
    """Put each HETU's fault beside it; each is judged once, however many records its owner has."""
    for hetu in hetus:
        text = pl.col(hetu)
        faults = frame.select(text.unique()).with_columns(
            hetu_fault(text, artificial_only=artificial_only).alias(hetu + FAULT)
        )
        frame = frame.join(faults, on=hetu, how="left", maintain_order="left")
    return frame


def hetu_fault(text: pl.Expr, *, artificial_only: bool = True) -> pl.Expr:
    """Name the first rule that a text breaks as ``Hetu.parse`` does (form, date, number, checksum, not_artificial), null when it holds."""
    number = text.str.slice(7, 3).cast(pl.Int32, strict=False)
    return (
        pl.when(~text.str.contains(FORM).fill_null(value=False))
        .then(pl.lit("form"))
        .when(hetu_birth_date(text).is_null())
        .then(pl.lit("date"))
        .when(number < FIRST_NUMBER)
        .then(pl.lit("number"))
        .when(_check(text) != text.str.slice(10, 1))
        .then(pl.lit("checksum"))
        .when((number < FIRST_ARTIFICIAL) & artificial_only)
        .then(pl.lit("not_artificial"))
    )


def hetu_birth_date(text: pl.Expr) -> pl.Expr:
    """Read the day of birth in the century of the sign; null where there is no such day or the text is too short."""
    century = text.str.slice(6, 1).replace_strict(_SIGNS, _CENTURIES, default=None, return_dtype=pl.String)
    day = pl.concat_str(century, text.str.slice(4, 2), text.str.slice(2, 2), text.str.slice(0, 2))
    return day.str.to_date("%Y%m%d", strict=False)


def _check(text: pl.Expr) -> pl.Expr:
    digits = pl.concat_str(text.str.slice(0, 6), text.str.slice(7, 3)).cast(pl.Int64, strict=False)
    places = range(len(HETU_CHECK))
    return (digits % len(HETU_CHECK)).replace_strict(places, list(HETU_CHECK), default=None, return_dtype=pl.String)
