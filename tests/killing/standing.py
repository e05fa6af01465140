"""What stands after a night, told so that two homes can be compared row for row: nothing random and no moment of our own clock in it.

A person is named by the keyed hashes of all their identity codes, the same in every home that has the same keys, wherever the random id
stands in a value. What is encrypted is opened. A row counts as often as it stands. Left out are the names that are drawn anew in each
home (batches, references, acts), the numbers of the feed, and when something was written.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Table, func, select

from audit import tables as log
from connectors import tables as staging
from connectors.layout import context
from connectors.tables import kela, sote, te
from consent import tables as consent
from db.engine import Database, Login, Read
from db.environment import Environment
from db.keys import Keyring, Use
from publish import tables as publish
from publish.queries.reading import body_context

TYPED = tuple(table for module in (te, kela, sote) for table in vars(module).values() if isinstance(table, Table))
OF_OUR_CLOCK = frozenset(
    {"recorded_at", "known_at", "changed_at", "published_at", "decided_at", "at", "first_at", "last_at"}
)
DRAWN = frozenset({"batch_id", "seq", "ref", "act_id", "quarantine_id", "payload", "locator"})
COMPARED: Mapping[Table, frozenset[str]] = {
    **dict.fromkeys(TYPED, frozenset()),
    staging.person: frozenset(),
    staging.identity: frozenset({"hetu"}),
    staging.protection: frozenset(),
    staging.quarantine: frozenset({"closed_at"}),
    staging.watermark: frozenset({"moved_at", "seen"}),
    staging.pending: frozenset(),
    staging.to_ask: frozenset(),
    consent.person: frozenset(),
    consent.person_fact: frozenset(),
    consent.task: frozenset(),
    consent.current: frozenset(),
    publish.section: frozenset(),
    publish.entitlement: frozenset(),
    publish.change: frozenset(),
    publish.person_ref: frozenset(),
    publish.leave: frozenset({"since"}),
}
"""Each table that is compared, with what is left out of it beside the names drawn and the moments of our clock."""
TOLD_ONCE = ("leave.entered", "leave.left", "identity.changed", "load.completed", "view.published", "consent.granted")
OF_WHOLE_SECONDS = (consent.task, consent.current)
"""Here sources tell moments by the second; one that is finer is of our own clock: when it was seen that a task had ended, a desk heard."""
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
Row = tuple[object, ...]


def standing(environment: Environment) -> dict[str, Counter[Row]]:
    """Give every compared table's rows, with how often each stands, and how often the log tells what is told once."""
    keys = Keyring.open(environment.keyring_path)
    with Database(environment.database_url, Login.OWNER, keys) as database, database.read(snapshot=True) as read:
        names = _names(read)
        found = {table.fullname: _rows(read, table, names) for table in COMPARED}
        found["log"] = _told(read)
    return found


def differences(
    calm: Mapping[str, Counter[Row]], killed: Mapping[str, Counter[Row]]
) -> dict[str, tuple[int, int, list[Row]]]:
    """Give, for each table that differs, how many rows only one home has, and the first of each; empty when all are the same."""
    assert calm.keys() == killed.keys()
    apart = {name: (calm[name] - killed[name], killed[name] - calm[name]) for name in calm}
    return {
        name: (lost.total(), more.total(), [*list(lost)[:2], *list(more)[:2]])
        for name, (lost, more) in apart.items()
        if lost or more
    }


def _names(read: Read) -> dict[str, str]:
    hashes: defaultdict[UUID, list[str]] = defaultdict(list)
    of = staging.identity.c
    for person_id, hash_ in read.execute(select(of.person_id, of.hetu_hash)):
        hashes[person_id].append(hash_.hex())
    return {str(person_id): "+".join(sorted(known)) for person_id, known in hashes.items()}


def _rows(read: Read, table: Table, names: Mapping[str, str]) -> Counter[Row]:
    left_out = COMPARED[table] | DRAWN | OF_OUR_CLOCK
    told = [column for column in table.c if column.name not in left_out]
    return Counter(
        tuple(_plain(value, names, seconds=table in OF_WHOLE_SECONDS) for value in _opened(read, table, row, told))
        for row in read.execute(select(table)).mappings()
    )


def _opened(read: Read, table: Table, row, told) -> Iterator[object]:
    """Yield the values of a row, those opened that are encrypted."""
    for column in told:
        value = row[column]
        secret = _context(table, column.name, row) if isinstance(column.type, LargeBinary) else None
        if secret is not None and value is not None:
            value = read.keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, value, context=secret)
        yield value


def _context(table: Table, column: str, row) -> bytes | None:
    if table in TYPED:
        return context(table.name, column, row["source_record_id"])
    if (table, column) == (publish.section, "body_encrypted"):
        return body_context(row["person_id"], row["category"], row["controller"])
    return None


def _plain(value: object, names: Mapping[str, str], *, seconds: bool) -> object:
    """Write a value with each person in it by name, and our own moments as such."""
    if isinstance(value, list | tuple):
        return tuple(_plain(each, names, seconds=seconds) for each in value)
    if isinstance(value, dict):
        return tuple((key, _plain(each, names, seconds=seconds)) for key, each in sorted(value.items()))
    if isinstance(value, datetime) and seconds and value.microsecond:
        return "a moment of ours"
    if isinstance(value, UUID):
        value = str(value)
    if isinstance(value, str):
        return _ID.sub(lambda found: names.get(found[0], found[0]), value)
    return value


def _told(read: Read) -> Counter[Row]:
    of = log.event.c
    counted = select(of.type, func.count()).where(of.type.in_(TOLD_ONCE)).group_by(of.type)
    return Counter({(type_,): number for type_, number in read.execute(counted)})
