"""Of whom categories may be shown to somebody at all: the bulk gate over every recipient with a task."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import polars as pl

from consent.bulk import Snapshot
from publish.refresh import bulk
from publish.refresh.bulk import Purposes
from schemas.vocabulary import Category

_OWNED: Final = pl.Schema({"person": pl.UInt32(), "controller": pl.String()})


class Permitted(NamedTuple):
    """That somebody may be shown a category of a controller about a person."""

    person_id: UUID
    category: str
    controller: str


def permitted(
    snapshot: Snapshot,
    controllers: Mapping[UUID, Sequence[str]],
    purposes: Purposes,
    categories: Collection[Category],
    *,
    at: datetime,
) -> list[Permitted]:
    """Decide each category for each person and their controllers (Y-tunnus), for every recipient and purpose."""
    people = bulk.people_of(snapshot)
    owned = [(number, each) for number, person_id in enumerate(people) for each in controllers.get(person_id, ())]
    asked = (
        pl.DataFrame(owned, schema=_OWNED, orient="row")
        .join(bulk.tasks_of(snapshot), on="person")
        .join(bulk.needed(purposes, categories), on="recipient")
    )
    rows = bulk.decided(snapshot, asked, at=at).filter("permitted").select("person", "category", "controller")
    return [Permitted(people[person], *rest) for person, *rest in rows.unique(maintain_order=True).iter_rows()]
