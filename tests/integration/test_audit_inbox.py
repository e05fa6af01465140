"""Taking events out of a long inbox: how many rows the server reads for it, whatever it took the tables for when it planned."""

from hashlib import md5

import pytest
from sqlalchemy import text as sql

from audit.inbox import Page
from audit.queries import sequence
from db.engine import Database, Login
from db.prepared import names
from db.server import connected
from db.together import driver

WAITING, PERSONS = 6_000, 3_000
PAGE = 40
FILL = (
    f"""
    INSERT INTO audit.inbox (id, body, person)
    SELECT gen_random_uuid(), convert_to(repeat('b', 900), 'UTF8'), decode(md5(mod(g, {PERSONS})::text), 'hex')
      FROM generate_series(1, {WAITING}) AS g
    """,
    f"""
    INSERT INTO audit.event (log, index, id, entry, leaf, seq_t, t, type, outcome, class)
    SELECT 2026, g, gen_random_uuid(), '', '', now(), now(), 'heartbeat', 'ok', 'admin' FROM generate_series(1, {WAITING}) AS g
    """,
)


@pytest.fixture
def line(database_url, keyring):
    """The one connection of a sequencer."""
    with Database(database_url, Login.SEQUENCER, keyring, pool_size=1) as database:
        with database.transaction() as tx:
            sequence.take_lock(tx)
        yield database


def asked(callers):
    """What a batch asks when so many call about persons who have two events waiting each."""
    kin = frozenset(md5(str(number).encode(), usedforsecurity=False).hexdigest() for number in range(callers))
    return sequence.Asked(
        ids=[], spends=[], guards=[], log=2026, persons=kin, kin=kin, most=2_000, page=Page(floor=0, most=PAGE)
    )


def planned(line, mode):
    """Have the connection plan once for all, or each time anew."""
    with line.transaction() as tx:
        tx.execute(sql(f"SET plan_cache_mode = force_{mode}_plan"))


def rows_read(line, asked):
    """How many rows of the inbox and the log are read to take these events out, and how many are taken."""
    drain = sequence._DRAIN
    with line.transaction() as tx:
        values = ", ".join(f"'{asked.values[each]}'" for each in drain.parameters)
        execution = f"EXECUTE {names(driver(tx))[drain.name].decode()} ({values})"
        plan = tx.execute(sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {execution}")).scalar_one()[0]["Plan"]
    return _read(plan), plan["Actual Rows"]


def _read(plan):
    own = 0
    if plan.get("Relation Name") in ("inbox", "event") and plan["Node Type"] != "ModifyTable":
        passed = sum(plan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        own = (plan["Actual Rows"] + passed) * plan["Actual Loops"]
    return own + sum(map(_read, plan.get("Plans", [])))


@pytest.mark.parametrize("callers", [0, 100])
@pytest.mark.parametrize("mode", ["generic", "custom"])
def test_no_more_rows_are_read_than_are_taken_though_all_was_empty_when_it_was_planned(
    line, database_url, mode, callers
):
    planned(line, mode)
    with line.transaction() as tx:
        sequence.begin(tx, asked(callers))
    with connected(database_url) as connection:
        for statement in FILL:
            connection.exec_driver_sql(statement)

    read, taken = rows_read(line, asked(callers))

    assert PAGE <= taken <= PAGE + 2 * callers
    assert read <= 3 * (PAGE + 2 * callers)
