"""The facts of a snapshot as they stand at one moment, keyed by integers."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from consent.bulk.questions import BITS, agreement_columns
from consent.bulk.snapshot import Snapshot
from consent.model import Register
from schemas.vocabulary import TaskGround


@dataclass(frozen=True, slots=True)
class Prepared:
    """One moment's facts.

    ``people``: a row a person by number: ``dead``, ``protected``, ``has_denial``, ``consent_seq``. ``tasks``: ``task`` (person and
    recipient), ``mask``. ``said``: ``key`` (person, agreement and category), ``step``, ``notice_n``, ``data_start``, ``data_end``.
    ``agreements``: a row an agreement, in the register's order.
    """

    register: Register
    at: datetime
    people: pl.DataFrame
    tasks: pl.DataFrame
    coaches: pl.DataFrame
    denials: pl.DataFrame
    said: pl.DataFrame
    agreements: pl.DataFrame

    def task(self) -> pl.Expr:
        """Give a person and a recipient one number."""
        return pl.col("person").cast(pl.Int64) * len(self.register.parties) + pl.col("recipient_n")

    def key(self) -> pl.Expr:
        """Give a person, an agreement and a category one number."""
        agreement = pl.col("person").cast(pl.Int64) * len(self.register.agreements) + pl.col("agreement")
        return agreement * len(self.register.sources) + pl.col("category_n")


def prepare(snapshot: Snapshot, at: datetime) -> Prepared:
    """Keep what holds at the moment."""
    prepared = Prepared(
        register=snapshot.register,
        at=at,
        people=_people(snapshot, at),
        tasks=_holding(snapshot.tasks, at),
        coaches=_holding(snapshot.coaches, at),
        denials=_holding(snapshot.denials, at),
        said=_said(snapshot, at),
        agreements=agreement_columns(snapshot.register, at),
    )
    return _numbered(prepared)


def _holding(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    return rows.filter((pl.col("start") <= at) & (pl.col("end") > at))


def _people(snapshot: Snapshot, at: datetime) -> pl.DataFrame:
    number = pl.int_range(pl.len(), dtype=pl.UInt32)
    protected = _holding(snapshot.protections, at)["person"].unique().implode()
    denying = _holding(snapshot.denials, at)["person"].unique().implode()
    return snapshot.people.select(
        dead=pl.col("deceased_at") <= at,
        protected=number.is_in(protected),
        has_denial=number.is_in(denying),
        consent_seq="consent_seq",
    )


def _said(snapshot: Snapshot, at: datetime) -> pl.DataFrame:
    """Keep the stretch of the moment, of the person's age then."""
    minor = (snapshot.people["of_age_at"] > at).fill_null(value=False)
    now = _holding(snapshot.stretches, at)
    now = now.with_columns(is_minor=minor.gather(now["person"]))
    return now.filter(pl.col("minor").is_null() | (pl.col("minor") == pl.col("is_minor")))


def _numbered(prepared: Prepared) -> Prepared:
    """Put numbers for what the register knows; facts about what it does not know play no part."""
    register = prepared.register
    tasks = _placed(prepared.tasks, "recipient", list(register.parties)).with_columns(
        bit=pl.col("ground").replace_strict({str(ground): BITS[ground] for ground in TaskGround}, return_dtype=pl.UInt8)
    )
    said = _placed(prepared.said, "category", list(register.sources))
    agreements = {str(row.agreement_id): place for place, row in enumerate(register.agreements)}
    said = said.with_columns(
        agreement=pl.col("agreement_id").replace_strict(agreements, default=None, return_dtype=pl.Int64)
    ).filter(pl.col("agreement").is_not_null())
    return Prepared(
        register=register,
        at=prepared.at,
        people=prepared.people,
        tasks=tasks.group_by(task=prepared.task()).agg(mask=pl.col("bit").bitwise_or()),
        coaches=prepared.coaches,
        denials=prepared.denials,
        said=said.select("step", "notice_n", "data_start", "data_end", key=prepared.key()),
        agreements=prepared.agreements,
    )


def _placed(rows: pl.DataFrame, column: str, known: list[str]) -> pl.DataFrame:
    places = {str(name): place for place, name in enumerate(known)}
    numbered = pl.col(column).replace_strict(places, default=None, return_dtype=pl.Int64)
    return rows.with_columns(numbered.alias(f"{column}_n")).filter(pl.col(f"{column}_n").is_not_null())
