"""The connections of a developer's machine: each area's TE and Kela, each county's sote system, where the synthetic people live."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cli.development.parties import KEHA, KELA
from connectors.ledger import Connection
from schemas.codes import places
from schemas.vocabulary import Source
from simulators.population import Population
from simulators.simulation import INSTANCE, LUUKKU
from simulators.sote import COUNTIES

TE_SERVICE: Final = f"{INSTANCE}/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1"
MANDATES_SERVICE: Final = f"{INSTANCE}/GOV/0245437-2/valtuudet/valtuudet/v1"
KELA_SERVICE: Final = f"{INSTANCE}/GOV/0246246-0/etuustiedot/HaeEtuudet/v1"


def connections(population: Population, *, at: datetime) -> Iterator[Connection]:
    """Yield a connection for each area and county that somebody lives in."""
    for area in places.AREAS.codes:
        if len(population.in_area(area.code)):
            yield _connection(Source.TE, KEHA, area.code, TE_SERVICE, at)
            yield _connection(Source.KELA, KELA, area.code, KELA_SERVICE, at)
    for county in COUNTIES.values():
        if len(population.in_county(county.code)):
            yield _connection(Source.SOTE, county.business_id, county.code, str(county.service(INSTANCE)), at)


def _connection(source: Source, controller: str, place: str, service: str, at: datetime) -> Connection:
    return Connection(
        connection_id=f"{source}-{place}",
        source=source,
        controller=controller,
        place=place,
        client=str(LUUKKU),
        service=service,
        from_at=at,
    )
