"""How many unemployed each municipality has, and the area and county it belongs to, from the official statistics."""

import csv
import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

RESTATED = Path(__file__).with_name("unemployed_2020_10.csv")
UNEMPLOYED = Path("stats", "unemployment_by_municipality_2006-2020.csv.gz")
KEY = Path("codes", "municipality_key_2026.csv")
# Municipalities that ended after the statistics were made (DOMAIN.md 2.2).
MERGED = {"099": "214", "588": "507"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality by three digits, its employment area and wellbeing county by two; `unemployed` None: not published."""

    code: str
    area: str
    county: str
    unemployed: int | None


def restated() -> tuple[Municipality, ...]:
    """Read the product's own table, by area and municipality; its head names the sources."""
    with RESTATED.open(encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return tuple(
            Municipality(
                code=row["municipality"],
                area=row["area"],
                county=row["county"],
                unemployed=int(row["unemployed"]) if row["unemployed"] else None,
            )
            for row in rows
        )


def official(reference: Path) -> tuple[Municipality, ...]:
    """Read the latest month of the statistics and the key of 2026 from the folder of official files, in the same order."""
    with gzip.open(reference / UNEMPLOYED, "rt", encoding="utf-8") as lines:
        unemployed = _latest(csv.DictReader(lines))
    with (reference / KEY).open(encoding="utf-8") as lines:
        key = [
            Municipality(
                code=row["municipality_code"],
                area=row["tyollisyysalue_code"],
                county=row["hyvinvointialue_code"],
                unemployed=unemployed.get(row["municipality_code"]),
            )
            for row in csv.DictReader(lines)
        ]
    return tuple(sorted(key, key=lambda one: (one.area, one.code)))


def _latest(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Sum the unemployed of the newest month by today's municipality; what is not published stays absent, it is not 0."""
    known = [row for row in rows if row["unemployed"]]
    month = max(row["month"] for row in known)
    counts: dict[str, int] = {}
    for row in known:
        if row["month"] == month:
            code = MERGED.get(row["municipality_code"], row["municipality_code"])
            counts[code] = counts.get(code, 0) + int(row["unemployed"])
    return counts
