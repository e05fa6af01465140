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
    rows = _refused(_met(prepared, questions, asked))
    closed, opened = rows.filter(pl.col("reason").is_not_null()), rows.filter(pl.col("reason").is_null())
    overridden, subject = opened.filter("overrides"), opened.filter(~pl.col("overrides"))
    return _answer(prepared, pl.concat([closed, _by_law(overridden), _by_ground(prepared, subject)], how="diagonal"))


def _met(prepared: Prepared, questions: Sequence[Question], asked: pl.DataFrame) -> pl.DataFrame:
    """Put beside each row what the person, the question and the tasks come to."""
    told = as_columns(prepared.register, questions)
    rows = asked.select("person", "question").with_row_index("n")
    rows = rows.hstack([told[name].gather(rows["question"]) for name in told.columns])
    rows = rows.hstack([prepared.people[name].gather(rows["person"]) for name in prepared.people.columns])
    rows = rows.with_columns(task=prepared.task()).join(prepared.tasks, on="task", how="left", maintain_order="left")
    rows = rows.with_columns(scenario=pl.col("question").cast(pl.UInt32) * MASKS + pl.col("mask").fill_null(0))
    met = scenarios(prepared.register, questions, rows["scenario"].unique(), prepared.at)
    rows = rows.join(met, on="scenario", how="left", maintain_order="left")
    return rows.with_columns(opened=pl.col("n").is_in(_opened(prepared, rows).implode()))


def _opened(prepared: Prepared, rows: pl.DataFrame) -> pl.Series:
    """Find the rows in which the named coach asks about a protected person."""
    asking = rows.filter(pl.col("protected") & pl.col("user").is_not_null()).select("n", "person", "recipient", "user")
    return asking.join(prepared.coaches, on=["person", "recipient", "user"], how="semi")["n"]


def _refused(rows: pl.DataFrame) -> pl.DataFrame:
    """Sentences 1 to 3."""
    reason = (
        pl.when(pl.col("person").is_null())
        .then(NUMBER[Reason.UNKNOWN_PERSON])
        .when(pl.col("unknown").is_not_null())
        .then("unknown")
        .when("dead")
        .then(NUMBER[Reason.PERSON_DECEASED])
        .when("no_task")
        .then(NUMBER[Reason.NO_TASK])
        .when(pl.col("protected") & ~pl.col("opened"))
        .then(NUMBER[Reason.PROTECTED])
        .when(~pl.col("needed"))
        .then(NUMBER[Reason.NOT_NECESSARY])
    )
    return rows.with_columns(reason=reason.cast(pl.UInt8))


def _by_law(rows: pl.DataFrame) -> pl.DataFrame:
    """Sentence 4, for statutes that override denials."""
    return rows.with_columns(reason=_number(Reason.STATUTE), by="law")


def _by_ground(prepared: Prepared, rows: pl.DataFrame) -> pl.DataFrame:
    """Sentences 4 to 8, for rows that no statute decides over a denial."""
    denied, left = denials.matched(prepared, rows)
    rows = rows.join(denied, on="n", how="left").with_columns(
        gone=pl.col("gone").fill_null(value=False), yielding=pl.col("yielding").fill_null(value=True)
    )
    lawful = rows.filter(pl.col("law").is_not_null() & ~pl.col("gone"))
    asked = rows.filter(pl.col("law").is_null() & ~pl.col("gone"))
    stepped, partly = consents.tried(prepared, asked, left)
    parts = pl.concat([left.join(lawful, on="n", how="semi"), partly])
    found = rows.join(stepped, on="n", how="left").with_columns(_verdict()).with_columns(by=_statute())
    return found.join(periods.as_lists(parts), on="n", how="left").with_columns(periods=_less_than_asked())


def _less_than_asked() -> pl.Expr:
    """Keep the periods only where they are not all that was asked."""
    only = pl.col("periods").list.first().struct
    everything = (only.field("start") == pl.col("asked_start")) & (only.field("end") == pl.col("asked_end"))
    return pl.when(~everything).then("periods")


def _verdict() -> pl.Expr:
    """Say which of the sentences 4 to 8 answers."""
    step_reasons = {int(step): NUMBER[step.reason] for step in Step}
    reason = (
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
        .otherwise(pl.col("step").replace_strict(step_reasons, return_dtype=pl.UInt8))
    )
    return reason.alias("reason")


def _statute() -> pl.Expr:
    """Name the statute that permits, in an emergency or not."""
    reason = pl.col("reason")
    return (
        pl.when(reason == NUMBER[Reason.STATUTE]).then("law").when(reason == NUMBER[Reason.EMERGENCY]).then("emergency")
    )


def _answer(prepared: Prepared, rows: pl.DataFrame) -> pl.DataFrame:
    """Put the verdicts into words, in the order asked."""
    rows = rows.sort("n")
    keys = pl.Series("key", [row.key for row in prepared.register.statutes], dtype=pl.String)
    consented = pl.col("reason") == NUMBER[Reason.CONSENT]
    permitted = pl.col("reason").is_in([NUMBER[Reason(ground)] for ground in Ground])
    return rows.select(
        permitted=permitted,
        reason=_REASONS.gather(rows["reason"]),
        ground=pl.when(permitted).then(_REASONS.gather(rows["reason"]).cast(pl.String)).cast(pl.Enum(Ground)),
        key=pl.when(consented).then(pl.lit(CONSENT_KEY)).otherwise(keys.gather(rows["by"])),
        periods="periods",
        retention_days=pl.when(consented).then("retention_days"),
        no_onward=consented & pl.col("no_onward").fill_null(value=False),
        mask_location=permitted & pl.col("protected"),
        renewal_due=consented & pl.col("renewal_due").fill_null(value=False),
        consent_seq="consent_seq",
    )


_REASONS = pl.Series("reason", list(REASONS), dtype=pl.Enum(Reason))


def _number(reason: Reason) -> pl.Expr:
    return pl.lit(NUMBER[reason], pl.UInt8)
