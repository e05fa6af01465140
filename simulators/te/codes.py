"""The code lists that TE gives out at ``/koodistot/{nimi}``."""

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("codes.csv")
FROM = "1999-01-01"


@cache
def code_lists() -> dict[str, list[dict[str, str | None]]]:
    """Read all lists, by name; the file's head names the sources."""
    lists: dict[str, list[dict[str, str | None]]] = {}
    with FILE.open(encoding="utf-8") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            entry = {"koodi": row["code"], "nimi": row["name"], "alkuPvm": FROM, "loppuPvm": row["until"] or None}
            lists.setdefault(row["list"], []).append(entry)
    return lists
