"""Events as a table for spreadsheets: RFC 4180, and no cell that a spreadsheet would take for a formula (ACCESS-LOG 12)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from audit.queries.search import Found
from audit.reading import Entry, entry_of

COLUMNS: Final = (
    *("log", "index", "time", "sealed", "type", "outcome", "organisation", "system", "user", "role", "person"),
    *("purpose", "given", "withheld", "reasons", "event", "controllers", "case", "run"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(found: Sequence[Found]) -> bytes:
    """Write events, a row each, under a row of names; in UTF-8 with the mark that spreadsheets know it by."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    rows.writerows([harmless(cell) for cell in _row(each, entry_of(each.entry))] for each in found)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def harmless(cell: object) -> str:
    """Put an apostrophe before what a spreadsheet would calculate."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(found: Found, entry: Entry) -> Iterable[object]:
    reasons = [f"{category}: {reason}" for category, reason in sorted(entry.reasons.items())]
    yield from (found.log, found.index, entry.at.isoformat(), entry.sealed_at.isoformat())
    yield from (entry.type.value, entry.outcome.value)
    yield from (each or "" for each in (entry.org, entry.system, entry.user, entry.role, entry.person, entry.purpose))
    yield from ("; ".join(entry.given), "; ".join(entry.withheld), "; ".join(reasons), entry.id)
    yield from ("; ".join(entry.controllers), entry.case or "", entry.run or "")
