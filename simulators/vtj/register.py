"""The register's people taken from the synthetic population."""

from datetime import date

from simulators.population import Home, Identity
from simulators.vtj.picture import Address, Municipality, Registered
from simulators.vtj.service import Register, Replaced
from simulators.world import World

LANGUAGES = {"fi": ("fi", "suomi", "finska"), "sv": ("sv", "ruotsi", "svenska"), "en": ("en", "englanti", "engelska")}
ELSEWHERE = ("98", "muu", "övrigt")
FINNISH = ("246", "Suomi", "Finland")


def drawn_from(world: World) -> Register:
    """Find people of the population as of today."""

    def register(hetu: str) -> Registered | Replaced | None:
        index = world.population.by_hetu(hetu)
        if index is None:
            return None
        identity = world.population.identity(index)
        return _registered(identity) if identity.hetu == hetu else Replaced(hetu=identity.hetu)

    return register


def _registered(identity: Identity) -> Registered:
    guardianship = identity.guardianship
    return Registered(
        hetu=identity.hetu,
        family_name=identity.family_name,
        given_names=identity.given_names,
        sex=None,
        language=LANGUAGES.get(identity.language, ELSEWHERE),
        address=_address(identity.home.since),
        municipality=_municipality(identity.home),
        died=identity.died,
        protected=identity.protected,
        nationality=FINNISH,
        guardian_since=guardianship.since if guardianship else None,
        guardian_restriction=guardianship.restriction if guardianship else None,
    )


def _address(since: date) -> Address:
    street = ("Testikatu 1 A 1", "Testgatan 1 A 1")
    return Address(street=street, postal_code="99999", post_office=("KORVATUNTURI", "KORVATUNTURI"), since=since)


def _municipality(home: Home) -> Municipality:
    """Give the number alone: what the municipality is called, its number says."""
    return Municipality(number=home.municipality, names=("", ""), since=home.since)
