"""The organisations as a steward reads of them: their names, and the places that an office serves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from consent.queries import offices
from consent.queries.offices import PartyRow
from db.engine import Read
from publish import naming
from schemas.codes import places
from schemas.vocabulary import PartyKind
from web.pages.languages import Language
from web.pages.words import Words

NATIONAL: Final[Mapping[PartyKind, str]] = {PartyKind.KELA: "Kela", PartyKind.KEHA: "KEHA-keskus"}


class Names(dict[str, str]):
    """Names by Y-tunnus; an organisation that no register names is called by its Y-tunnus."""

    def __missing__(self, party: str) -> str:
        """Call it as it is known."""
        return party


def names(read: Read, language: Language = Language.FI) -> Mapping[str, str]:
    """Give the name of every organisation by Y-tunnus; a county's in the reader's language, the others have one name."""
    registered = {row.party: _name(row, language) for row in offices.parties(read)}
    return Names(registered | dict(naming.organisations(read)))


def served_by(read: Read, office: str) -> Sequence[str]:
    """Name the employment areas that an office answers for, and the counties in them, by code."""
    areas = [row.area for row in offices.parties(read) if row.party == office and row.area is not None]
    counties = {f"{county}" for area in areas for county in places.counties_of(area)}
    return [*areas, *sorted(counties)]


def counties_around(read: Read, recipients: Iterable[str]) -> frozenset[str]:
    """Name (Y-tunnus) the counties in whose area any of these recipients serves."""
    codes = {code for recipient in recipients for code in served_by(read, recipient)}
    return frozenset(row.party for row in offices.parties(read) if row.county in codes)


def _name(row: PartyRow, language: Language) -> str:
    county = places.COUNTY_NAMES.get(row.county or "")
    return NATIONAL.get(row.kind) or (Words(language).of(county) if county else row.party)
