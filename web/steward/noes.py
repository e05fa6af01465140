"""What can be denied, and what a standing no would stop: for the form at the desk and for the person's own."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.model import FUTURE, Denial, Period
from consent.registry import Scope
from consent.simulation import DenialDraft, simulate
from schemas.vocabulary import Category, Source
from web.drafts import Answers
from web.pages.visit import Visit
from web.steward.coverage import PURPOSES, Kind, coverage
from web.steward.known import Known

ALL: Final = "all"
ANYBODY: Final = "anybody"


@dataclass(frozen=True, slots=True)
class Touched:
    """What a no is about and a recipient sees now, for a purpose; ``unverified``: by a reading of the law that nobody has confirmed."""

    category: str
    recipient: str
    purpose: str
    unverified: bool = field(default=False, compare=False)


def choices() -> Mapping[str, Scope]:
    """Name everything that can be denied: all, a source, a category."""
    sources = {source.value: Scope(source=source) for source in Source}
    return {ALL: Scope()} | sources | {category.value: Scope(category=category) for category in Category}


def scope(kept: Answers) -> Scope:
    """Give what the answers of a form deny."""
    chosen = choices()[str(kept["what"])]
    return Scope(
        source=chosen.source,
        category=chosen.category,
        recipient=None if kept["whom"] == ANYBODY else str(kept["whom"]),
        allow_emergency=bool(kept["emergency"]),
    )


def stopped(visit: Visit, known: Known, denied: Scope) -> list[Touched]:
    """List what a no would stop, by simulation of it on this person alone; nothing is written."""
    with visit.doors.database.read(snapshot=True) as read:
        draft = DenialDraft(_draft(denied, known.at))
        effects = simulate(read, draft, at=known.at, people=[known.person_id])
    return list(dict.fromkeys(Touched(each.category, each.recipient, each.purpose) for each in effects))


def by_law(known: Known, denied: Scope, counties: Collection[str]) -> Iterator[Touched]:
    """Yield what the no is about and the law opens now."""
    for purpose in PURPOSES:
        shown = coverage(known, purpose, counties)
        for row in (row for rows in shown.rows.values() for row in rows):
            for recipient, cell in zip(shown.recipients, row.cells, strict=True):
                if cell.kind is Kind.LAW and _covers(denied, recipient, row.category):
                    yield Touched(row.category, recipient, purpose, cell.unverified)


def _draft(denied: Scope, at: datetime) -> Denial:
    return Denial(
        denial_id=UUID(int=0),
        source=denied.source,
        category=denied.category,
        recipient=denied.recipient,
        allow_emergency=denied.allow_emergency,
        during=Period(at, FUTURE),
    )


def _covers(denied: Scope, recipient: str, category: Category) -> bool:
    about = denied.category in (None, category) and denied.source in (None, category.source)
    return about and denied.recipient in (None, recipient)
