"""What a disclosure may rely on, and who may touch which rows of schema consent."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consent import queries, terms
from consent.queries import people
from consent.tables import CONSENT, act, current, person, register
from db.errors import SerializationFailure, StatementRefused
from db.migrate import differences
from tests.spec import live, story, world

NOON = world.moment("1.2.")


@pytest.fixture
def two(examples, owner):
    with owner.transaction() as tx:
        return live.live(tx, (story.Grant(),)), live.live(tx, ())


def guards(database, *ids):
    with database.read() as read:
        seqs = [people.consent_seq(read, person_id) for person_id in ids]
        return list(ids), seqs, [queries.register(read).seq] * len(ids)


def unchanged(database, ids, consent_seqs, register_seqs):
    with database.transaction() as tx:
        return set(tx.execute(select(func.consent.unchanged(ids, consent_seqs, register_seqs))).scalars())


def touch(database, person_id):
    with database.transaction() as tx:
        live.learn(tx, person_id, "language", "sv", at=NOON)


def test_the_tables_in_code_are_those_of_the_migration(database_url):
    assert differences(database_url, [CONSENT]) == []


def test_what_has_not_moved_still_holds(web_login, sequencer_login, two):
    assert unchanged(sequencer_login, *guards(web_login, *two)) == {1, 2}


def test_a_person_asked_about_twice_holds_twice(web_login, sequencer_login, two):
    assert unchanged(sequencer_login, *guards(web_login, two[0], two[0])) == {1, 2}


def test_who_has_moved_does_not_hold(owner, web_login, sequencer_login, two):
    asked = guards(web_login, *two)
    touch(owner, two[0])

    assert unchanged(sequencer_login, *asked) == {2}


def test_a_new_rule_lets_nothing_hold(web_login, sequencer_login, two):
    asked = guards(web_login, *two)
    with web_login.transaction() as tx:
        terms.enrol(tx, terms.Party(recipient="1111111-9", kind="county"), by=live.ADMIN, at=NOON)

    assert unchanged(sequencer_login, *asked) == set()


def test_who_is_being_changed_is_not_waited_for(owner, web_login, sequencer_login, two):
    asked = guards(web_login, *two)
    with owner.transaction() as tx:
        live.learn(tx, two[0], "language", "sv", at=NOON)

        assert unchanged(sequencer_login, *asked) == {2}


def test_a_change_waits_for_who_relies_on_the_person(web_login, sequencer_login, owner, two):
    asked = guards(web_login, *two)
    changing = threading.Thread(target=touch, args=(owner, two[0]))
    with sequencer_login.transaction() as tx:
        tx.execute(select(func.consent.unchanged(*asked))).all()
        changing.start()
        changing.join(timeout=0.3)
        still_waiting = changing.is_alive()

    changing.join(timeout=10)
    assert still_waiting
    assert not changing.is_alive()


def hold(tx, *ids):
    return tx.execute(select(func.consent.hold(list(ids)))).scalar_one()


def test_a_publishing_that_holds_who_moved_begins_again(owner, publisher, two):
    def publish_after_a_change():
        with publisher.transaction(snapshot=True) as tx:
            people.consent_seq(tx, two[0])
            touch(owner, two[0])
            hold(tx, *two)

    with pytest.raises(SerializationFailure):
        publish_after_a_change()


def test_a_publishing_holds_who_has_not_moved(publisher, two):
    with publisher.transaction(snapshot=True) as tx:
        assert hold(tx, *two) == 2


@pytest.mark.parametrize("login", ["connector", "sequencer_login", "verifier_login"])
def test_only_who_decides_reads_what_people_want(request, login, two):
    database = request.getfixturevalue(login)

    with pytest.raises(StatementRefused), database.read() as read:
        read.execute(select(act))


@pytest.mark.parametrize("table", [act, person, register, current], ids=str)
def test_a_publisher_changes_nothing(publisher, table, two):
    with pytest.raises(StatementRefused), publisher.transaction() as tx:
        tx.execute(table.delete())


def test_a_web_process_adds_acts_and_changes_none(web_login, two):
    with pytest.raises(StatementRefused), web_login.transaction() as tx:
        tx.execute(act.update().values(channel="paper"))
    with pytest.raises(StatementRefused), web_login.transaction() as tx:
        tx.execute(act.delete())


def test_a_web_process_learns_nothing_of_a_source(web_login, two):
    with pytest.raises(StatementRefused), web_login.transaction() as tx:
        live.learn(tx, two[0], "protected:te", "false")


def test_a_new_number_tells_of_every_change_of_the_register(web_login, two):
    with web_login.read() as read:
        before = queries.register(read)

    with web_login.transaction() as tx:
        terms.enrol(tx, terms.Party(recipient="1111111-9", kind="county"), by=live.ADMIN, at=NOON)

    with web_login.read() as read:
        after = queries.register(read)
    assert after.seq == before.seq + 1
    assert "1111111-9" in after.parties
    assert "1111111-9" not in before.parties


def test_an_unmoved_register_is_read_once(web_login, two):
    with web_login.read() as read:
        assert queries.register(read) is queries.register(read)


def test_a_transaction_sees_its_own_change_and_leaves_no_trace_of_it(web_login, two):
    class ChangedMindError(Exception):
        pass

    def enrol_and_leave():
        with web_login.transaction() as tx:
            terms.enrol(tx, terms.Party(recipient="1111111-9", kind="county"), by=live.ADMIN, at=NOON)
            assert "1111111-9" in queries.register(tx).parties
            raise ChangedMindError

    with pytest.raises(ChangedMindError):
        enrol_and_leave()
    with web_login.transaction() as tx:
        terms.enrol(tx, terms.Party(recipient="2222222-9", kind="county"), by=live.ADMIN, at=NOON + timedelta(days=1))

    with web_login.read() as read:
        assert "1111111-9" not in queries.register(read).parties
