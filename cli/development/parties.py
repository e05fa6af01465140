"""Who takes part on a developer's machine, by Y-tunnus: artificial but for Savonlinna, Etelä-Savo, Kela and KEHA."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from consent.terms import Party
from schemas.codes import places
from schemas.vocabulary import PartyKind
from simulators.population import Population
from simulators.population.providers import business_id
from simulators.sote import COUNTIES

KELA: Final = "0246246-0"
KEHA: Final = "2296962-1"
SAVONLINNA: Final = "0166906-4"
SAVONLINNA_CODE: Final = "740"
SAVONLINNA_AREA: Final = "36"
NEIGHBOUR_AREA: Final = "23"
FIRST_ARTIFICIAL: Final = 9_500_000
STEP: Final = 10


@dataclass(frozen=True, slots=True)
class Authority:
    """An employment area and the municipality that answers for it (AMENDMENTS 10)."""

    area: str
    name: str
    municipality: str
    recipient: str


def municipality_id(code: str) -> str:
    """Give a municipality's Y-tunnus: its own for Savonlinna, else a valid one that nobody has."""
    return SAVONLINNA if code == SAVONLINNA_CODE else business_id(FIRST_ARTIFICIAL + int(code) * STEP)


def authority(area: str) -> Authority:
    """Find who answers for an area: the municipality that it is named after, else its first by code."""
    name = next(code.name_fi for code in places.AREAS.codes if code.code == area)
    members = sorted(places.municipalities_of(area), key=lambda member: member.code)
    first = next((member for member in members if name.startswith(member.name_fi[:5])), members[0])
    return Authority(area, name, first.code, municipality_id(first.code))


def authorities(population: Population) -> list[Authority]:
    """List the authorities of the employment areas that somebody lives in: 45 when the whole mainland does."""
    return [authority(code.code) for code in places.AREAS.codes if len(population.in_area(code.code))]


def parties(served: Sequence[Authority]) -> Iterator[Party]:
    """Yield every party with each place it serves: areas, municipalities, counties, Kela and KEHA."""
    yield Party(recipient=KELA, kind=PartyKind.KELA)
    yield Party(recipient=KEHA, kind=PartyKind.KEHA)
    for county in COUNTIES.values():
        yield Party(recipient=county.business_id, kind=PartyKind.COUNTY, county=county.code)
    for each in served:
        yield Party(recipient=each.recipient, kind=PartyKind.EMPLOYMENT_AUTHORITY, area=each.area)
        for member in places.municipalities_of(each.area):
            yield Party(
                recipient=municipality_id(member.code),
                kind=PartyKind.EMPLOYMENT_AUTHORITY,
                municipality=member.code,
            )
