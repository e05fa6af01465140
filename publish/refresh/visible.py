"""Who could see what of many people now: the bulk gate over every recipient with a task, and a digest of what each would be sent."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import polars as pl

from consent.bulk import Snapshot
from consent.model import ALWAYS, Period
from publish.cut import cut
from publish.queries.publishing import EntitlementKey, SectionKey, array_text
from publish.refresh import bulk
from publish.refresh.bulk import Purposes
from publish.refresh.sections import DIGEST_BYTES, Fresh
from schemas.vocabulary import Category

_WHO: Final = ("recipient", "purpose", "person")


class Entitled(NamedTuple):
    """What a recipient could see of a person for a purpose: categories with their grounds, and a digest of what they hold."""

    categories: list[str]
    grounds: list[str]
    visible: bytes
    consent_seq: int

    def row(self) -> tuple[object, ...]:
        """Lay it out for its table."""
        return array_text(self.categories), array_text(self.grounds), self.visible, self.consent_seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The bulk gate's answer: who may see whom, which sections anybody sees, how decisions fell, who has a task."""

    entitled: Mapping[EntitlementKey, Entitled]
    shown: frozenset[SectionKey]
    decisions: Counter[str]
    tasks: frozenset[tuple[str, UUID]]


def decide(snapshot: Snapshot, sections: Sequence[Fresh], purposes: Purposes, *, at: datetime) -> Seen:
    """Ask, for each recipient with a task and each of its purposes, whether each section that it needs may be shown."""
    people = bulk.people_of(snapshot)
    rows = bulk.decided(snapshot, _asked(snapshot, people, sections, purposes), at=at)
    tasks = bulk.tasks_of(snapshot).select("recipient", "person").iter_rows()
    shown = _shown_rows(rows.filter("permitted"), sections, at)
    return Seen(
        entitled=_entitled(shown, people),
        shown=frozenset(sections[place].key for place in shown["place"].unique()),
        decisions=_counted(rows),
        tasks=frozenset((recipient, people[person]) for recipient, person in tasks if recipient in purposes),
    )


def _asked(snapshot: Snapshot, people: Sequence[UUID], sections: Sequence[Fresh], purposes: Purposes) -> pl.DataFrame:
    """Lay out a row for each section, recipient with a task, and purpose that needs it, in the order of the view."""
    numbers = {person_id: number for number, person_id in enumerate(people)}
    held = [
        (numbers[each.key.person_id], place, each.key.category, each.key.controller, ORDER[each.key.category])
        for place, each in enumerate(sections)
        if each.key.person_id in numbers
    ]
    return (
        pl.DataFrame(held, schema=_HELD, orient="row")
        .join(bulk.tasks_of(snapshot), on="person")
        .join(bulk.needed(purposes, Category), on=("recipient", "category"))
        .sort("person", "recipient", "purpose", "order", "controller")
    )


_HELD: Final = pl.Schema(
    {
        "person": pl.UInt32(),
        "place": pl.UInt32(),
        "category": pl.String(),
        "controller": pl.String(),
        "order": pl.UInt8(),
    }
)
ORDER: Final = {category.value: place for place, category in enumerate(Category)}
"""The place of each category in the view."""


def _counted(rows: pl.DataFrame) -> Counter[str]:
    counts = rows.group_by(pl.col("reason").cast(pl.String)).len().iter_rows()
    decisions = Counter(dict(counts))
    permitted = int(rows["permitted"].sum())
    return decisions + Counter(permit=permitted, deny=rows.height - permitted)


def _shown_rows(rows: pl.DataFrame, sections: Sequence[Fresh], at: datetime) -> pl.DataFrame:
    """Keep the permits that leave something of their section, with what that is in ``shown``."""
    shown = [
        left(sections[place], _periods(periods), at) for place, periods in rows.select("place", "periods").iter_rows()
    ]
    return rows.with_columns(shown=pl.Series(shown, dtype=pl.String)).filter(pl.col("shown").is_not_null())


def _entitled(rows: pl.DataFrame, people: Sequence[UUID]) -> dict[EntitlementKey, Entitled]:
    """Gather what each recipient would be sent for each purpose."""
    lines = pl.concat_str("category", "controller", "ground", "key", "shown", separator=" ", ignore_nulls=True)
    grounds, seen = pl.col("ground").cast(pl.String), lines.str.join("\n").alias("seen")
    found = rows.group_by(_WHO, maintain_order=True).agg("category", grounds, seen, pl.col("consent_seq").first())
    return {
        EntitlementKey(recipient, purpose, people[person]): Entitled(categories, grounds, digest(text), consent_seq)
        for recipient, purpose, person, categories, grounds, text, consent_seq in found.iter_rows()
    }


def _periods(periods: Sequence[Mapping[str, datetime]] | None) -> Sequence[Period]:
    """Read the bulk gate's periods: none are told of a permit for everything."""
    return (ALWAYS,) if periods is None else [Period(period["start"], period["end"]) for period in periods]


def left(section: Fresh, periods: Sequence[Period], at: datetime) -> str | None:
    """Name what is left of a section under a permit for the data of these periods; None: nothing is."""
    if tuple(periods) == (ALWAYS,):
        return section.digest.hex()
    text = cut(section.text, Category(section.key.category), periods=periods, mask_place=False, at=at)
    return None if text == "[]" else digest(text).hex()


def digest(text: str) -> bytes:
    """Digest what somebody would be sent."""
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()
