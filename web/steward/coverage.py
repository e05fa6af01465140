"""The coverage picture: what each recipient may see of a person now, by source and category, and by what right."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from consent.decision import decide
from consent.model import FUTURE, Facts, Item, Request, Result
from consent.model.will import Step
from consent.queries.life import ActLine
from consent.shut import shut
from schemas.vocabulary import Category, Ground, PartyKind, Purpose, Reason, Source
from web.steward import standing
from web.steward.known import Known

SOON: Final = timedelta(days=60)
"""A consent that ends within this time is to be renewed (CONSENT.md 11)."""
PURPOSES: Final = (Purpose.TYO, Purpose.TYM)
"""For these an office asks; each has a picture of its own."""
MOST_RECIPIENTS: Final = 8
NATIONAL: Final[Mapping[Source, PartyKind]] = {Source.TE: PartyKind.KEHA, Source.KELA: PartyKind.KELA}
Acts = Mapping[UUID, ActLine]
"""What a person has said, by id."""
_NO: Final = frozenset({Reason.DENIED, Reason.REFUSED, Reason.WITHDRAWN, Reason.REVOKED})
_WAITING: Final = frozenset({Reason.PENDING_VERIFICATION, Reason.CONFLICT, Reason.SUSPENDED, Reason.NOTICE_OUTDATED})


class Kind(StrEnum):
    """What a cell shows, with its sign and colour."""

    GIVEN = "given"
    SOON = "soon"
    LAW = "law"
    OWN = "own"
    NO = "no"
    WAITING = "waiting"
    NONE = "none"

    @property
    def sign(self) -> str:
        """The sign beside the colour."""
        return {"given": "✓", "soon": "!", "law": "§", "own": "=", "no": "✕", "waiting": "?", "none": "-"}[self.value]

    @property
    def tag(self) -> str:
        """The colour, as a class."""
        tags = {"given": "good", "soon": "soon", "law": "law", "own": "law", "no": "no", "waiting": "soon", "none": ""}
        return tags[self.value]


@dataclass(frozen=True, slots=True)
class Cell:
    """One recipient's right to one category; ``until`` where a consent ends, ``unverified`` where our reading of the law is ours."""

    kind: Kind
    reason: Reason | None = None
    until: datetime | None = None
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A category, with a cell for each recipient."""

    category: Category
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The picture: recipients in order, rows by source; ``unverified``: any cell rests on an unconfirmed reading."""

    purpose: Purpose
    recipients: tuple[str, ...]
    rows: Mapping[Source, tuple[Row, ...]]

    @property
    def unverified(self) -> bool:
        """Whether to explain the mark below the table (AMENDMENTS 23)."""
        return any(cell.unverified for rows in self.rows.values() for row in rows for cell in row.cells)


def coverage(client: Known, purpose: Purpose, counties: Collection[str], said: Sequence[ActLine] = ()) -> Coverage:
    """Decide every category for every recipient; ``counties`` (Y-tunnus) are those where the person may be a client.

    ``said``: the person's acts, by which a representative's word ends at its own time, not with the last answer on their authority.
    """
    recipients = tuple(client.facts)[:MOST_RECIPIENTS]
    acts = {line.act_id: line for line in said}
    columns = {each: _column(client, each, purpose, counties, acts) for each in recipients}
    rows = {
        source: tuple(
            Row(category, tuple(columns[each][category] for each in recipients))
            for category in Category
            if category.source is source and category in purpose.needs
        )
        for source in Source
    }
    return Coverage(purpose, recipients, rows)


def _column(
    client: Known, recipient: str, purpose: Purpose, counties: Collection[str], acts: Acts
) -> dict[Category, Cell]:
    facts = client.facts[recipient]
    items = [Item(category, who) for category in Category for who in controllers(facts, category.source, counties)]
    request = Request(person_id=client.person_id, recipient=recipient, purpose=purpose, items=tuple(items))
    results = decide(request, shut(facts, recipient), client.at).results
    return {
        category: _cell(facts, recipient, [r for r in results if _is_of(r, category)], client.at, acts)
        for category in Category
    }


def _is_of(result: Result, category: Category) -> bool:
    return isinstance(result.item, Item) and result.item.category == category


def controllers(facts: Facts, source: Source, counties: Collection[str]) -> Iterator[str]:
    """Yield who may control a source's data: the national one, or the counties where the person may be a client."""
    kind = NATIONAL.get(source)
    for party, kind_ in sorted(facts.register.parties.items()):
        if kind_ is kind or (kind is None and party in counties):
            yield party


def _cell(facts: Facts, recipient: str, results: Sequence[Result], at: datetime, acts: Acts) -> Cell:
    """Show the best of what several controllers give."""
    if any(isinstance(result.item, Item) and result.item.controller == recipient for result in results):
        return Cell(Kind.OWN)
    permitted = [result for result in results if result.permitted]
    if not permitted:
        return _refused(results)
    best = next((result for result in permitted if result.ground is Ground.STATUTE), permitted[0])
    if best.ground is Ground.STATUTE:
        return Cell(Kind.LAW, best.reason, unverified=_unverified(facts, best))
    until = _ends(facts, best, at, acts)
    return Cell(Kind.SOON if until - at < SOON else Kind.GIVEN, best.reason, None if until == FUTURE else until)


def _refused(results: Sequence[Result]) -> Cell:
    """Show why not: a no first, then what waits, else that nothing was said."""
    reasons = [result.reason for result in results]
    for kind, telling in ((Kind.NO, _NO), (Kind.WAITING, _WAITING)):
        found = next((reason for reason in reasons if reason in telling), None)
        if found is not None:
            return Cell(kind, found)
    return Cell(Kind.NONE, reasons[0] if reasons else None)


def _unverified(facts: Facts, result: Result) -> bool:
    used = set(result.matched.statutes)
    return any(not row.verified for row in facts.register.statutes if (row.statute_id, row.version) in used)


def _ends(facts: Facts, result: Result, at: datetime, acts: Acts) -> datetime:
    """Find when the consent that permits ends."""
    assert isinstance(result.item, Item)
    ends = []
    for agreement_id, category in facts.wills:
        stretch = facts.holding(agreement_id, category, at)
        if category == result.item.category and stretch.step is Step.OK:
            line = None if stretch.act_id is None else acts.get(stretch.act_id)
            ends.append(stretch.end if line is None else standing.ends(facts, line, stretch))
    return max(ends, default=FUTURE)
