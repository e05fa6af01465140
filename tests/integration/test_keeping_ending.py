"""What has been kept long enough ends in the night: every thing by its own time, counted in the log, and nothing a day too early."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from connectors.queries.erasing import landed
from db.clock import now
from db.engine import Login
from publish.errors import NothingSaysHowLong
from publish.keeping import ending
from publish.keeping.ending import end_what_is_over
from publish.keeping.lists import tell_lists
from publish.keeping.things import NOT_PERSONAL, THING_OF, Thing
from schemas.vocabulary import Source, TaskGround
from tests.asking import a_simulation
from tests.keeping import a_kept_house, consenting
from tests.pulling import House, an_environment

TABLES = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       AND n.nspname NOT LIKE 'pg_%' ORDER BY 1
"""


@pytest.fixture
def kept(database_url, tmp_path):
    environment = an_environment(database_url, tmp_path)
    house = House(environment, a_simulation(people=60))
    with environment.database(Login.OWNER) as owner, environment.database(Login.CONNECTOR) as connector:
        yield a_kept_house(house, owner, connector)


def end(kept, *, days, since=None):
    """End what is over so many days after the stand-ins' day, on which everything was pulled, or after another moment."""
    return end_what_is_over(kept.house.environment, at=(since or kept.house.at) + timedelta(days=days))


def leaves(kept, person):
    """Nobody deals with a person any more."""
    for ground in TaskGround:
        kept.world.ends(person, ground)


def run(kept, statement, **parameters):
    with kept.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text(statement), parameters)


def test_every_table_has_a_time_or_a_reason_why_nobody_is_in_it(owner):
    with owner.read() as read:
        tables = set(read.execute(text(TABLES)).scalars())

    assert tables - THING_OF.keys() - NOT_PERSONAL.keys() == set()
    assert THING_OF.keys() & NOT_PERSONAL.keys() == set()
    assert (THING_OF.keys() | NOT_PERSONAL.keys()) - tables == set()


def test_every_thing_has_a_dated_row_with_its_law_marked_unverified_until_somebody_confirms_it(owner):
    with owner.read() as read:
        rows = ending.in_force(read, at=now())

    assert rows.keys() == {thing.value for thing in Thing}
    assert all(row.law and not row.verified for row in rows.values())


def test_the_newest_row_that_has_begun_holds(owner):
    with owner.transaction() as tx:
        for day, length in (("2026-06-01", 7), ("2999-01-01", 1)):
            tx.execute(
                text(
                    "INSERT INTO publish.retention SELECT thing, counted_from, :days, law, true, approved_by, "
                    "CAST(:day AS timestamptz), recorded_at FROM publish.retention WHERE thing = 'landed_files' LIMIT 1"
                ),
                {"days": length, "day": f"{day}T00:00:00Z"},
            )

    with owner.read() as read:
        row = ending.in_force(read, at=now())["landed_files"]

    assert (row.days, row.verified) == (7, True)


def test_where_a_thing_has_no_time_nothing_at_all_is_erased(kept):
    run(kept, "DELETE FROM publish.retention WHERE thing = 'scans'")

    with pytest.raises(NothingSaysHowLong, match="scans"):
        end(kept, days=10_000)


def test_nothing_ends_a_day_after_it_came(kept):
    consenting(kept)

    assert {thing for thing, gone in end(kept, days=1).items() if gone} == set()


def test_landed_copies_end_after_a_fortnight_and_their_keys_with_them(kept):
    kept.pull(Source.TE)
    ((manifest,),) = kept.house.ask("SELECT manifest FROM staging.batch WHERE manifest IS NOT NULL")

    early = end(kept, days=13)["landed_files"]
    gone = end(kept, days=15)["landed_files"]

    assert early == 0
    assert gone > 0
    with kept.database(Login.KEEPER) as keeper, keeper.read() as read:
        assert landed(read, source=Source.TE) == []
    assert not kept.store.has(manifest)
    told = [event["result"].get("landed_files", 0) for event in kept.told("retention.erased")]
    assert sum(told) == gone


def test_checked_files_and_leave_lists_end_too(kept):
    consenting(kept)

    gone = end(kept, days=30, since=now())

    assert gone["checked_files"] > 0
    assert gone["leave_lists"] > 0
    assert list(kept.store.folders("checked")) == []
    assert list(kept.store.names("leave/sote")) == list(kept.store.folders("asked")) == []


def test_a_memory_that_a_watermark_names_stays(kept):
    kept.pull(Source.TE)
    before = list(kept.store.names("seen"))

    end(kept, days=30)

    assert list(kept.store.names("seen")) == before != []


def test_records_and_sections_of_people_without_a_task_end_and_those_of_clients_stay(kept):
    gone, stays = consenting(kept)[:2]
    leaves(kept, gone)

    end(kept, days=100, since=now())

    tables = ("staging.tyonhakija", "staging.palvelutarve", "publish.section")
    left = {
        person: [kept.house.ask(f"SELECT 1 FROM {table} WHERE person_id = :p", p=person) != [] for table in tables]
        for person in (gone, stays)
    }
    assert left == {gone: [False] * 3, stays: [True] * 3}
    assert kept.house.ask("SELECT 1 FROM staging.identity WHERE person_id = :p", p=gone) != []


PROPOSED = """
    WITH made AS (
        INSERT INTO consent.proposal
        SELECT gen_random_uuid(), 'annul_act', act_id, 'wrong_answer', '0166906-4', 'steward-1', now()
          FROM consent.act WHERE person_id = :p RETURNING proposal_id)
    INSERT INTO consent.proposal_end SELECT proposal_id, false, 'steward-2', now() FROM made
"""


def test_consents_end_five_years_after_the_last_of_them_and_identities_with_the_last_of_everything(kept):
    person, stays = consenting(kept)[:2]
    kept.withdraw(person)
    leaves(kept, person)
    acts = "SELECT count(*) FROM consent.act WHERE person_id = :p"
    run(kept, PROPOSED, p=person)

    end(kept, days=1_800, since=now())
    early = kept.house.ask(acts, p=person)
    run(kept, "UPDATE consent.current SET until_at = NULL WHERE person_id = :p", p=stays)
    end(kept, days=1_830, since=now())

    assert early == [(2,)]
    assert kept.house.ask(acts, p=person) == [(0,)]
    assert kept.house.ask(acts, p=stays) == [(1,)]
    assert (
        kept.house.ask("SELECT 1 FROM consent.proposal") == kept.house.ask("SELECT 1 FROM consent.proposal_end") == []
    )
    for table in ("staging.person", "staging.identity", "consent.person", "consent.task", "publish.person_ref"):
        assert kept.house.ask(f"SELECT 1 FROM {table} WHERE person_id = :p", p=person) == [], table


def test_a_great_deal_ends_in_many_small_transactions_each_with_its_event(kept, monkeypatch):
    monkeypatch.setattr(ending, "ROWS_AT_ONCE", 5)
    kept.pull(Source.TE)
    for person in kept.people("tyonhakija"):
        leaves(kept, person)

    gone = end(kept, days=100, since=now())["staged_records"]

    events = [
        event["result"]["staged_records"]
        for event in kept.told("retention.erased")
        if "staged_records" in event["result"]
    ]
    assert len(events) > 2
    assert sum(events) == gone
    assert kept.people("tyonhakija") == []


def test_each_night_tells_each_list_by_its_digest_and_the_same_list_has_the_same(kept):
    person = consenting(kept)[0]

    people = tell_lists(kept.house.environment, at=now())
    tell_lists(kept.house.environment, at=now())
    kept.withdraw(person)
    kept.erase()
    fewer = tell_lists(kept.house.environment, at=now())

    first, second, third = (event["result"] for event in kept.told("leave.listed")[2::3])
    assert (first["count"], second["count"]) == (people["sote"], people["sote"])
    assert first["digest"] == second["digest"] != third["digest"]
    assert third["count"] == fewer["sote"] == people["sote"] - 1
