"""How old what we hold is: computed when asked, so that a dead scheduler cannot hide it (PIPELINE.md 7)."""

from dataclasses import dataclass
from datetime import datetime

from db.engine import Read
from publish.answer import FRESH_FOR
from publish.queries import reading
from schemas.vocabulary import Source


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a source was last loaded, and whether that is recent enough."""

    source: Source
    as_of: datetime
    fresh: bool


def sources(read: Read, *, at: datetime) -> list[Freshness]:
    """Say it of every source that was ever loaded."""
    return [Freshness(load.source, load.as_of, at - load.as_of <= FRESH_FOR) for load in reading.loads(read)]
