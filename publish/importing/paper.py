"""Papers typed into a CSV: one consent, refusal or withdrawal a row (CONSENT.md 11)."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from audit.events import Actor, Event, EventType, RequestRef, RetentionClass
from audit.log import record
from consent.errors import Fault
from consent.queries.terms import Shown, notice_at
from consent.registry import ActRecord, By, Channel, Consent, Expressed, Given
from db.engine import Transaction
from db.ids import uuid7
from publish import changes_of_will
from publish.importing.answers import MANY, MOST, Taken, answered, bad
from publish.importing.moments import midnight
from publish.importing.under import agreement_of
from publish.people import barred, person_of
from schemas.identifiers import Hetu

COLUMNS: Final = ("key", "hetu", "agreement_id", "answer", "categories", "signed_on", "language", "valid_until")
MOST_BYTES: Final = 5_000_000
_NAMES: Final = {"signed_at": "signed_on", "category": "categories", "items": "categories"}
"""What a row calls the fields of the verbs."""
_NOES: Final = {"refused": changes_of_will.refuse, "withdrawn": changes_of_will.withdraw}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFile:
    """A CSV as it was uploaded, in UTF-8, fields parted by semicolons or commas; it is never printed."""

    body: bytes = field(repr=False)
    most_rows: int = MOST


@dataclass(frozen=True, slots=True)
class _Import:
    """What all rows of one file share."""

    tx: Transaction
    by: By
    at: datetime
    in_bulk: bool


def take_papers(tx: Transaction, file: PaperFile, *, by: By, at: datetime) -> list[Taken]:
    """Record every paper of a file that can be, and answer for each row by its line (the header is line 1).

    ``key`` is the office's own key of the paper: given again, the row changes nothing and gets the same answer. ``categories`` are parted
    by spaces. ``signed_on`` and ``valid_until`` are days (2026-02-01), the latter the last day, empty for as long as the agreement allows.
    A client of another office is nobody, and its agreement none; every look-up of a person is told to the log, found or not.
    Raises ConsentError with field ``file`` or ``header`` when there are no rows to speak of.
    """
    rows = list(_rows(file))
    here = _Import(tx, by, at, len(rows) > MANY)
    return [answered(number, partial(_take, here, row), names=_NAMES) for number, row in rows]


def _rows(file: PaperFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    if len(file.body) > MOST_BYTES:
        raise bad("file")
    try:
        text = file.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad("file") from None
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise bad("file") from None
    if not lines or tuple(name.strip() for name in lines[0]) != COLUMNS:
        raise bad("header")
    if len(lines) > file.most_rows + 1:
        raise bad("file")
    for number, values in enumerate(lines[1:], start=2):
        if values:
            yield number, _named(values)


def _named(values: Sequence[str]) -> dict[str, str]:
    """Name the fields of a row; one of too many or too few has none, so that its first field is refused."""
    return dict(zip(COLUMNS, (value.strip() for value in values), strict=True)) if len(values) == len(COLUMNS) else {}


def _take(here: _Import, row: Mapping[str, str]) -> UUID:
    return _verb(here, row).act_id


def _verb(here: _Import, row: Mapping[str, str]) -> ActRecord:
    expressed = Expressed(
        channel=Channel.IMPORT,
        signed_at=midnight(_text(row, "signed_on"), "signed_on"),
        command=f"paper/{here.by.office}/{_text(row, 'key')}",
        in_bulk=here.in_bulk,
    )
    person_id = _person(here, row)
    answer = _text(row, "answer")
    agreement_id = _agreement(here, row, person_id, answer)
    if answer == "given":
        return changes_of_will.grant(
            here.tx,
            person_id=person_id,
            agreement_id=agreement_id,
            consent=_consent(here, row, agreement_id, expressed),
            expressed=expressed,
            by=here.by,
            at=here.at,
        )
    if answer not in _NOES:
        raise bad("answer")
    return _NOES[answer](
        here.tx,
        person_id=person_id,
        agreement_id=agreement_id,
        categories=_text(row, "categories").split(),
        expressed=expressed,
        by=here.by,
        at=here.at,
    )


def _consent(here: _Import, row: Mapping[str, str], agreement_id: UUID, expressed: Expressed) -> Consent:
    until = midnight(_text(row, "valid_until"), "valid_until", days_on=1) if row.get("valid_until") else None
    items = [Given(category=category, valid_until=until) for category in _text(row, "categories").split()]
    return Consent(items=items, notice=_notice(here, row, agreement_id, expressed))


def _notice(here: _Import, row: Mapping[str, str], agreement_id: UUID, expressed: Expressed) -> Shown:
    """Find the text that was valid on the day of signing."""
    assert expressed.signed_at is not None
    found = notice_at(here.tx, agreement_id, language=_text(row, "language"), at=expressed.signed_at)
    if found is None:
        raise bad("language", Fault.NOTICE_MISMATCH)
    return found


def _person(here: _Import, row: Mapping[str, str]) -> UUID:
    """Find the office's client; the log is told of the look-up before anything is told of whom it found (PAGES.md 1, 3)."""
    hetu = Hetu.parse(_text(row, "hetu"), artificial_only=here.tx.keyring.development)
    found = person_of(here.tx, hetu)
    record(here.tx, _searched(here, found))
    if found is None or barred(here.tx, person_id=found, office=here.by.office or "", at=here.at):
        raise bad("hetu", Fault.NOT_FOUND)
    return found


def _searched(here: _Import, found: UUID | None) -> Event:
    return Event(
        id=uuid7(here.at),
        at=here.at,
        type=EventType.PERSON_SEARCHED,
        actor=Actor(org=here.by.office, user=here.by.user, role=here.by.role),
        retention=RetentionClass.ADMIN,
        person_id=found,
        request=RequestRef(route="POST /imports", trust="page", params={"reason": "paper"}),
    )


def _agreement(here: _Import, row: Mapping[str, str], person_id: UUID, answer: str) -> UUID:
    try:
        named = UUID(_text(row, "agreement_id"))
    except ValueError:
        raise bad("agreement_id") from None
    return agreement_of(
        here.tx,
        named,
        office=here.by.office,
        person_id=person_id,
        ends=answer == "withdrawn",
        at=here.at,
        field="agreement_id",
    ).agreement_id


def _text(row: Mapping[str, str], name: str) -> str:
    """Take a field that has to be there, in signs that print."""
    value = row.get(name, "")
    if not value or not value.isprintable():
        raise bad(name)
    return value
