"""What stands beside the entries and must agree with them: columns, persons' numbers, details, and what guards the tables."""

from collections.abc import Iterator

from audit import details, entry
from audit.errors import EventRejected
from audit.queries import detailed, verification, watching
from audit.queries.detailed import DetailCopy
from audit.verify.findings import Code, Finding
from db.engine import Read
from db.errors import DecryptionFailed, KeyMissing, StatementRefused
from db.keys import Keyring

PAGE = 10_000

_STRAYS = {"event": Code.ENTRY_EXTRA, "checkpoint": Code.FORKED, "node": Code.NODE_CHANGED}


def guards(read: Read) -> Iterator[Finding]:
    """Name what keeps the tables no longer."""
    for what in verification.unguarded(read):
        yield Finding(code=Code.GUARD_MISSING, sentence=f"The table {what}.")
    for event in watching.unwatched(read):
        sentence = f"Changes of the schema tell the log of themselves no more: no event trigger on {event}."
        yield Finding(code=Code.GUARD_MISSING, sentence=sentence)


def columns(read: Read, year: int) -> Iterator[Finding]:
    """Name the columns that do not say what their entry says."""
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


def checkpoints(read: Read, year: int) -> Iterator[Finding]:
    """Name the checkpoints that are not of the moment of their last event, and the sizes at which one is missing."""
    for size in verification.misdated(read, year):
        sentence = f"The checkpoint of {size} events is dated otherwise than its last event."
        yield Finding(code=Code.COLUMN_DIFFERS, log=year, index=size - 1, sentence=sentence)
    for size in verification.unsigned(read, year):
        sentence = f"The checkpoint of {size} events was removed: a batch ended there."
        yield Finding(code=Code.CHECKPOINT_MISSING, log=year, index=size - 1, sentence=sentence)


def strays(read: Read, year: int, size: int) -> Iterator[Finding]:
    """Name rows that stand outside the log and its tree."""
    for kind, number, level in verification.strays(read, year, size.bit_length()):
        code = _STRAYS[kind]
        at = f"{number} of level {level}" if code is Code.NODE_CHANGED else str(number)
        sentence = f"There is a {kind} {at}, where the log of {size} events has no place for one."
        yield Finding(code=code, log=year, index=max(min(number << max(level, 0), size - 1), 0), sentence=sentence)


def gone(read: Read, year: int, first: int, size: int) -> Iterator[Finding]:
    """Name what is gone of a log's beginning though no claim says so: events from ``first`` on, all of them at once."""
    found = verification.first_index(read, year)
    until = (size if found is None else min(found, size)) - 1
    if until > first:
        sentence = f"The events {first} to {until} are gone, and nothing that is sealed says why."
        yield Finding(code=Code.PARTITION_MISSING, log=year, index=first, until=until, sentence=sentence)


def persons(read: Read, year: int, pruned: int) -> Iterator[Finding]:
    """Name the events before which one of the same person is missing."""
    try:
        with read.connection.begin_nested():
            gaps = verification.person_gaps(read, year, pruned)
    except StatementRefused:
        return
    for index in gaps:
        sentence = f"At the event {index} a person's numbers do not follow one another."
        yield Finding(code=Code.PERSON_GAP, log=year, index=index, sentence=sentence)


def details_of(read: Read, year: int) -> Iterator[Finding]:
    """Decrypt every detail and name those that are not what was sealed, and those that are gone."""
    for index in detailed.without_detail(read, year):
        yield Finding(
            code=Code.DETAIL_MISSING, log=year, index=index, sentence=f"The detail of the event {index} was removed."
        )
    start = 0
    while page := detailed.details_from(read, year, start, PAGE):
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
