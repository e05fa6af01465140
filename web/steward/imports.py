"""Many papers at once: a file of rows, each recorded or refused by its line, the field and a sentence (CONSENT.md 11, PAGES.md 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from consent.errors import ConsentError, Fault
from consent.model import Agreement
from consent.queries.register import register
from db.engine import Read
from publish.importing import COLUMNS, MANY, Outcome, PaperFile, Taken, take_papers
from web import drafts
from web.pages.visit import Visit
from web.steward import offices, refusing
from web.steward.clients import by

HERE: Final = "/people"
MOST_ROWS: Final = 1_000
"""Rows of one file; its clients are locked until all of them are answered."""
SHOWN: Final = 100
FIELD: Final = "file"


@dataclass(frozen=True, slots=True)
class Answered:
    """A row's answer as it is shown: its line, and of a refused one the field and the fault."""

    line: int
    field: str = ""
    fault: Fault | None = None


def ask(visit: Visit) -> Response:
    """Ask for the file, and say what stands in its columns."""
    return _form(visit)


def take(visit: Visit) -> Response:
    """Record each row that can be; the rows themselves are not kept or shown again, for they hold identity codes."""
    body = visit.form.files.get(FIELD, b"")
    if not body:
        return _form(visit, "no_file")
    try:
        with visit.doors.database.transaction() as tx:
            file = PaperFile(body=body, most_rows=MOST_ROWS)
            taken = take_papers(tx, file, by=by(visit), at=visit.at)
    except ConsentError as refusal:
        return _form(visit, "bad_header" if refusal.field == "header" else "bad_file")
    if not taken:
        return _form(visit, "no_file")
    return visit.to(f"/imports/{drafts.keep(visit, {'rows': [_kept(row) for row in taken]})}")


def too_large(visit: Visit) -> Response:
    """Say that a file is too large; it was not read."""
    return _form(visit, "bad_file")


def answered(visit: Visit) -> Response:
    """Show what became of each row, a page at a time, or of those refused alone."""
    every = [_answered(str(row)) for row in drafts.kept(visit)["rows"]]
    refused = [row for row in every if row.fault]
    asked = refused if visit.query.get("only") == "refused" else every
    rows = [row for row in asked if row.line > _after(visit)]
    with visit.doors.database.read() as read:
        name = offices.names(read, visit.language)[visit.office]
    return visit.page(
        "steward/imported.html",
        office_name=name,
        here=HERE,
        recorded=len(every) - len(refused),
        refused=len(refused),
        only=asked is refused,
        many=len(every) > MANY,
        rows=[(row, row.fault and refusing.field(visit, row.field)) for row in rows[:SHOWN]],
        next=rows[SHOWN - 1].line if len(rows) > SHOWN else None,
    )


def _after(visit: Visit) -> int:
    after = visit.query.get("after", "0")
    return int(after) if after.isdecimal() and after.isascii() else 0


def _kept(row: Taken) -> str:
    """Spell a row's answer."""
    refused = row.outcome is Outcome.REFUSED and row.fault is not None
    return f"{row.number} {row.field or ''} {row.fault}" if refused else str(row.number)


def _answered(spelled: str) -> Answered:
    line, _, rest = spelled.partition(" ")
    field, _, fault = rest.partition(" ")
    return Answered(int(line), field, Fault(fault)) if rest else Answered(int(line))


def _form(visit: Visit, fault: str = "") -> Response:
    with visit.doors.database.read() as read:
        names = offices.names(read, visit.language)
        agreements = _own(read, visit)
    errors = visit.faults("imports", [(FIELD, fault)] if fault else [])
    return visit.page(
        "steward/imports.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        office_name=names[visit.office],
        here=HERE,
        names=names,
        columns=COLUMNS,
        agreements=agreements,
        most_rows=MOST_ROWS,
        errors=errors,
    )


def _own(read: Read, visit: Visit) -> Sequence[Agreement]:
    """List the agreements under which the office may ask now."""
    return [
        each for each in register(read).agreements if each.recipient == visit.office and each.in_force.holds(visit.at)
    ]
