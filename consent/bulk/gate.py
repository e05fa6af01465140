"""The decision's order for many rows at once; the sentences are those of ``consent.decision.decide``."""

from collections.abc import Sequence

import polars as pl

from consent.bulk import consents, denials, periods
from consent.bulk.prepared import Prepared
from consent.bulk.questions import MASKS, NUMBER, REASONS, Question, as_columns, scenarios
from consent.model import Step
from consent.results import CONSENT_KEY
from schemas.vocabulary import Ground, Reason


def decide_rows(prepared: Prepared, questions: Sequence[Question], asked: pl.DataFrame) -> pl.DataFrame:
    """Decide each row of ``asked``: ``person`` (a number in the snapshot, null when unknown) and ``question`` (a place in the list).

    Rows come back in the order asked, with ``permitted``, ``reason``, ``ground``, ``key``, ``periods`` (null: all that was asked),
    ``retention_days``, ``no_onward``, ``mask_location``, ``renewal_due``, ``consent_seq``.
    """
    told = as_columns(prepared.register, questions)
    rows = _by_law(_refused(_met(prepared, questions, told, asked)))
    subject = rows.filter(pl.col("reason").is_null())
    found = _by_ground(prepared, told, subject)
    kept = rows.select("n", "reason", "by", "protected", "consent_seq")
    joined = kept.join(found, on="n", how="left", suffix="_found", maintain_order="left")
    return _answer(prepared, joined.with_columns(pl.coalesce(name, f"{name}_found") for name in ("reason", "by")))


def _met(prepared: Prepared, questions: Sequence[Question], told: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Put beside each row what the person and the tasks come to, and what the register says of such a case."""
    rows = asked.select("person", "question").with_row_index("n")
    rows = rows.hstack([prepared.people[name].gather(rows["person"]) for name in prepared.people.columns])
    rows = _about(told, rows, "recipient_n").with_columns(task=prepared.task())
    rows = rows.join(prepared.tasks, on="task", how="left", maintain_order="left")
    rows = rows.with_columns(scenario=pl.col("question").cast(pl.UInt32) * MASKS + pl.col("mask").fill_null(0))
    met = scenarios(prepared.register, questions, rows["scenario"].unique(), prepared.at)
    rows = rows.join(met, on="scenario", how="left", maintain_order="left")
    return rows.with_columns(opened=pl.col("n").is_in(_opened(prepared, told, rows).implode()))


def _about(told: pl.DataFrame, rows: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Put beside each row what its question says."""
    return rows.hstack([told[name].gather(rows["question"]) for name in names])


def _opened(prepared: Prepared, told: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Find the rows in which the named coach asks about a protected person."""
    asking = _about(told, rows.filter("protected").select("n", "person", "question"), "recipient", "user")
    return asking.join(prepared.coaches, on=["person", "recipient", "user"], how="semi")["n"]


def _refused(rows: pl.DataFrame) -> pl.DataFrame:
    """Sentences 1 to 3."""
    reason = (
        pl.when(pl.col("person").is_null())
        .then(_number(Reason.UNKNOWN_PERSON))
        .when(pl.col("unknown").is_not_null())
        .then("unknown")
        .when("dead")
        .then(_number(Reason.PERSON_DECEASED))
        .when("no_task")
        .then(_number(Reason.NO_TASK))
        .when(pl.col("protected") & ~pl.col("opened"))
        .then(_number(Reason.PROTECTED))
        .when(~pl.col("needed"))
        .then(_number(Reason.NOT_NECESSARY))
    )
    return rows.with_columns(reason=reason)


def _by_law(rows: pl.DataFrame) -> pl.DataFrame:
    """Sentence 4, for statutes that override denials."""
    permitted = pl.col("reason").is_null() & pl.col("overrides")
    return rows.with_columns(
        reason=pl.when(permitted).then(_number(Reason.STATUTE)).otherwise("reason"), by=pl.when(permitted).then("law")
    )


def _by_ground(prepared: Prepared, told: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Sentences 4 to 8, for rows that no statute decides over a denial."""
    rows = _about(told, rows, "asked_start", "asked_end", "category_n")
    denied, left = denials.matched(prepared, told, rows)
    rows = rows.join(denied, on="n", how="left", maintain_order="left").with_columns(
        gone=pl.col("gone").fill_null(value=False), yielding=pl.col("yielding").fill_null(value=True)
    )
    lawful = rows.filter(pl.col("law").is_not_null() & ~pl.col("gone"))
    asked = rows.filter(pl.col("law").is_null() & ~pl.col("gone"))
    stepped, partly = consents.tried(prepared, asked, left)
    parts = pl.concat([left.join(lawful, on="n", how="semi"), partly])
    found = rows.join(stepped, on="n", how="left").with_columns(reason=_verdict()).with_columns(by=_statute())
    found = found.join(periods.as_lists(parts), on="n", how="left").with_columns(periods=_less_than_asked())
    return found.select("n", "reason", "by", "periods", "retention_days", "no_onward", "renewal_due")


def _less_than_asked() -> pl.Expr:
    """Keep the periods only where they are not all that was asked."""
    only = pl.col("periods").list.first().struct
    everything = (only.field("start") == pl.col("asked_start")) & (only.field("end") == pl.col("asked_end"))
    return pl.when(~everything).then("periods")


def _verdict() -> pl.Expr:
    """Say which of the sentences 4 to 8 answers."""
    return (
        pl.when(pl.col("law").is_not_null() & ~pl.col("gone"))
        .then(_number(Reason.STATUTE))
        .when(pl.col("step") == Step.OK)
        .then(_number(Reason.CONSENT))
        .when(pl.col("emergency").is_not_null() & pl.col("yielding"))
        .then(_number(Reason.EMERGENCY))
        .when("gone")
        .then(_number(Reason.DENIED))
        .when(pl.col("step").is_null())
        .then(_number(Reason.NO_AGREEMENT))
        .otherwise(pl.col("step").replace_strict(_REASON_OF_STEP, return_dtype=pl.UInt8))
    )


def _statute() -> pl.Expr:
    """Name the statute that permits, in an emergency or not."""
    reason = pl.col("reason")
    return (
        pl.when(reason == NUMBER[Reason.STATUTE]).then("law").when(reason == NUMBER[Reason.EMERGENCY]).then("emergency")
    )


def _answer(prepared: Prepared, rows: pl.DataFrame) -> pl.DataFrame:
    """Put the verdicts into words."""
    keys = [row.key for row in prepared.register.statutes]
    by = pl.when(pl.col("reason") == NUMBER[Reason.CONSENT]).then(len(keys)).otherwise("by")
    rows = rows.with_columns(
        ground=_GROUNDS.gather(rows["reason"]), key=_words([*keys, CONSENT_KEY]).gather(rows.select(by).to_series())
    )
    return rows.select(
        permitted=pl.col("ground").is_not_null(),
        reason=_REASONS.gather(rows["reason"]),
        ground="ground",
        key="key",
        periods="periods",
        retention_days="retention_days",
        no_onward=pl.col("no_onward").fill_null(value=False),
        mask_location=pl.col("ground").is_not_null() & pl.col("protected"),
        renewal_due=pl.col("renewal_due").fill_null(value=False),
        consent_seq="consent_seq",
    )


def _words(names: Sequence[str]) -> pl.Series:
    return pl.Series(names, dtype=pl.Enum(list(dict.fromkeys(names))))


_REASONS = pl.Series(list(REASONS), dtype=pl.Enum(Reason))
_GROUNDS = pl.Series([reason if reason in set(map(str, Ground)) else None for reason in REASONS], dtype=pl.Enum(Ground))
_REASON_OF_STEP = {int(step): NUMBER[step.reason] for step in Step}


def _number(reason: Reason) -> pl.Expr:
    return pl.lit(NUMBER[reason], pl.UInt8)
