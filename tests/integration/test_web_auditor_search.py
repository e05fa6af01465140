"""A search by the blocks that hold a kind finds what a search of the whole log finds, in the same order, and reads no block for nothing."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select

from audit import naming, tables
from audit.events import Actor, EventType, Outcome, RequestRef, RetentionClass, RunRef
from audit.log import record_all
from audit.queries import blocks, named, search
from audit.queries.blocks import Stretch
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Key, Wanted
from audit.reading import entry_of
from db.engine import Database, Login
from db.ids import uuid7
from db.together import driver
from publish.reconciling.watch import take_in_blocks
from tests.logs import an_event
from tests.looking import NOON
from tests.published import MIKKELI, SAVONLINNA

SMALL = 8
EVENTS = 100
YEARS = (2025, 2026)
ASKED = [
    Wanted(since=NOON + timedelta(minutes=20), until=NOON + timedelta(minutes=50)),
    Wanted(before=Key(NOON + timedelta(minutes=50), 50)),
    Wanted(org=SAVONLINNA),
    Wanted(org=MIKKELI, outcome="error"),
    Wanted(but_role="steward"),
    Wanted(types=("person.viewed", "session.opened")),
    Wanted(category="te.suunnitelma"),
    Wanted(category="kela.vireillaolo", org=MIKKELI),
    Wanted(outcome="error", since=NOON + timedelta(minutes=20)),
    Wanted(types=("session.opened",), until=NOON + timedelta(minutes=30)),
    Wanted(system="nobody"),
    Wanted(purpose="TYO-380-2023"),
    Wanted(controller=MIKKELI),
    Wanted(controller=SAVONLINNA, category="te.suunnitelma"),
    Wanted(class_="benefit"),
    Wanted(dag="pull_te", outcome="error"),
    Wanted(cases=("K-3",)),
    Wanted(cases=("K-3",), controller=MIKKELI, since=NOON + timedelta(minutes=20)),
    Wanted(cases=("K-99",)),
    Wanted(users=("s-1",), run="r-1"),
    Wanted(users=("s-1",), types=("person.viewed",), class_="admin"),
    Wanted(run="r-2", before=Key(NOON + timedelta(minutes=50), 50)),
]


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def small(monkeypatch):
    """Blocks of eight events."""
    monkeypatch.setattr(blocks, "BLOCK", SMALL)


def event(number):
    """The events differ in everything that a search may name; each eleventh was told late."""
    at = NOON + timedelta(minutes=number - 15 * (number % 11 == 0))
    office = {"org": SAVONLINNA if number % 3 else MIKKELI, "role": "steward" if number % 2 else "system"}
    return an_event(
        id=uuid7(at),
        at=at,
        type=EventType.SESSION_OPENED if number % 5 else EventType.PERSON_VIEWED,
        outcome=Outcome.OK if number % 17 else Outcome.ERROR,
        actor=Actor(user=f"s-{number % 4}", **office),
        categories=("te.suunnitelma",) if number % 7 == 0 else ("te.palvelut", "kela.vireillaolo"),
        controllers=(SAVONLINNA, MIKKELI)[: number % 3],
        retention=RetentionClass.ADMIN if number % 2 else RetentionClass.BENEFIT,
        request=RequestRef(route="GET /", trust="page", case=f"K-{number % 13}") if number % 4 else None,
        run=RunRef(dag="pull_te", run=f"r-{number % 3}", task="land") if number % 5 == 0 else None,
    )


@pytest.fixture
def filled(log, owner):
    with log.sealer():
        with owner.transaction() as tx:
            record_all(tx, map(event, range(EVENTS)))
        log.settle(owner)


def called(wanted, keyring):
    """Ask for all names that a user or a case can have, most of which were never used."""
    users = [name for user in wanted.users for name in naming.of_user(keyring, YEARS, user)]
    cases = [name for case in wanted.cases for name in naming.of_case(keyring, YEARS, case)]
    return replace(wanted, users=tuple(map(bytes.fromhex, users)), cases=tuple(map(bytes.fromhex, cases)))


def both(web_login, wanted, limit=20):
    """What a search finds by blocks or by name, and by walking the log."""
    with web_login.read() as read, reading_as(read, Reader.AUDITOR):
        wanted = called(wanted, read.keyring)
        return search.events(read, wanted, limit=limit), search._all_of(read, wanted, limit=limit)


def test_by_blocks_by_name_and_by_walking_the_same_is_found(small, filled, reconciler, web_login, monkeypatch):
    take_in_blocks(reconciler)

    unlike, empty = [], set()
    for few, limit, wanted in product((1, named.FEW), (3, 20, 200), ASKED):
        monkeypatch.setattr(named, "FEW", few)
        found, walked = both(web_login, wanted, limit)
        unlike += [(few, limit, wanted)] if found != walked else []
        empty |= set() if walked else {wanted}

    assert unlike == []
    assert empty == {Wanted(system="nobody"), Wanted(cases=("K-99",))}


def test_page_by_page_everything_comes_once(small, filled, reconciler, web_login):
    take_in_blocks(reconciler)
    wanted, pages = Wanted(org=MIKKELI), []
    while found := both(web_login, wanted, 5)[0]:
        pages += found
        wanted = replace(wanted, before=Key(found[-1].t, found[-1].index))

    assert pages == both(web_login, Wanted(org=MIKKELI), 200)[1]


def test_what_was_not_taken_in_is_found_as_well(small, filled, reconciler, web_login):
    with reconciler.transaction() as tx:
        assert blocks.take_in(tx) > 0
    found, walked = both(web_login, Wanted(types=("session.opened",)), 200)

    assert found == walked


def test_full_blocks_are_taken_in_once_and_the_rest_waits(small, filled, reconciler, owner):
    take_in_blocks(reconciler)
    with reconciler.transaction() as tx:
        assert blocks.take_in(tx) == 0

    with owner.read() as read:
        size = read.execute(select(func.count()).select_from(tables.event)).scalar_one()
        taken = read.execute(select(func.count()).select_from(tables.block)).scalar_one()
    assert taken == size // SMALL


def test_what_asks_for_a_kind_that_never_was_reads_no_block(small, filled, reconciler, web_login, monkeypatch):
    take_in_blocks(reconciler)
    monkeypatch.setattr(blocks, "_blocks", None)

    assert both(web_login, Wanted(org=SAVONLINNA, reason="emergency"))[0] == []


def within(read, wanted, sizes, limit=EVENTS):
    with search.within(read, wanted, sizes=sizes, limit=limit) as found:
        return list(found)


@pytest.mark.usefixtures("small", "filled")
@pytest.mark.parametrize("parts", [1, 64])
def test_an_export_holds_what_is_found_in_the_order_of_the_log_each_event_as_soon_as_it_is_found(
    reconciler, web_login, monkeypatch, parts
):
    monkeypatch.setattr(blocks, "_STRETCHES", parts)
    take_in_blocks(reconciler)
    sizes = {2026: EVENTS - 10}
    with web_login.read() as read, reading_as(read, Reader.AUDITOR):
        wanted = [called(each, read.keyring) for each in ASKED]
        walked = [search._all_of(read, each, limit=EVENTS) for each in wanted]
        exported = [within(read, each, sizes) for each in wanted]

        with pytest.raises(ZeroDivisionError), search.within(read, Wanted(), sizes=sizes, limit=EVENTS) as coming:
            next(1 // 0 for _ in coming)
        with search.within(read, Wanted(), sizes=sizes, limit=EVENTS) as coming:
            first, is_coming = next(coming), driver(read).info.transaction_status == TransactionStatus.ACTIVE
            rest = list(coming)

    covered = [[each for each in found if each.index < EVENTS - 10] for found in walked]
    assert exported == [sorted(found, key=lambda each: each.index) for found in covered]
    assert (first.index, is_coming, [each.index for each in rest]) == (0, True, list(range(1, EVENTS - 10)))


def test_an_export_walks_what_can_hold_an_event_and_no_more(small, filled, reconciler, web_login):
    take_in_blocks(reconciler)
    with web_login.read() as read, reading_as(read, Reader.AUDITOR):
        by_run, never, late, all_ = (
            list(blocks.stretches(read, wanted, {2026: EVENTS}))
            for wanted in (
                Wanted(dag="pull_te", outcome="error"),
                Wanted(system="nobody"),
                Wanted(since=NOON + timedelta(minutes=60), until=NOON + timedelta(minutes=70)),
                Wanted(),
            )
        )
        found = within(read, Wanted(dag="pull_te"), {2026: EVENTS}, limit=3)

    behind = Stretch(2026, EVENTS // SMALL * SMALL, EVENTS)
    assert never == [behind]
    assert all_ == [Stretch(2026, 0, EVENTS)]
    assert [each.until - each.first for each in by_run] == [SMALL, SMALL, EVENTS % SMALL]
    assert sum(each.until - each.first for each in late) < EVENTS // 2
    assert [entry_of(each.entry).run for each in found] == ["r-0", "r-2", "r-1"]
