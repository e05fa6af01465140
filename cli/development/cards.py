"""How the parties of a developer's machine are called and reached; the addresses are artificial."""

from collections.abc import Iterator, Sequence

from cli.development.parties import KEHA, KELA, Authority
from consent.receipts.parties import Card
from schemas.codes import places
from schemas.vocabulary import Text
from simulators.sote import COUNTIES


def cards(served: Sequence[Authority]) -> Iterator[Card]:
    """Yield a card for every controller and recipient."""
    yield _card(KELA, Text("Kela", "FPA", "Kela"), "Helsinki")
    keha = Text(
        "Työllisyys-, kehittämis- ja hallintokeskus", "Sysselsättnings-, utvecklings- och förvaltningscentret", "KEHA"
    )
    yield _card(KEHA, keha, "Jyväskylä")
    for county in COUNTIES.values():
        name = next(code for code in places.COUNTIES.codes if code.code == county.code)
        yield _card(county.business_id, Text(name.name_fi, name.name_fi, name.name_fi), name.name_fi)
    for authority in served:
        yield _card(authority.recipient, Text(authority.name, authority.name, authority.name), authority.name)


def _card(party: str, name: Text, town: str) -> Card:
    return Card(id=party, name=name, email="kirjaamo@example.fi", street="Esimerkkikatu 1", postcode="00100", town=town)
