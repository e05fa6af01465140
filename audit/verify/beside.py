"""What stands beside the entries and must agree with them: columns, persons' numbers, details, and what guards the tables."""

from collections.abc import Iterator

from audit import details, entry
from audit.errors import EventRejected
from audit.queries import verification
from audit.queries.verification import DetailCopy
from audit.verify.findings import Code, Finding
from db.engine import Database, Read
from db.errors import DecryptionFailed, KeyMissing, StatementRefused
from db.keys import Keyring

PAGE = 10_000


def beside(database: Database, *, with_details: bool) -> list[Finding]:
    """Compare everything beside the entries; the details only where asked, for they are decrypted."""
    with database.read(snapshot=True) as read:
        findings = [*_guards(read)]
        for year in verification.logs(read):
            findings += _columns(read, year)
            findings += _persons(read, year)
            findings += _details(read, year) if with_details else ()
    return findings


def _guards(read: Read) -> Iterator[Finding]:
    for what in verification.unguarded(read):
        yield Finding(code=Code.GUARD_MISSING, sentence=f"The table {what}.")


def _columns(read: Read, year: int) -> Iterator[Finding]:
    try:
        with read.connection.begin_nested():
            differing = verification.differing_columns(read, year)
    except StatementRefused:
        yield Finding(
            code=Code.COLUMN_DIFFERS, log=year, sentence="An entry is not JSON, so columns cannot be compared."
        )
        return
    for found in differing:
        sentence = f"The column {found.column} of the event {found.index} is not what its entry says."
        yield Finding(code=Code.COLUMN_DIFFERS, log=year, index=found.index, sentence=sentence)


def _persons(read: Read, year: int) -> Iterator[Finding]:
    try:
        with read.connection.begin_nested():
            gaps = verification.person_gaps(read, year)
    except StatementRefused:
        return
    for index in gaps:
        sentence = f"At the event {index} a person's numbers do not follow one another."
        yield Finding(code=Code.PERSON_GAP, log=year, index=index, sentence=sentence)


def _details(read: Read, year: int) -> Iterator[Finding]:
    start = 0
    while page := verification.details_from(read, year, start, PAGE):
        for copy in page:
            yield from _detail(read.keyring, year, copy)
        start = page[-1].index + 1


def _detail(keyring: Keyring, year: int, copy: DetailCopy) -> Iterator[Finding]:
    """Open a detail and compare it with what the entry commits to; one whose key was erased is erased, not wrong."""
    if copy.box is None:
        return
    try:
        fits = _committed(copy.entry) == details.commitment_of(details.decrypted(keyring, copy.event_id, copy.box))
    except KeyMissing as missing:
        yield Finding(code=Code.KEY_MISSING, log=year, index=copy.index, sentence=str(missing))
        return
    except (DecryptionFailed, ValueError, KeyError):
        fits = False
    if not fits:
        sentence = f"The detail of the event {copy.index} is not the one that was sealed."
        yield Finding(code=Code.DETAIL_CHANGED, log=year, index=copy.index, sentence=sentence)


def _committed(written: bytes) -> object:
    try:
        return entry.read(written).get("detail")
    except EventRejected:
        return None
