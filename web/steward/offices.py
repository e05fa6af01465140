"""The organisations as a steward reads of them: their names, and the places that an office serves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from consent.queries import offices
from consent.queries.offices import PartyRow
from db.engine import Read
from publish import naming
from schemas.codes import places
from schemas.vocabulary import PartyKind

NATIONAL: Final[Mapping[PartyKind, str]] = {PartyKind.KELA: "Kela", PartyKind.KEHA: "KEHA-keskus"}
COUNTIES: Final[Mapping[str, str]] = {code.code: code.name_fi for code in places.COUNTIES.codes}


def names(read: Read) -> Mapping[str, str]:
    """Give the name of every organisation by Y-tunnus."""
    return {row.party: _name(row) for row in offices.parties(read)} | dict(naming.organisations(read))


def served_by(read: Read, office: str) -> Sequence[str]:
    """Name the employment areas that an office answers for, and the counties in them, by code."""
    areas = [row.area for row in offices.parties(read) if row.party == office and row.area is not None]
    counties = {f"{county}" for area in areas for county in places.counties_of(area)}
    return [*areas, *sorted(counties)]


def counties_around(read: Read, recipients: Iterable[str]) -> frozenset[str]:
    """Name (Y-tunnus) the counties in whose area any of these recipients serves."""
    codes = {code for recipient in recipients for code in served_by(read, recipient)}
    return frozenset(row.party for row in offices.parties(read) if row.county in codes)


def _name(row: PartyRow) -> str:
    return NATIONAL.get(row.kind) or COUNTIES.get(row.county or "", row.party)
