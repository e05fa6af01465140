"""The daily root over how far every person's numbers have come: told once, computed again from the events, and proven for a person."""

import threading
from datetime import UTC, datetime

import pytest

from audit import indexing, tables
from audit.fence import Fence
from audit.indexing import roots, write_roots
from audit.log import record_all
from audit.queries import heads as queries
from audit.verify import Code, Summary, trusting, verify_database
from db.engine import Database, Login
from db.ids import uuid7
from db.keys import Keyring, Use
from publish.reconciling.watch import watch
from tests.logs import a_log, an_event, entries
from tests.pulling import an_environment
from tests.tampering import tamper

AT = datetime(2026, 6, 2, 3, tzinfo=UTC)
PEOPLE = 30


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def people(log, web_login, owner, monkeypatch):
    """Thirty people at whom somebody looked, up to three times; blocks are of eight lines."""
    monkeypatch.setattr("audit.heads.LEVEL", 3)
    monkeypatch.setattr("audit.heads.BLOCK", 8)
    ids = [uuid7(AT) for _ in range(PEOPLE)]
    with web_login.transaction() as tx:
        record_all(tx, [an_event(person_id=each) for n, each in enumerate(ids) for _ in range(1 + n % 3)])
    log.settle(owner)
    return ids


@pytest.fixture
def night(reconciler, log, owner):
    """Write the roots that are due, and let them be sealed; gives how many were."""

    def written():
        with reconciler.transaction(snapshot=True) as tx:
            count = write_roots(tx, at=AT)
        log.settle(owner)
        return count

    return written


def told(owner):
    return [row for row in entries(owner) if row.type == "index.root"]


@pytest.fixture
def verified(verifier_login, keyring, log):
    def codes():
        found = verify_database(verifier_login, trusting(keyring, Fence(log.fence)))
        return [each.code for each in found if not isinstance(each, Summary)]

    return codes


@pytest.mark.usefixtures("people")
def test_a_night_tells_one_root_of_a_log_that_has_grown(night, reconciler, owner, log):
    assert night() == 1
    (event,) = told(owner)
    with owner.read() as read:
        ((root, _),) = roots(read, queries.sizes(read))
        people = read.execute(tables.event.select().where(tables.event.c.index < root.size)).all()

    assert root.lines == len({row.person for row in people if row.person})
    assert root.size == event.index or root.size < event.index, "it covers what was sealed before it"
    assert night() == 1
    log.stop()
    with reconciler.transaction(snapshot=True) as tx:
        assert write_roots(tx, at=AT) == 1
    with reconciler.transaction(snapshot=True) as tx:
        assert write_roots(tx, at=AT) == 0, "one of a moment, sealed or not"


@pytest.mark.usefixtures("people")
def test_the_newest_root_is_computed_again_from_the_events(night, owner, verified, database_url):
    night()
    assert verified() == []
    (event,) = told(owner)

    tamper(database_url, f"UPDATE audit.event SET person_n = person_n + 1 WHERE index = {event.index - 2}")

    assert Code.INDEX_DIFFERS in verified()


def test_a_person_is_proven_under_the_root_by_their_line_or_its_neighbours(people, night, log, owner, web_login):
    night()
    with web_login.transaction() as tx:
        record_all(tx, [an_event(person_id=each) for each in people])
    log.settle(owner)
    with owner.read() as read:
        newest = read.execute(tables.person_head.select().with_only_columns(tables.person_head.c.person)).scalars()
        persons = {bytes(each) for each in newest} | {bytes(16), b"\xff" * 16, b"\x80" * 16}
        (found,) = indexing.shown(read, persons, queries.sizes(read))
        then = list(queries.then(read, log=found.root.log, size=found.root.size))

    assert [each.line for each in found.proven] == then


class Once(threading.Event):
    """Lets the reconciler look once."""

    def wait(self, timeout=None):
        self.set()
        return super().wait(timeout)


def test_the_reconciler_tells_the_root_at_its_start_and_verifies_behind_it(database_url, owner, tmp_path):
    environment = an_environment(database_url, tmp_path)
    with a_log(database_url, Keyring.open(environment.keyring_path, set(Use))) as log:
        log.start()
        log.settle(owner)

        watch(environment, Once())
        log.settle(owner)

    types = [row.type for row in entries(owner)]
    assert types.count("index.root") == 1
    assert types.index("index.root") < types.index("log.verified")
