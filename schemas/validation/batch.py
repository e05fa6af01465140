"""What a whole batch must hold before any row of it is taken: its shape, how many rows are broken, how many come (PIPELINE.md 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.validation.judge import Judge, Limit
from schemas.validation.result import Result

BROKEN_ROWS: Final = 20
BROKEN_SHARE: Final = 0.05
"""A batch is held when more rows than both are broken in one record type."""
VOLUME_BATCHES: Final = 14
VOLUME_LEAST_BATCHES: Final = 3
VOLUME_TIMES: Final = 5
VOLUME_ROWS: Final = 200
"""A batch is held when it is over five times the median of its last 14, at least 3 of them known, and has over 200 rows."""
EMPTY_ROWS: Final = 10
"""A mandatory field that is nowhere filled is a changed shape in ten rows and more; in fewer only when unknown fields came with it."""
VANISHED_SHARE: Final = 0.10
VANISHED_ROWS: Final = 20
"""A full pull is held when more records than both that we know are not in it."""

FACTS: Final = {
    "batch": pl.UInt32,
    "record": pl.String,
    "rows": pl.Int64,
    "rows_allowed": pl.Int64,
    "broken": pl.Int64,
    "broken_allowed": pl.Int64,
    "unfilled": pl.Int64,
    "unknown": pl.Int64,
    "missing": pl.Int64,
    "none": pl.Int64,
}
LIMITS: Final = (
    Limit("unfilled", "none", "No mandatory field is empty in every row.", "SHAPE_UNFILLED"),
    Limit("unknown", "none", "No element is unknown to the contract.", "SHAPE_UNKNOWN"),
    Limit("broken", "broken_allowed", "At most 20 rows or 5 % of a record type are broken.", "TOO_MANY_BROKEN"),
    Limit("rows", "rows_allowed", "A batch is at most 5 times the median of its last 14.", "VOLUME"),
    Limit("missing", "none", "A full pull is not empty where rows were.", "EMPTY"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is counted of a batch, of one record type or (`record` None) of the whole.

    `unfilled` names the mandatory fields that no row fills, `unknown` the elements the contract does not name; `rows_allowed` is None
    where there is too little history to tell; `missing` is true of a full pull without a row from one who gave rows before (an
    area of which a source holds nothing is no alarm).
    """

    batch: int
    record: str | None
    rows: int
    broken: int = 0
    rows_allowed: int | None = None
    unfilled: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: bool = False

    def row(self) -> tuple[object, ...]:
        """Lay the fact out as the columns of FACTS."""
        allowed = self.rows if self.rows_allowed is None else max(self.rows_allowed, VOLUME_ROWS)
        broken_allowed = max(BROKEN_ROWS, int(self.rows * BROKEN_SHARE))
        counted = (len(self.unfilled), len(self.unknown), int(self.missing))
        return (self.batch, self.record, self.rows, allowed, self.broken, broken_allowed, *counted, 0)

    def why(self, code: str) -> str:
        """Say in one sentence why a limit holds the batch: paths and counts, never a value."""
        match code:
            case "SHAPE_UNFILLED":
                return f"{self.record}: {', '.join(self.unfilled)} empty in every row"
            case "SHAPE_UNKNOWN":
                return f"unknown element: {', '.join(self.unknown)}"
            case "TOO_MANY_BROKEN":
                return f"{self.record}: {self.broken:,} of {self.rows:,} rows broken"
            case "VOLUME":
                return f"{self.rows:,} rows, over {VOLUME_TIMES} times what is usual"
            case _:
                return "a full pull without a row, where rows were before"


@dataclass(frozen=True, slots=True)
class Held:
    """Great Expectations' result for the batches, and why each held one is, by batch."""

    result: Result
    reasons: Mapping[int, tuple[str, ...]]


def hold(judge: Judge, name: str, facts: Sequence[Fact]) -> Held:
    """Judge batches by their limits; those that break none are not in `reasons`. Of what brought nothing there is nothing to judge."""
    if not any(fact.rows or fact.unknown or fact.missing for fact in facts):
        return Held(Result(name, len(facts), ()), {})
    frame = pl.DataFrame([fact.row() for fact in facts], schema=FACTS, orient="row")
    judged = judge.limits(name, frame.drop("batch", "record"), LIMITS)
    reasons: dict[int, list[str]] = {}
    for limit in LIMITS:
        for row in judged.failing[limit.value]:
            reasons.setdefault(facts[row].batch, []).append(facts[row].why(limit.code))
    return Held(judged.result, {batch: tuple(why) for batch, why in reasons.items()})


def usual_rows(history: Sequence[int]) -> int | None:
    """Give how many rows a batch may have by those of its last ones, the newest first; None where too few are known."""
    if len(history) < VOLUME_LEAST_BATCHES:
        return None
    last = sorted(history[:VOLUME_BATCHES])
    return last[len(last) // 2] * VOLUME_TIMES


def vanished(known: int, gone: int) -> bool:
    """Whether so many known records are not in a full pull that a steward must look first."""
    return gone > VANISHED_ROWS and gone > known * VANISHED_SHARE
