"""Why a recipient may see a category of a client or not: the rule's own answer, with every candidate it tried."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from consent.decision import explain
from consent.model import Item, Request, Result, Tried
from schemas.vocabulary import Category, Purpose
from web.pages.visit import NotThere, Visit
from web.steward import clients, coverage, offices
from web.steward.clients import Client


@dataclass(frozen=True, slots=True)
class Answered:
    """The verdict on one controller's data: its reason, the laws it rests on, and the agreements tried, each with how far it came."""

    controller: str
    result: Result
    laws: tuple[str, ...]
    unverified: bool
    tried: tuple[Tried, ...]


def why(visit: Visit) -> Response:
    """Explain one cell of the coverage picture; the look is logged."""
    category, purpose = _category(visit.path["category"]), _purpose(visit.query.get("purpose", ""))
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/why/{recipient}/{category}", category=category.value)
        counties = offices.counties_around(tx, client.facts)
    recipient = visit.path["recipient"]
    if recipient not in client.facts:
        raise NotThere
    controllers = list(coverage.controllers(client.facts[recipient], category.source, counties))
    return visit.page(
        "steward/why.html",
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        recipient=recipient,
        category=category,
        purpose=purpose,
        answers=_answered(client, recipient, purpose, [Item(category, who) for who in controllers]),
    )


def _answered(client: Client, recipient: str, purpose: Purpose, items: Sequence[Item]) -> list[Answered]:
    facts = client.facts[recipient]
    request = Request(person_id=client.person_id, recipient=recipient, purpose=purpose, items=tuple(items))
    explained = explain(request, facts, client.at)
    found = []
    for item, result, tried in zip(items, explained.decision.results, explained.tried, strict=True):
        used = set(result.matched.statutes)
        rows = [row for row in facts.register.statutes if (row.statute_id, row.version) in used]
        laws = tuple(sorted({row.law for row in rows}))
        found.append(Answered(item.controller, result, laws, any(not row.verified for row in rows), tuple(tried)))
    return found


def _category(code: str) -> Category:
    if code not in set(Category):
        raise NotThere
    return Category(code)


def _purpose(code: str) -> Purpose:
    return Purpose(code) if code in set(Purpose) else Purpose.TYO
