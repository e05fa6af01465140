"""Municipalities, employment areas and wellbeing services counties, and which belongs to which (DOMAIN.md 2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from schemas.codes.lists import Code, CodeList
from schemas.codes.reading import day, rows
from schemas.vocabulary import Text

ALAND_AREA: Final = "46"
"""Åland has a code among the areas, but no employment area: it is outside the 45."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality of today, and the authorities that serve it; an abolished one has only its successor."""

    code: str
    name_fi: str
    name_sv: str
    area: str | None
    county: str | None
    merged_into: str | None


def _read() -> tuple[CodeList, Mapping[str, Municipality]]:
    codes, known = [], {}
    for row in rows("municipalities.csv"):
        start, end = day(row["valid_from"]), day(row["valid_until"])
        unverified = row["unverified"] == "yes"
        codes.append(
            Code(code=row["code"], name_fi=row["name_fi"], valid_from=start, valid_until=end, unverified=unverified)
        )
        known[row["code"]] = Municipality(
            code=row["code"],
            name_fi=row["name_fi"],
            name_sv=row["name_sv"],
            area=row["area"] or None,
            county=row["county"] or None,
            merged_into=row["merged_into"] or None,
        )
    return CodeList("kunta", tuple(codes)), MappingProxyType(known)


MUNICIPALITIES, _KNOWN = _read()
AREAS: Final = CodeList(
    "tyollisyysalue",
    tuple(
        Code(code=row["code"], name_fi=row["name_fi"], valid_from=day(row["valid_from"]))
        for row in rows("areas.csv")
        if row["code"] != ALAND_AREA
    ),
)
COUNTIES: Final = CodeList(
    "hyvinvointialue",
    tuple(
        Code(code=row["code"], name_fi=row["name_fi"], valid_from=day(row["valid_from"]))
        for row in rows("counties.csv")
    ),
)
COUNTY_NAMES: Final[Mapping[str, Text]] = MappingProxyType(
    {row["code"]: Text(row["name_fi"], row["name_sv"], row["name_en"]) for row in rows("counties.csv")}
)


def municipality(code: str) -> Municipality:
    """Find a municipality, abolished ones included. Raises KeyError."""
    return _KNOWN[code]


def municipality_on(code: str, on: date) -> Municipality:
    """Find the municipality that a code stands for on a day: an abolished one is its successor after its last day."""
    found = _KNOWN[code]
    while found.merged_into is not None and not MUNICIPALITIES.valid(found.code, on):
        found = _KNOWN[found.merged_into]
    return found


def municipalities_of(area: str) -> tuple[Municipality, ...]:
    """List the municipalities of an employment area; where it is one, the area's code discloses it."""
    return tuple(found for found in _KNOWN.values() if found.area == area)


def counties_of(area: str) -> tuple[str, ...]:
    """List the counties of an area's municipalities: five areas have two, so the county never follows from the area."""
    return tuple(sorted({found.county for found in municipalities_of(area) if found.county}))
