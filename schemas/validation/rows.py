"""One frame of text against the suite of its record: the rows that hold every rule, typed, and the rows that do not, with each reason."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from schemas.expectations import Rule, Severity, Suite
from schemas.expectations.fields import fields_of, typed
from schemas.expectations.hetu import with_faults
from schemas.expectations.kinds import filled
from schemas.validation.judge import Judge
from schemas.validation.result import Result

ROW: Final = "row"
FAILURES: Final = "failures"


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome for one frame.

    `accepted` has the frame's columns, the record's fields typed. `refused` has ``row`` (its number in the frame, from 0) and
    ``failures``: a JSON list of {code, field, severity}, warnings of that row among them. `result` is Great Expectations' own, without
    values. `warned` counts the rows that only a warning touches.
    """

    accepted: pl.DataFrame
    refused: pl.DataFrame
    result: Result
    warned: int


def check_rows(judge: Judge, suite: Suite, frame: pl.DataFrame, *, on: date, artificial_only: bool = True) -> Checked:
    """Judge every row of a frame of text by the rules in force on a day; outside production only artificial HETUs hold."""
    read = with_faults(typed(suite.record, frame), suite.hetus, artificial_only=artificial_only)
    rules = [rule for rule in suite.rules if rule.valid(on)]
    judged = judge.rules(suite, rules, read.select(rule.holds.alias(rule.name) for rule in rules))
    broken = _broken(rules, judged.failing)
    refused = broken.filter("error").select(ROW, FAILURES).sort(ROW)
    kept = read.with_row_index(ROW).join(refused, on=ROW, how="anti") if refused.height else read
    return Checked(kept.select(frame.columns), refused, judged.result, broken.height - refused.height)


def unfilled(suite: Suite) -> list[pl.Expr]:
    """For each mandatory field, an aggregation that is true when it is filled in no row of a group of typed text columns."""
    return [
        (~filled(field).fill_null(value=False).any()).alias(field.name)
        for field in fields_of(suite.record)
        if field.mandatory
    ]


def _broken(rules: Sequence[Rule], failing: Mapping[str, Sequence[int]]) -> pl.DataFrame:
    """Gather what was found by row: every failure as JSON, and whether one of them is an error."""
    parts = [
        pl.DataFrame({ROW: failing[rule.name]}, schema={ROW: pl.UInt32}).with_columns(
            pl.lit(_failure(rule)).alias(FAILURES), pl.lit(rule.severity is Severity.ERROR).alias("error")
        )
        for rule in rules
        if failing[rule.name]
    ]
    if not parts:
        return pl.DataFrame(schema={ROW: pl.UInt32, FAILURES: pl.String, "error": pl.Boolean})
    listed = pl.format("[{}]", pl.col(FAILURES).str.join(","))
    return pl.concat(parts).group_by(ROW, maintain_order=True).agg(listed.alias(FAILURES), pl.col("error").any())


def _failure(rule: Rule) -> str:
    return json.dumps({"code": rule.code, "field": rule.field, "severity": rule.severity.value}, separators=(",", ":"))
