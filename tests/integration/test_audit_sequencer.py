"""The sequencer against real PostgreSQL: order, numbers, guards, spent ids, and what it does when things go wrong."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql

from audit import tables, wire
from audit.checkpoint import VerifierKey, opened, signing
from audit.details import Box
from audit.entry import canonical
from audit.envelope import Envelope, enclose
from audit.errors import EventRejected, LogUnavailable, NotTheSequencer, Replayed, RolledBack, Stale
from audit.events import EventType
from audit.log import Spend, record, record_all
from audit.queries.append import append
from audit.tree import Frontier, leaf_hash
from db.errors import DatabaseError
from db.ids import uuid7
from db.keys import Key, Keyring, State, Use
from db.server import connected
from tests.logs import AT, PERSON, WAIT_S, a_disclosure, a_guard, a_log, an_event, entries


@pytest.fixture
def log(database_url, keyring):
    with a_log(database_url, keyring) as made:
        yield made


@pytest.fixture
def running(log):
    return log.start()


def sealed(log, *disclosures):
    with log.sealer() as sealer:
        return [sealer.seal(disclosure) for disclosure in disclosures]


def read_all(owner, table):
    with owner.read() as read:
        return read.execute(table.select()).all()


def known_person(database_url, *, consent_seq=1):
    with connected(database_url) as connection:
        connection.exec_driver_sql(
            "INSERT INTO consent.person (person_id, consent_seq) VALUES (%s, %s)", (PERSON, consent_seq)
        )
        return connection.exec_driver_sql("SELECT seq FROM consent.register").scalar_one()


def test_the_first_entry_opens_the_log_of_the_year(running, owner):
    answer = sealed(running, a_disclosure())[0]

    rows = entries(owner)
    assert [row.type for row in rows] == ["log.opened", "disclosure.read"]
    assert answer.index == 1
    assert answer.size == 2
    assert answer.log == str(rows[0].log) == str(rows[0].seq_t.year)


def test_a_sealed_event_stands_in_a_checkpoint_that_our_key_signed(running, owner, keyring):
    sealed(running, a_disclosure())

    newest = max(read_all(owner, tables.checkpoint), key=lambda row: row.size)
    origin = newest.note.partition("\n")[0]
    checkpoint = opened(newest.note, [VerifierKey(origin, keyring.public_key(Use.CHECKPOINT))])
    frontier = Frontier()
    frontier.extend([leaf_hash(bytes(row.entry)) for row in entries(owner)])
    assert (checkpoint.size, checkpoint.root) == (frontier.size, frontier.root())


def test_the_decision_stands_beside_its_event(running, owner):
    disclosure = a_disclosure()

    sealed(running, disclosure)

    row = read_all(owner, tables.decision)[0]
    assert row.event_id == disclosure.event.id
    assert row.inputs_digest.hex() == disclosure.event.decision.inputs
    assert row.results[1]["reason"] == "denied"


def test_recorded_events_are_ordered_as_they_were_written(running, owner, web_login):
    events = [an_event() for _ in range(3_000)]
    with web_login.transaction() as tx:
        record_all(tx, events)

    running.settle(owner)

    assert [row.id for row in entries(owner) if row.type == "person.viewed"] == [event.id for event in events]


def test_a_person_s_events_are_numbered_without_a_gap_and_linked(running, owner, web_login):
    with web_login.transaction() as tx:
        record_all(tx, [an_event() for _ in range(5)])
    running.settle(owner)

    rows = [row for row in entries(owner) if row.type == "person.viewed"]
    members = [json.loads(row.entry) for row in rows]
    assert [row.person_n for row in rows] == [1, 2, 3, 4, 5]
    assert [each.get("person_prev") for each in members] == [None, *(row.leaf.hex() for row in rows[:-1])]


def test_a_disclosure_comes_after_what_was_recorded_of_its_person_before(log, owner, web_login):
    with web_login.transaction() as tx:
        record_all(tx, (an_event(person_id=uuid7(AT)) for _ in range(4_500)))
    granted = an_event()
    with web_login.transaction() as tx:
        record(tx, granted)

    log.start()
    sealed(log, a_disclosure())
    log.settle(owner)

    kinds = [row.type for row in entries(owner) if row.id == granted.id or row.type == "disclosure.read"]
    assert kinds[:2] == ["person.viewed", "disclosure.read"]


def test_what_waits_between_a_page_and_a_caller_s_person_is_not_passed_over(log, owner, web_login, monkeypatch):
    monkeypatch.setattr("audit.inbox.LATE_TICKETS_S", WAIT_S)
    monkeypatch.setattr("audit.sequencer.MAX_BATCH", 10)
    with web_login.transaction() as tx:
        record_all(tx, [*(an_event(person_id=uuid7(AT)) for _ in range(60)), an_event()])

    log.start()
    sealed(log, a_disclosure())
    end = time.monotonic() + WAIT_S / 2
    while (left := read_all(owner, tables.inbox)) and time.monotonic() < end:
        threading.Event().wait(0.05)

    assert left == []


def test_an_event_that_commits_long_after_later_ones_were_sealed_is_sealed_too(
    log, owner, web_login, database_url, monkeypatch
):
    monkeypatch.setattr("audit.inbox.LATE_TICKETS_S", 0.001)
    monkeypatch.setattr("audit.inbox.WHOLE_S", WAIT_S * 10)
    late = an_event(person_id=uuid7(AT))
    log.start()

    with web_login.transaction() as slow:
        record(slow, late)
        for _ in range(3):
            with web_login.transaction() as tx:
                record(tx, an_event())
            time.sleep(0.1)
            sealed(log, a_disclosure())
    log.settle(owner)

    assert [row.id for row in entries(owner)].index(late.id) > 6


def test_the_same_disclosure_again_gets_the_same_place(running, owner):
    disclosure = a_disclosure(spend=[Spend(key="k", jti="1")])

    first, again = sealed(running, disclosure, disclosure)

    assert first.index == again.index
    assert len(entries(owner)) == 2


def other_than(disclosure):
    """A disclosure that has the id of this one, and says something else."""
    return a_disclosure(id=disclosure.event.id, purpose="TYM-381-2023")


def conflicts(owner):
    return [row.id for row in read_all(owner, tables.append_conflict)]


def test_an_id_that_another_disclosure_has_is_noted_once_however_often_it_is_tried(running, owner):
    first = a_disclosure()
    sealed(running, first)

    for _ in range(20):
        with pytest.raises(EventRejected, match="another event"):
            sealed(running, other_than(first))
    sealed(running, first)

    assert conflicts(owner) == [first.event.id]
    assert len(entries(owner)) == 2


def test_of_two_disclosures_with_one_id_in_one_batch_one_is_sealed_and_the_other_noted(log, owner, keyring):
    first, frames = a_disclosure(), b""
    for disclosure in (first, other_than(first)):
        frames += wire.frame(wire.write_call(wire.call(disclosure, keyring)))

    log.start()
    with log.sealer() as sealer:
        sealer.seal(a_disclosure())
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(log.socket))
            connection.sendall(frames)
            received = b""
            while received.count(b"another event") == 0:
                received += connection.recv(65_536)

    assert conflicts(owner) == [first.event.id]
    assert [row.id for row in entries(owner)].count(first.event.id) == 1


@pytest.mark.parametrize("trace", [None, "4b" * 16], ids=["the same", "another"])
def test_what_was_appended_while_its_id_was_sealed_is_dropped_and_noted_when_it_is_another(
    log, owner, database_url, keyring, trace
):
    event = an_event()
    again = enclose(replace(event, trace=trace), keyring)
    put_past_the_check(database_url, enclose(event, keyring))
    log.start()
    log.settle(owner)

    put_past_the_check(database_url, again)
    log.settle(owner)

    assert conflicts(owner) == [event.id] * (trace is not None)
    assert [row.id for row in entries(owner)].count(event.id) == 1


def test_a_disclosure_is_refused_whose_id_comes_out_of_the_inbox_beside_it(log, owner, database_url, keyring):
    disclosure = a_disclosure()
    put_past_the_check(database_url, enclose(an_event(id=disclosure.event.id), keyring))
    log.start()

    with pytest.raises(EventRejected):
        sealed(log, disclosure)
    with pytest.raises(EventRejected):
        sealed(log, disclosure)

    assert conflicts(owner) == [disclosure.event.id]
    assert [row.type for row in entries(owner)] == ["log.opened", "person.viewed"]


def put_past_the_check(database_url, envelope):
    """Leave an event in the inbox as a writer does whose check saw the log as it was a moment before."""
    with connected(database_url) as connection:
        connection.exec_driver_sql("INSERT INTO audit.inbox (id, body) VALUES (%s, %s)", (envelope.id, envelope.body))


def test_a_guard_that_holds_lets_the_disclosure_through(running, database_url):
    register_seq = known_person(database_url)

    answer = sealed(running, a_disclosure(guard=a_guard(register_seq=register_seq)))[0]

    assert answer.index == 1


def test_a_decision_made_before_a_change_is_stale_and_writes_nothing(running, database_url, owner):
    register_seq = known_person(database_url, consent_seq=2)
    spend = [Spend(key="k", jti="1")]

    with pytest.raises(Stale):
        sealed(running, a_disclosure(guard=a_guard(register_seq=register_seq), spend=spend))

    assert [row.type for row in entries(owner)] == ["log.opened"]
    assert read_all(owner, tables.decision) == []
    assert read_all(owner, tables.proof) == []


def test_a_person_whom_a_change_holds_just_now_is_stale(running, database_url):
    register_seq = known_person(database_url)

    with connected(database_url) as connection:
        connection.exec_driver_sql("UPDATE consent.person SET consent_seq = 2 WHERE person_id = %s", (PERSON,))
        with pytest.raises(Stale):
            sealed(running, a_disclosure(guard=a_guard(register_seq=register_seq)))


def test_a_proof_is_spent_once(running, owner):
    spend = [Spend(key="k", jti="1")]
    sealed(running, a_disclosure(spend=spend))

    with pytest.raises(Replayed):
        sealed(running, a_disclosure(spend=[Spend(key="k", jti="2"), *spend]))

    assert sealed(running, a_disclosure(spend=[Spend(key="k", jti="2")]))[0].index == 2
    assert len(read_all(owner, tables.proof)) == 2


def test_of_many_calls_with_one_proof_one_is_sealed(running, owner):
    def one(_):
        try:
            return sealed(running, a_disclosure(spend=[Spend(key="k", jti="same")]))
        except Replayed:
            return None

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(64)))

    assert sum(answer is not None for answer in answers) == 1
    assert len(read_all(owner, tables.decision)) == 1


def test_many_callers_at_once_get_a_place_each(running, owner):
    with running.sealer() as sealer, ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: sealer.seal(a_disclosure()), range(500)))

    assert sorted(answer.index for answer in answers) == list(range(1, 501))
    assert len(entries(owner)) == 501


def test_a_disclosure_that_the_database_refuses_refuses_no_other(running, owner):
    first = a_disclosure()
    sealed(running, first)
    taken = a_disclosure(decision=first.event.decision)
    unheld = a_disclosure(spend=[Spend(key="k", jti="no column takes \x00")])

    def one(disclosure):
        try:
            return sealed(running, disclosure)[0]
        except EventRejected as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, [taken, unheld, *(a_disclosure() for _ in range(20))]))

    assert answers[:2] == ["EventRejected", "EventRejected"]
    assert len([answer for answer in answers if not isinstance(answer, str)]) == 20
    assert running.failure is None


def test_without_a_sequencer_nothing_is_written_and_the_caller_is_told(log, owner):
    with log.sealer(patience_s=0.2) as sealer, pytest.raises(LogUnavailable):
        sealer.seal(a_disclosure())

    assert entries(owner) == []
    assert read_all(owner, tables.decision) == []


def test_a_disclosure_that_could_not_wait_is_followed_by_its_abortion(running, owner, database_url):
    slow = a_disclosure()
    sealed(running, a_disclosure())
    with running.sealer(patience_s=0.3) as sealer:
        with connected(database_url) as connection:
            connection.exec_driver_sql("LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(LogUnavailable):
                sealer.seal(slow)
        later = sealer.seal(a_disclosure())

    rows = entries(owner)
    assert slow.event.id in {row.id for row in rows}
    assert [row.ref for row in rows if row.type == "disclosure.aborted"] == [slow.event.id]
    assert later.index > 0


def test_a_second_sequencer_stands_back(running, database_url, keyring):
    sealed(running, a_disclosure())

    with a_log(database_url, keyring) as second:
        second.start().join()

        assert isinstance(second.failure, NotTheSequencer)
    assert sealed(running, a_disclosure())[0].index == 2


def test_losing_the_connection_ends_the_sequencer(running, database_url):
    sealed(running, a_disclosure())

    with connected(database_url) as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'luukku_sequencer' AND datname = current_database()"
        )
    running.join()

    assert isinstance(running.failure, DatabaseError | NotTheSequencer)


def test_the_log_goes_on_where_it_was_left(log, owner):
    log.start()
    first = sealed(log, a_disclosure())[0]
    log.stop()
    log.start()

    second = sealed(log, a_disclosure())[0]

    assert (first.index, second.index) == (1, 2)
    assert [row.type for row in entries(owner)].count("log.opened") == 1


def test_the_caller_does_not_notice_that_the_sequencer_was_started_anew(log):
    log.start()
    with log.sealer() as sealer:
        sealer.seal(a_disclosure())
        log.stop()
        threading.Timer(0.3, log.start).start()

        assert sealer.seal(a_disclosure()).index == 2


def stopped_after_three(log):
    log.start()
    sealed(log, a_disclosure(), a_disclosure())
    log.stop()


def superuser(database_url, *statements):
    with connected(database_url) as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        for table in ("event", "node", "checkpoint"):
            connection.exec_driver_sql(f"ALTER TABLE audit.{table} DISABLE TRIGGER append_only")
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statements",
    [
        [
            "DELETE FROM audit.checkpoint WHERE size = 3",
            "DELETE FROM audit.node WHERE n = 2",
            "DELETE FROM audit.event WHERE index = 2",
        ],
        ["DELETE FROM audit.checkpoint"],
        ["UPDATE audit.node SET hash = sha256('x') WHERE level = 1"],
        ["DELETE FROM audit.node WHERE level = 1"],
        ["UPDATE audit.checkpoint SET note = replace(note, chr(10) || '3' || chr(10), chr(10) || '4' || chr(10))"],
    ],
    ids=["tail cut", "all cut", "node changed", "node gone", "note changed"],
)
def test_a_log_that_is_not_what_was_announced_is_not_taken_up(log, database_url, statements):
    stopped_after_three(log)
    superuser(database_url, *statements)

    log.start().join()

    assert isinstance(log.failure, RolledBack)


def test_a_log_whose_fence_is_gone_is_not_taken_up(log):
    stopped_after_three(log)
    log.fence.unlink()

    log.start().join()

    assert isinstance(log.failure, RolledBack)


def test_a_fence_that_lags_by_one_batch_is_advanced(log):
    stopped_after_three(log)
    content = log.fence.read_bytes()
    older, newer = sorted((content[:4096], content[4096:]), key=lambda slot: slot.split(b"\n")[1])
    log.fence.write_bytes(older + b"\0" * 4096)

    log.start()

    assert sealed(log, a_disclosure())[0].index == 3
    assert newer not in (older, b"")


def test_a_new_year_closes_one_log_and_opens_the_next(log, owner, monkeypatch):
    moments = iter([datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)] * 2)
    monkeypatch.setattr("audit.sequencer.now", lambda: next(moments, datetime(2027, 1, 1, tzinfo=UTC)))
    monkeypatch.setattr("audit.sequencer.MOST_OFF", timedelta.max)
    log.start()

    answer = sealed(log, a_disclosure())[0]

    kinds = [(row.log, row.index, row.type) for row in entries(owner)]
    closed = next(row for row in kinds if row[2] == "log.closed")
    assert closed[0] == 2026
    assert (2027, 0, "log.opened") in kinds
    assert answer.log == "2027"
    opened_entry = json.loads(next(row.entry for row in entries(owner) if (row.log, row.index) == (2027, 0)))
    assert opened_entry["change"]["id"] == f"2026/{closed[1] + 1}"


def test_a_clock_that_jumps_back_is_told_once_and_no_time_runs_backwards(log, owner, monkeypatch):
    later = datetime(2026, 6, 1, 10, tzinfo=UTC)
    moments = iter([later] * 3)
    monkeypatch.setattr("audit.sequencer.now", lambda: next(moments, AT))
    monkeypatch.setattr("audit.sequencer.MOST_OFF", timedelta.max)
    log.start()

    sealed(log, a_disclosure(), a_disclosure(), a_disclosure())

    rows = entries(owner)
    assert [row.type for row in rows].count("clock.jump") == 1
    assert {row.seq_t for row in rows} == {later}


def test_silence_is_broken_by_a_heartbeat(log, owner, monkeypatch):
    monkeypatch.setattr("audit.sequencer.HEARTBEAT_S", 0.1)
    log.start()
    threading.Event().wait(0.5)

    log.stop()

    assert "heartbeat" in [row.type for row in entries(owner)]


def test_an_inbox_row_that_bypassed_the_writers_leaves_a_finding(log, owner, database_url):
    with connected(database_url) as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit.inbox (id, body) VALUES (%s, %s)", (uuid7(AT), b'{"type":"heartbeat","v":1.5}')
        )
    log.start()
    log.settle(owner)

    assert EventType.FINDING_OPENED in [row.type for row in entries(owner)]
    assert read_all(owner, tables.inbox) == []


@pytest.mark.parametrize(
    "rubbish",
    [
        {"actor": "nobody"},
        {"actor": {"user": "no pseudonym"}},
        {"t": "yesterday"},
        {"class": 7},
        {"categories": [1, 2]},
        {"decision": {"reason": {"kela.vireillaolo": "consent"}}},
        {"decision": {"id": "019e8269-0000-7000-8000-000000000009", "reason": {"kela.vireillaolo": [1]}}},
        {"ref": "no id"},
        {"request": ["GET"]},
        {"request": {"case": "no pseudonym"}},
        {"run": "tonight"},
    ],
    ids=lambda given: next(iter(given)),
)
def test_nothing_that_a_writer_can_append_past_its_own_checks_stops_the_log(running, owner, web_login, rubbish):
    id_ = uuid7(AT)
    heartbeat = {"actor": {"system": "s"}, "class": "admin", "outcome": "ok", "t": "2026-06-01T09:00:00Z", "v": 1}
    body = canonical(heartbeat | {"id": str(id_), "type": "heartbeat"} | rubbish)
    with web_login.transaction() as tx:
        append(tx, [Envelope(id_, body, Box(uuid7(AT), b"w", b"n", b"b"))])

    sealed(running, a_disclosure())
    running.settle(owner)

    types = [row.type for row in entries(owner)]
    assert (types.count("finding.opened"), types.count("heartbeat")) == (1, 0)
    assert running.failure is None


def test_an_inbox_row_that_bears_the_id_of_another_event_is_a_finding_and_the_rest_goes_on(
    running, owner, database_url, keyring
):
    standing = a_disclosure()
    sealed(running, standing)
    stolen = enclose(an_event(id=standing.event.id), keyring)

    put_past_the_check(database_url, replace(stolen, id=uuid7(AT)))
    put_past_the_check(database_url, enclose(an_event(), keyring))
    running.settle(owner)

    types = [row.type for row in entries(owner)]
    assert (types.count("finding.opened"), types.count("person.viewed")) == (1, 1)
    assert running.failure is None


def test_an_old_proof_is_forgotten(log, owner, monkeypatch, database_url):
    monkeypatch.setattr("audit.sequencer.SWEEP_S", 0)
    with connected(database_url) as connection:
        connection.exec_driver_sql("INSERT INTO audit.proof VALUES ('k', '1', now() - interval '11 minutes')")
        connection.exec_driver_sql("INSERT INTO audit.proof VALUES ('k', '2', now())")
    log.start()
    sealed(log, a_disclosure())

    assert [row.jti for row in read_all(owner, tables.proof)] == ["2"]


def test_who_takes_events_away_and_who_adds_some_never_wait_for_each_other(running, database_url, owner):
    with ThreadPoolExecutor() as pool, connected(database_url) as connection:
        connection.exec_driver_sql("LOCK TABLE audit.event IN SHARE ROW EXCLUSIVE MODE")
        sealing = pool.submit(sealed, running, a_disclosure())
        until_somebody_waits(owner)
        connection.exec_driver_sql("LOCK TABLE audit.detail, audit.decision IN SHARE ROW EXCLUSIVE MODE")
        connection.commit()

        assert sealing.result()[0].index > 0


def until_somebody_waits(owner):
    waiting = sql("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'audit.event'::regclass")
    while True:
        with owner.read() as read:
            if read.execute(waiting).scalar_one():
                return


def rotated(log, keyring):
    """Stop a log, and rotate the key that signs it."""
    stopped_after_three(log)
    held = [
        replace(key, state=State.FORMER) if key.use is Use.CHECKPOINT else key for key in keyring._held.by_id.values()
    ]
    new = Key("checkpoint-new", Use.CHECKPOINT, State.CURRENT, AT, bytes(32))
    log.keyring = Keyring([*held, new], development=True)
    return log


def signers(owner):
    """Tell how many keys of ours have signed each checkpoint."""
    vkeys = [row.vkey for row in read_all(owner, tables.signer)]
    notes = sorted(read_all(owner, tables.checkpoint), key=lambda row: row.size)
    return [len(signing(row.note, vkeys)) for row in notes]


def test_a_new_key_is_told_and_signs_from_then_on_beside_the_former(log, owner, keyring):
    rotated(log, keyring)

    for _ in range(2):
        log.start()
        sealed(log, a_disclosure())
        log.stop()

    assert [row.type for row in entries(owner)].count("key.rotated") == 1
    assert len(read_all(owner, tables.signer)) == 2
    assert signers(owner)[-2:] == [2, 2]


def test_after_thirty_days_the_new_key_signs_alone(log, owner, keyring, sealed_at):
    sealed_at[0] = datetime(2026, 3, 1, tzinfo=UTC)
    rotated(log, keyring)
    log.start()
    sealed(log, a_disclosure())
    sealed_at[0] += timedelta(days=30)
    sealed(log, a_disclosure())
    log.stop()
    log.start()
    sealed(log, a_disclosure())

    assert signers(owner)[-3:] == [2, 1, 1]


def test_a_former_key_that_is_gone_signs_nothing(log, owner, keyring):
    rotated(log, keyring)
    log.start()
    sealed(log, a_disclosure())
    log.stop()
    every = log.keyring._held.by_id.values()
    kept = [key for key in every if key.use is not Use.CHECKPOINT or key.state is State.CURRENT]
    log.keyring = Keyring(kept, development=True)
    log.start()

    sealed(log, a_disclosure())

    assert signers(owner)[-2:] == [2, 1]
