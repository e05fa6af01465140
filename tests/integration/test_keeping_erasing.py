"""After a no, what was kept goes: staged rows, leave lists, landed copies; what others have stays, and a new yes brings it back."""

import threading
import time

import pytest
from sqlalchemy import text

from connectors.queries import books
from db.clock import now
from db.engine import Login
from publish.keeping.erasing import LOOK_AGAIN
from publish.keeping.watch import watch
from schemas.vocabulary import Source
from tests.asking import a_simulation
from tests.keeping import NEED, a_kept_house, consenting
from tests.pulling import House, an_environment


@pytest.fixture
def kept(database_url, tmp_path):
    environment = an_environment(database_url, tmp_path)
    house = House(environment, a_simulation(people=60))
    with environment.database(Login.OWNER) as owner, environment.database(Login.CONNECTOR) as connector:
        yield a_kept_house(house, owner, connector)


@pytest.fixture
def needy(kept):
    """Two people of whom the county told a need, with their consents."""
    return consenting(kept)[:2]


def test_a_withdrawal_erases_the_staged_rows_and_the_landed_copies_of_its_person_alone(kept, needy):
    person, other = needy
    before = kept.rows_of(other, "palvelutarve")

    kept.withdraw(person)
    counts = kept.erase()

    assert counts.rows > 0
    assert kept.rows_of(person, "palvelutarve") == 0
    assert kept.rows_of(other, "palvelutarve") == before
    copies = kept.copies(Source.SOTE)
    assert not any(kept.marks(person).within(part) for part in copies)
    assert any(kept.marks(other).within(part) for part in copies)


def test_what_was_erased_is_an_event_of_its_person(kept, needy):
    kept.withdraw(needy[0])
    kept.erase()

    staged = kept.told("section.erased")[-1]
    assert (staged["categories"], staged["result"]) == ([NEED], {"rows": 1})
    assert [event["type"] for event in kept.told("leave.left")] == ["leave.left"]
    assert kept.told("retention.erased")[-1]["result"]["copies"] > 0


def test_withdrawn_erased_and_granted_again_the_same_bytes_come_back(kept, needy):
    person, _ = needy
    before = kept.section(person, NEED)
    kept.withdraw(person)
    kept.erase()
    kept.publish()
    erased = kept.section(person, NEED)

    kept.grant(person)
    kept.pull(Source.SOTE)
    kept.publish()

    assert erased is None
    assert before is not None
    assert kept.section(person, NEED) == before


def test_a_withdrawal_and_a_grant_between_two_looks_erase_nothing(kept, needy):
    person, _ = needy
    kept.withdraw(person)
    kept.grant(person)

    counts = kept.erase()

    assert (counts.rows, counts.copies) == (0, 0)
    assert kept.rows_of(person, "palvelutarve") == 1


def test_copies_whose_rewriting_was_cut_off_are_rewritten_at_the_next_turn(kept, needy):
    person, other = needy
    kept.withdraw(person)

    class FullDisk(type(kept.store)):
        def put(self, path, body):
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        kept.erase(store=FullDisk(kept.house.environment.home / "store"))
    cut_off = any(kept.marks(person).within(part) for part in kept.copies(Source.SOTE))
    kept.erase()

    assert cut_off
    assert not any(kept.marks(person).within(part) for part in kept.copies(Source.SOTE))
    assert any(kept.marks(other).within(part) for part in kept.copies(Source.SOTE))


def test_the_former_copy_is_dead_though_its_files_were_left_behind(kept, needy):
    person, _ = needy
    ((former, key),) = kept.house.ask("SELECT manifest, store_key FROM staging.batch WHERE source = 'sote'")

    kept.withdraw(person)
    kept.erase()

    ((manifest, other_key),) = kept.house.ask("SELECT manifest, store_key FROM staging.batch WHERE source = 'sote'")
    assert manifest != former
    assert other_key != key
    assert not kept.store.has(former)


def test_what_a_pull_under_way_brings_back_goes_at_the_second_look(kept, needy):
    person, _ = needy
    old_list = kept.house.leave(*((NEED, str(each), "12") for each in needy))
    kept.withdraw(person)
    kept.erase()
    _ask_again(kept, needy)
    kept.house.pull("sote", leave=old_list)
    came_back = kept.rows_of(person, "palvelutarve")

    kept.erase(at=now() + LOOK_AGAIN)

    assert came_back == 1
    assert kept.rows_of(person, "palvelutarve") == 0
    assert not any(kept.marks(person).within(part) for part in kept.copies(Source.SOTE))


def _ask_again(kept, people):
    with kept.database(Login.OWNER) as owner, owner.transaction() as tx:
        books.ask_from_the_beginning(tx, person_ids=people, source=Source.SOTE, at=kept.house.at)


def test_nobody_waits_any_longer_once_no_batch_from_before_is_left(kept, needy):
    kept.withdraw(needy[0])
    kept.erase()
    waiting = kept.queue()

    kept.erase(at=now() + LOOK_AGAIN)

    assert [(person, copies) for person, _, copies in waiting] == [(needy[0], [])]
    assert kept.queue() == []


def test_somebody_waits_as_long_as_a_batch_from_before_may_still_be_merged(kept, needy):
    kept.withdraw(needy[0])
    kept.erase()
    with kept.database(Login.OWNER) as owner, owner.transaction() as tx:
        tx.execute(text("UPDATE staging.batch SET state = 'checked' WHERE source = 'sote'"))

    kept.erase(at=now() + LOOK_AGAIN)
    kept.erase(at=now() + LOOK_AGAIN * 3)

    assert [person for person, *_ in kept.queue()] == [needy[0]]


def test_the_keeper_erases_by_itself_within_a_minute(kept, needy):
    person, _ = needy
    stop = threading.Event()
    keeper = threading.Thread(target=watch, args=(kept.house.environment, stop))
    keeper.start()
    try:
        began = time.monotonic()
        kept.withdraw(person)
        while (kept.rows_of(person, "palvelutarve") or _copied(kept, person)) and time.monotonic() - began < 60:
            time.sleep(0.1)
    finally:
        stop.set()
        keeper.join()

    assert kept.rows_of(person, "palvelutarve") == 0
    assert not _copied(kept, person)


def _copied(kept, person):
    return any(kept.marks(person).within(part) for part in kept.copies(Source.SOTE))
