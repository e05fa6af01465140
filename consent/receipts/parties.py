"""How organisations are called and reached, for receipts and records."""

from dataclasses import dataclass
from typing import Any, Final

from consent.queries import receipts as queries
from db.engine import Read
from schemas.vocabulary import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A party by Y-tunnus, its name in three languages, and how to reach it; nobody's person is named.

    ``unverified``: that it is reached so, no authority has confirmed (AMENDMENTS 23).
    """

    id: str
    name: Text
    email: str | None = None
    phone: str | None = None
    url: str | None = None
    street: str | None = None
    postcode: str | None = None
    town: str | None = None
    unverified: bool = False

    @property
    def complete(self) -> bool:
        """Whether it says what ISO/IEC TS 27560 asks of a party: a way to reach it and a postal address."""
        return None not in (self.email, self.street, self.postcode, self.town)


OMBUDSMAN: Final = Card(
    id="1014174-4",
    name=Text("Tietosuojavaltuutetun toimisto", "Dataombudsmannens byrå", "Office of the Data Protection Ombudsman"),
    email="tietosuoja@om.fi",
    phone="+358 29 566 6700",
    url="https://tietosuoja.fi",
    street="PL 800",
    postcode="00531",
    town="Helsinki",
    unverified=True,
)
"""The supervisory authority where an agreement names no other ((EU) 2016/679 art. 13(2)(d))."""


def cards(read: Read, *parties: str) -> list[Card]:
    """Give how these are called and reached; one that nobody has described is called by its Y-tunnus."""
    known = queries.cards(read, parties)
    return [
        _card(known[party]) if party in known else Card(id=party, name=Text(party, party, party)) for party in parties
    ]


def _card(row: Any) -> Card:
    return Card(
        id=row.party,
        name=Text(row.name_fi, row.name_sv, row.name_en),
        **{name: getattr(row, name) for name in ("email", "phone", "url", "street", "postcode", "town")},
    )
