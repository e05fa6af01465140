"""What a recipient may receive, for everybody: by which law, and under which agreements with a person's consent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from consent.model import Agreement, Register, Statute, StatuteKind
from consent.queries.register import register
from publish import recipients
from schemas.vocabulary import Category, PartyKind, Purpose
from web.pages.visit import NotThere, Visit
from web.register import Open, opened
from web.steward import offices


@dataclass(frozen=True, slots=True)
class ByLaw:
    """What a law lets a recipient have for a purpose; ``unverified``: nobody has confirmed that reading."""

    purpose: Purpose
    category: Category
    law: str
    key: str
    unverified: bool


def one(visit: Visit) -> Response:
    """Show an active recipient; any other organisation is not there."""
    party = visit.path["recipient"]
    with visit.doors.database.read() as read:
        book, granted = register(read), recipients.granted(read)
        names = offices.names(read, visit.language)
    if party not in granted or party not in book.parties:
        raise NotThere
    purposes = [purpose for purpose in Purpose if purpose in granted[party]]
    return visit.page(
        "public/recipient.html",
        here="/notices",
        recipient=party,
        kind=book.parties[party],
        names=names,
        purposes=purposes,
        by_law=_in_order(book, party, purposes, visit),
        agreements=_agreements(book, party, purposes, visit),
        emergency=any(_is_emergency(rule, book.parties[party], visit) for rule in book.statutes),
    )


def _in_order(book: Register, party: str, purposes: Sequence[Purpose], visit: Visit) -> list[ByLaw]:
    places = {category: place for place, category in enumerate(Category)}
    found = set(_by_law(book, book.parties[party], purposes, visit))
    return sorted(found, key=lambda each: (purposes.index(each.purpose), places[each.category], each.key))


def _by_law(book: Register, kind: PartyKind, purposes: Sequence[Purpose], visit: Visit) -> Iterator[ByLaw]:
    """Yield what the laws in force open to recipients of a kind, of what the purpose needs."""
    for rule in book.statutes:
        if rule.recipient_kind is not kind or rule.kind is not StatuteKind.STATUTE or not _holds(rule, visit):
            continue
        for purpose in purposes:
            for category in purpose.needs if rule.purpose == purpose else ():
                if category in rule.categories:
                    yield ByLaw(purpose, category, rule.law, rule.key, not rule.verified)


def _is_emergency(rule: Statute, kind: PartyKind, visit: Visit) -> bool:
    return rule.kind is StatuteKind.EMERGENCY and rule.recipient_kind is kind and _holds(rule, visit)


def _agreements(book: Register, party: str, purposes: Sequence[Purpose], visit: Visit) -> list[Open]:
    """List the agreements in force under which a person may let the recipient have more."""
    own = [each for each in book.agreements if each.recipient == party and each.purpose in purposes]
    return [each for each in opened(own, visit.at) if _holds(each.rule, visit)]


def _holds(rule: Agreement | Statute, visit: Visit) -> bool:
    return rule.in_force.holds(visit.at)
