"""Whom a batch asks about: the leave list's people with what may be kept of each, and the people named in the batch's own file."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from uuid import UUID

import polars as pl

from connectors.paging import batched
from connectors.sote import Ask
from connectors.store import Store
from schemas.identifiers import Hetu
from schemas.vocabulary import Category

PEOPLE_AT_ONCE = 1_000

Hetus = Callable[[Sequence[UUID]], Mapping[UUID, Hetu]]


def people(store: Store, path: str) -> list[UUID]:
    """Read the people of a file, each once: a Parquet table with a column ``person_id``."""
    frame = pl.read_parquet(BytesIO(store.get(path)), columns=["person_id"])
    return [UUID(person) for person in frame["person_id"].drop_nulls().unique(maintain_order=True)]


def allowed(store: Store, path: str) -> dict[UUID, frozenset[Category]]:
    """Read a leave list: the categories that may be kept of each person named; a row without a person names nobody to ask."""
    frame = pl.read_parquet(BytesIO(store.get(path)), columns=["category", "person_id"]).drop_nulls("person_id")
    found: defaultdict[UUID, set[Category]] = defaultdict(set)
    for category, person in frame.select("category", "person_id").iter_rows():
        found[UUID(person)].add(Category(category))
    return {person: frozenset(categories) for person, categories in found.items()}


def asks(of: Mapping[UUID, frozenset[Category]], hetus: Hetus) -> Iterator[Ask]:
    """Yield the people of a leave list by identity code, decrypted a thousand at a time."""
    for group in batched(of, PEOPLE_AT_ONCE):
        for person, hetu in hetus(group).items():
            yield Ask(hetu, of[person])


def named(of: Sequence[UUID], hetus: Hetus) -> Iterator[Hetu]:
    """Yield people by identity code, decrypted a thousand at a time."""
    for group in batched(of, PEOPLE_AT_ONCE):
        yield from hetus(group).values()
