"""The reconciler over a real day: silent about what is as it should be, and naming each thing that somebody altered past every verb."""

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from audit import retention, tables
from audit.errors import EventRejected
from audit.events import Actor, EventType
from audit.fence import Fence
from audit.log import record
from audit.retention import Ended
from audit.verify import trusting
from consent import registry
from consent.registry import By, Channel, Expressed, Scope
from db.clock import now
from db.engine import Database, Login
from db.errors import DatabaseError, StatementRefused
from db.ids import uuid7
from publish import changes_of_will, outbox, refresh
from publish.queries.reconciling import PUBLISHED_WITHIN, RULES, Stretch, found
from publish.reconciling.kept import kept
from publish.reconciling.turn import BY_CONTENT, BY_REBUILDING, BY_REPLAY, BY_TELLING, look, look_at_all
from publish.reconciling.verifying import BY_VERIFICATION, verify
from publish.reconciling.watch import settle, watch
from publish.reconciling.witnesses import BY_DISAGREEMENT, BY_SILENCE
from schemas.vocabulary import Purpose, Source
from tests.asking import a_simulation
from tests.calls import NEED, PLAN, a_system, categories, the_app, view
from tests.keeping import a_kept_house
from tests.logs import a_disclosure, an_event, entries
from tests.pages import a_browser
from tests.published import SAVONLINNA
from tests.pulling import House, an_environment
from tests.tampering import tamper
from web.pages import texts

HOUR = timedelta(hours=1)
NEEDED = ("sote.palvelutarve",)
WRITABLE = [f"ALTER TABLE consent.{table} DISABLE TRIGGER ALL" for table in ("act", "act_item", "denial")]
A_READ = "(SELECT id FROM audit.event WHERE type = 'disclosure.read' ORDER BY index LIMIT 1)"
A_BATCH = """
    INSERT INTO staging.batch (batch_id, run_id, source, connection_id, shard, state, planned_at, merged_at, counts, accepted_as_is)
    SELECT gen_random_uuid(), gen_random_uuid(), source, connection_id, '36', 'merged',
           clock_timestamp() - interval '{ago}', clock_timestamp() - interval '{ago}',
           '{{"pulled": 3, "accepted": 3, "quarantined": 0, "unchanged": 0, "held": 0, "dropped": 0, "removed": 0}}', false
      FROM staging.connection WHERE source = 'te'
"""
ONE_MORE = """
    UPDATE staging.batch
       SET counts = counts || jsonb_build_object('pulled', (counts ->> 'pulled')::int + 1, 'accepted', (counts ->> 'accepted')::int + 1)
"""
BACK_TO_BEFORE = (
    *WRITABLE,
    """
    WITH no AS (
        UPDATE consent.act a SET recorded_at = recorded_at - interval '30 minutes'
          FROM consent.act_item i WHERE i.act_id = a.act_id AND i.kind = 'withdrawn' RETURNING a.act_id, a.recorded_at
    )
    UPDATE audit.event e SET index = -1, t = no.recorded_at FROM no
     WHERE convert_from(e.entry, 'UTF8')::jsonb #>> '{change,id}' = no.act_id::text AND e.type = 'consent.withdrawn'
    """,
)
DENIED_BEFORE = (
    *WRITABLE,
    """
    WITH no AS (
        UPDATE consent.denial SET recorded_at = recorded_at - interval '30 minutes', effective_from = '2026-01-01'
        RETURNING denial_id, recorded_at
    )
    UPDATE audit.event e SET index = -1, t = no.recorded_at FROM no
     WHERE convert_from(e.entry, 'UTF8')::jsonb #>> '{change,id}' = no.denial_id::text AND e.type = 'denial.recorded'
    """,
)
ALTERED = {
    "decision_missing": (f"DELETE FROM audit.decision WHERE event_id = {A_READ}",),
    "decision_alone": (f"DELETE FROM audit.event WHERE id = {A_READ}",),
    "decision_differs": ("UPDATE audit.decision SET inputs_digest = '\\x00'",),
    "decision_later": ("UPDATE audit.decision SET at = at + interval '1 minute'",),
    "not_permitted": (
        """UPDATE audit.decision SET results = replace(results::text, '"permitted": true', '"permitted": false')::jsonb""",
    ),
    "act_not_as_cited": (*WRITABLE, "UPDATE consent.act SET digest = '\\x00'"),
    "denial_not_as_cited": (*WRITABLE, "UPDATE consent.denial SET digest = '\\x00'"),
    "act_without_event": ("DELETE FROM audit.event WHERE type = 'consent.withdrawn'",),
    "denial_without_event": ("DELETE FROM audit.event WHERE type = 'denial.recorded'",),
    "event_without_act": (
        *WRITABLE,
        """
        WITH gone AS (DELETE FROM consent.act_item WHERE kind = 'withdrawn' RETURNING act_id)
        DELETE FROM consent.act USING gone WHERE act.act_id = gone.act_id
        """,
    ),
    "event_without_denial": (*WRITABLE, "DELETE FROM consent.denial"),
    "read_after_no": BACK_TO_BEFORE,
    "read_after_denial": DENIED_BEFORE,
    "fetch_missing": (A_BATCH.format(ago="1 minute"),),
    "load_differs": (A_BATCH.format(ago="1 minute"),),
    "not_published": (A_BATCH.format(ago="6 hours 10 minutes"),),
    "not_applied": ("UPDATE publish.outbox SET told_at = told_at - interval '5 days 10 minutes'",),
    "notice_untold": ("DELETE FROM publish.outbox",),
    "not_sealed": ("UPDATE audit.inbox SET added_at = added_at - interval '1 minute'",),
    "record_missing": ("DELETE FROM audit.event WHERE type = 'ended.told'",),
    "append_conflict": (f"INSERT INTO audit.append_conflict VALUES ({A_READ})",),
    "silent": ("UPDATE audit.event SET seq_t = seq_t - interval '10 minutes'",),
    "case_untold": (
        """
        INSERT INTO audit.review (review_id, rule, about, opened_at, opening)
        SELECT gen_random_uuid(), 'volume', gen_random_uuid(), clock_timestamp(), gen_random_uuid()
        """,
    ),
    BY_CONTENT: (*WRITABLE, "UPDATE consent.act_item SET valid_until = valid_until + interval '1 year'"),
    BY_REBUILDING: ("UPDATE consent.current SET until_at = until_at + interval '1 year' WHERE until_at IS NOT NULL",),
    BY_REPLAY: ("""UPDATE audit.decision SET results = replace(results::text, '"consent"', '"statute"')::jsonb""",),
}


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def settled(owner):
    """Wait until the log has taken in all that was recorded, without a word of its own."""

    def settle():
        end = time.monotonic() + 10
        while _waits(owner) and time.monotonic() < end:
            time.sleep(0.02)

    return settle


def _waits(owner) -> bool:
    with owner.read() as read:
        return read.execute(tables.inbox.select().limit(1)).first() is not None


@pytest.fixture
def system(world, log, web_login, keyring):
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        yield a_system(world, http)


@pytest.fixture
def day(world, system, owner, settled):
    """A person agrees, is read, says no in two ways, and is asked about after each; gives the person."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    seen = []
    for step in (
        lambda: None,
        lambda: _deny(owner, person),
        lambda: world.withdraw(person, *NEEDED, through=changes_of_will),
    ):
        step()
        settled()
        seen.append("sote.palvelutarve" in categories(view(system, world.ref(person))))
    settled()
    assert seen == [True, False, False]
    return person


def _deny(owner, person):
    expressed, by = Expressed(channel=Channel.ONLINE), By(user="person", role="person")
    with owner.transaction() as tx:
        registry.deny(tx, person_id=person, scope=Scope(category=NEEDED[0]), expressed=expressed, by=by, at=now())


@pytest.fixture
def auditor(web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


def an_hour(*, until=timedelta()):
    return Stretch(now() - HOUR, now() + until)


def opened(owner):
    """Name the rules of the cases that are open."""
    return {row.rule for row in reviews_of(owner)}


def reviews_of(owner):
    with owner.read() as read:
        return read.execute(tables.review.select()).all()


def test_an_honest_day_opens_nothing(day, reconciler):
    at = now()

    assert look(reconciler, an_hour(), at=at) == 0
    assert look_at_all(reconciler, an_hour(), an_hour(), at=at) == 0


@pytest.mark.parametrize(
    "rule",
    [
        *(rule for rule in RULES if rule not in ("answers_differ", "search_hides", "inbox_refused")),
        BY_CONTENT,
        BY_REBUILDING,
        BY_REPLAY,
    ],
)
def test_what_was_altered_past_every_verb_is_named(rule, day, log, owner, reconciler):
    if rule in ("not_sealed", "silent"):
        log.stop()
        with owner.transaction() as tx:
            record(tx, an_event())
    tamper(owner.url, *ALTERED[rule])

    look_at_all(reconciler, an_hour(), an_hour(), at=now())

    assert rule in opened(owner)


def test_what_was_removed_from_the_inbox_before_it_was_sealed_is_named_by_what_it_told_of(
    world, log, owner, reconciler, settled
):
    person = world.person()
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    settled()
    log.stop()
    _deny(owner, person)
    world.withdraw(person, *NEEDED, through=changes_of_will)
    tamper(owner.url, "DELETE FROM audit.inbox")
    log.start()
    log.settle(owner)

    look(reconciler, an_hour(), at=now())

    assert opened(owner) >= {"act_without_event", "denial_without_event"}


@pytest.mark.parametrize(
    ("statement", "cases"),
    [
        ("UPDATE publish.outbox SET applied_at = told_at, done = 'deleted'", 1),
        ("UPDATE publish.outbox SET seq = seq + 1", 1),
        ("UPDATE publish.outbox SET notice_id = gen_random_uuid()", 2),
        ("UPDATE publish.outbox SET taken_at = clock_timestamp(), fetched_at = clock_timestamp()", 0),
    ],
)
def test_a_notice_that_is_not_as_the_log_tells_is_named(day, owner, reconciler, statement, cases):
    tamper(owner.url, statement)

    with reconciler.read() as read:
        assert len(found(read, "notice_untold", an_hour())) == cases


def test_a_notice_that_was_reported_applied_may_end(day, owner, reconciler, settled):
    with owner.transaction() as tx:
        (notice,) = outbox.late(tx, at=now() + outbox.IN_TIME)
        report = outbox.Report(notice.seq, outbox.Done.DELETED, now())
        outbox.apply(tx, by=Actor(org=SAVONLINNA), recipient=notice.recipient, reports=[report], at=now())
    settled()
    applied = look(reconciler, an_hour(), at=now())
    tamper(owner.url, "DELETE FROM publish.outbox")

    assert (applied, look(reconciler, an_hour(), at=now())) == (0, 0)


@pytest.mark.parametrize("how", ["DELETE FROM audit.inbox", "TRUNCATE audit.inbox"])
def test_a_look_that_was_removed_from_the_inbox_before_it_was_sealed_is_a_case_by_its_id(
    log, owner, reconciler, settled, how
):
    """Beside it those that told of the triggers which were switched off meanwhile."""
    settled()
    log.stop()
    removed, sealed = an_event(id=uuid7(now())), an_event(id=uuid7(now()))
    with owner.transaction() as tx:
        record(tx, removed)
    tamper(owner.url, how)
    with owner.transaction() as tx:
        record(tx, sealed)
    log.start()
    settled()

    looks = []
    for _ in range(2):
        looks.append(look(reconciler, an_hour(), at=now()))
        settled()
        settle(reconciler)

    missed = [row.about for row in reviews_of(owner) if row.rule == "record_missing"]
    assert looks == [len(missed), 0]
    assert (removed.id in missed, sealed.id in missed) == (True, False)
    assert noted(owner) == []


def noted(owner):
    """The ids of what was appended and is not settled."""
    with owner.read() as read:
        return [row.ids for row in read.execute(tables.appended.select())]


def test_what_waits_for_the_log_is_not_missed(log, owner, reconciler, settled):
    settled()
    log.stop()
    waiting = an_event(id=uuid7(now()))
    with owner.transaction() as tx:
        record(tx, waiting)

    look(reconciler, an_hour(), at=now())
    settle(reconciler)

    assert (opened(owner), [waiting.id] in noted(owner)) == (set(), True)


class Looks:
    """Lets the reconciler look once more after each of these steps, taken long after the look before."""

    def __init__(self, monkeypatch, *steps):
        self._patch, self._steps = monkeypatch, [*steps]
        self._ahead = timedelta()
        monkeypatch.setattr("publish.reconciling.watch.now", lambda: now() + self._ahead)

    def is_set(self):
        return not self._steps

    def wait(self, _seconds):
        self._steps.pop(0)()
        self._ahead += timedelta(minutes=1)


@pytest.fixture
def watched(tmp_path, owner, monkeypatch):
    """The reconciler as it runs, with a look after each step; its keys are none of the log's, so its night refutes that."""
    return lambda *steps: watch(an_environment(owner.url, tmp_path), Looks(monkeypatch, *steps, lambda: None))


def test_what_waits_while_the_log_is_down_is_no_finding(world, log, owner, settled, watched):
    person = world.person()

    def changes():
        log.stop()
        world.grant(person, "sote.palvelutarve", through=changes_of_will)
        _deny(owner, person)
        world.recipient(SAVONLINNA, purposes=(Purpose.TYO,))

    def back():
        log.start()
        settled()

    settled()
    watched(changes, lambda: None, lambda: None, back, lambda: None)

    assert opened(owner) <= {"not_sealed", "silent", BY_VERIFICATION}


def test_what_was_altered_while_the_log_was_down_is_found_once_it_is_back(world, log, owner, settled, watched):
    person = world.person()

    def alters():
        log.stop()
        world.grant(person, "sote.palvelutarve", through=changes_of_will)
        tamper(owner.url, *WRITABLE, "UPDATE consent.act SET digest = '\\x00'")

    def back():
        log.start()
        settled()

    settled()
    watched(alters, lambda: None, back, lambda: None)

    assert {"act_without_event", "event_without_act"} <= opened(owner)


@pytest.fixture
def pruned(world, log, owner, settled, *, database_url, keyring, sealed_at):
    """A person agreed and said no; the next year all that tells of it went from the log by right. Gives until when it was kept."""
    person = world.person()
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    _deny(owner, person)
    settled()
    last, year = len(entries(owner)) - 1, now().year
    sealed_at[0] = datetime(year + 1, 1, 2, tzinfo=UTC)
    with Database(database_url, Login.KEEPER, keyring) as keeper, keeper.transaction() as tx:
        claim = retention.claim(tx, Ended(year, 0, last), sealed_at[0])
    settled()
    with Database(database_url, Login.KEEPER, keyring) as keeper, keeper.transaction() as tx:
        assert retention.prune(tx, claim) == last + 1
    return sealed_at[0]


def test_what_has_gone_from_the_log_by_right_is_not_missed_beside_what_it_told_of(pruned, owner, reconciler):
    with reconciler.read() as read:
        all_kept = kept(read, until=pruned)

    look_at_all(reconciler, all_kept, an_hour(), at=now())

    assert not opened(owner) & {"act_without_event", "denial_without_event", BY_TELLING}


@pytest.mark.usefixtures("day")
def test_all_is_compared_as_long_as_ended_consents_are_kept(owner, reconciler):
    until = now()
    with reconciler.read() as read:
        before = kept(read, until=until)
    tamper(owner.url, "UPDATE publish.retention SET days = 365 WHERE thing = 'ended_consents'")
    with reconciler.read() as read:
        after = kept(read, until=until)

    assert [(until - each.since).days for each in (before, after)] == [1_826, 365]


def test_nobody_takes_away_what_notes_an_event_that_is_not_sealed(log, owner, settled):
    settled()
    log.stop()
    with owner.transaction() as tx:
        record(tx, an_event(id=uuid7(now())))

    for statement in ("DELETE FROM audit.appended", "UPDATE audit.appended SET ids = '{}'", "TRUNCATE audit.appended"):
        with pytest.raises(StatementRefused, match=r"Rows of audit\.appended"):
            tamper(owner.url, statement)


def test_a_finding_is_told_once_and_stands_in_the_auditors_queue(day, owner, reconciler, settled, auditor):
    tamper(owner.url, *ALTERED["decision_differs"])

    first, second = (look(reconciler, an_hour(), at=now()) for _ in range(2))
    settled()

    assert (first > 0, second) == (True, 0)
    assert [entry.type for entry in entries(owner)].count(EventType.FINDING_OPENED) == first
    assert "Päätöksen tiedot eivät vastaa lokia" in auditor.get("/audit/reviews").text


def test_what_is_known_of_a_rule_hides_nothing_that_is_new(day, owner, reconciler, monkeypatch):
    monkeypatch.setattr("publish.queries.reconciling.MOST_FOUND", 1)
    monkeypatch.setattr("publish.reconciling.findings.ROUNDS", 1)
    tamper(owner.url, *ALTERED["decision_differs"])

    looks = [look(reconciler, an_hour(), at=now()) for _ in range(4)]

    decided = [row.about for row in reviews_of(owner) if row.rule == "decision_differs"]
    assert (looks, len(decided)) == ([1, 1, 1, 0], 3)


def test_one_look_opens_all_that_a_rule_finds_though_a_statement_gives_some_at_a_time(
    day, owner, reconciler, monkeypatch
):
    monkeypatch.setattr("publish.queries.reconciling.MOST_FOUND", 1)
    tamper(owner.url, *ALTERED["decision_differs"])

    assert look(reconciler, an_hour(), at=now()) == 3


def test_an_id_that_two_events_were_to_have_is_one_case_however_often_it_was_tried(log, owner, reconciler, settled):
    first = a_disclosure()
    other = a_disclosure(id=first.event.id, purpose="TYM-381-2023")
    with log.sealer() as sealer:
        sealer.seal(first)
        for _ in range(5):
            with pytest.raises(EventRejected):
                sealer.seal(other)

    for _ in range(2):
        look(reconciler, an_hour(), at=now())
    settled()

    (case,) = [row for row in reviews_of(owner) if row.rule == "append_conflict"]
    told = [json.loads(row.entry) for row in entries(owner) if row.type == EventType.FINDING_OPENED]
    assert case.about == first.event.id
    assert [each["ref"] for each in told if each["change"]["id"] == str(case.review_id)] == [str(case.about)]


@pytest.mark.usefixtures("log")
def test_what_no_writer_could_have_put_into_the_inbox_is_a_case(owner, reconciler, auditor, settled):
    tamper(owner.url, """INSERT INTO audit.inbox (id, body) VALUES (gen_random_uuid(), '{"type": "heartbeat"}')""")
    settled()

    opened_first, opened_again = (look(reconciler, an_hour(), at=now()) for _ in range(2))

    about = next(row.id for row in entries(owner) if row.type == EventType.FINDING_OPENED)
    assert [(row.rule, row.about) for row in reviews_of(owner)] == [("inbox_refused", about)]
    assert (opened_first, opened_again) == (1, 0)
    assert "on lokissa vain tiiviste" in auditor.get("/audit/reviews").text


@pytest.fixture
def answered(world, log, web_login, keyring, settled):
    """A web that gave two views, refused one, and has ended."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        system = a_system(world, http)
        purposes = ("TYO-380-2023", "TYO-380-2023", "TYM-381-2023")
        statuses = [view(system, world.ref(person), purpose=purpose).status_code for purpose in purposes]
    settled()
    assert statuses == [200, 200, 404]


def of_the_hour(reconciler):
    """What is found once this hour is over."""
    with reconciler.read() as read:
        return found(read, "answers_differ", an_hour(until=2 * HOUR))


def test_the_webs_own_count_of_its_answers_agrees_with_the_log(answered, reconciler):
    assert of_the_hour(reconciler) == []


@pytest.mark.parametrize("missing", ["disclosure.read", "responses.counted"])
def test_an_answer_that_only_one_of_them_counted_is_named(answered, owner, reconciler, missing):
    tamper(
        owner.url,
        f"DELETE FROM audit.event WHERE index = (SELECT max(index) FROM audit.event WHERE type = '{missing}' AND outcome <> 'deny')",
    )

    assert len(of_the_hour(reconciler)) == 1


def verified(owner):
    """What the log says of its own verification, the newest last."""
    told = [json.loads(row.entry) for row in entries(owner) if row.type == EventType.LOG_VERIFIED]
    return [(each["outcome"], each["result"]["findings"]) for each in told]


@pytest.fixture
def night(log, reconciler, verifier_login, keyring, settled):
    """What the night does with the log itself; gives how many cases it opened."""

    def verified_once():
        opened_now = verify(verifier_login, reconciler, trusting(keyring, Fence(log.fence)), at=now())
        settled()
        return opened_now

    return verified_once


def test_the_night_verifies_the_log_and_tells_it_to_the_log(day, owner, night):
    assert night() == 0

    assert verified(owner) == [("ok", 0)]


def test_a_log_that_does_not_verify_is_one_case_however_often_it_is_found(day, owner, night, auditor):
    tamper(owner.url, f"UPDATE audit.event SET outcome = 'permit' WHERE id = {A_READ}")

    assert [night(), night()] == [1, 0]

    assert [outcome for outcome, _ in verified(owner)] == ["error", "error"]
    queue = auditor.get("/audit/reviews").text
    assert queue.count("Lokin tarkistus löysi poikkeaman") == 1
    case = auditor.get(re.search(r'href="(/audit/reviews/[0-9a-f-]{36})"', queue).group(1)).text
    assert "column_differs" in case


@pytest.fixture
def pulled(tmp_path, owner, connector, log, settled):
    """A night of the sources, pulled and published, as the log tells it."""
    house = House(an_environment(owner.url, tmp_path), a_simulation(people=40))
    kept = a_kept_house(house, owner, connector)
    kept.pull(Source.TE)
    kept.pull(Source.KELA)
    for shard in refresh.due(house.environment):
        refresh.refresh(house.environment, shard, at=house.at)
    settled()
    return kept


def of_the_night(reconciler, pulled, *, later=timedelta()):
    """What the rules about pulls find of that night."""
    stretch = Stretch(pulled.house.at - HOUR, pulled.house.at + HOUR + later)
    with reconciler.read() as read:
        return {rule for rule in ("fetch_missing", "load_differs", "not_published") if found(read, rule, stretch)}


def test_an_honest_night_of_the_sources_opens_nothing(pulled, reconciler):
    assert of_the_night(reconciler, pulled) == set()
    assert of_the_night(reconciler, pulled, later=PUBLISHED_WITHIN) == set()


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("fetch_missing", "DELETE FROM audit.event WHERE type = 'source.fetched'"),
        ("load_differs", ONE_MORE),
        ("not_published", "DELETE FROM audit.event WHERE type = 'view.published'"),
    ],
)
def test_a_night_that_does_not_add_up_is_named(pulled, owner, reconciler, rule, statement):
    tamper(owner.url, statement)

    assert of_the_night(reconciler, pulled, later=PUBLISHED_WITHIN) == {rule}


@pytest.mark.parametrize("table", ["consent.act", "audit.event", "audit.decision", "publish.outbox", "staging.batch"])
def test_the_reconciler_can_change_nothing_that_it_compares(reconciler, table):
    with pytest.raises(DatabaseError), reconciler.transaction() as tx:
        tx.connection.exec_driver_sql(f"DELETE FROM {table}")


def test_every_finding_can_be_read():
    assert {
        f"rule_{rule}"
        for rule in (
            *RULES,
            BY_CONTENT,
            BY_REBUILDING,
            BY_REPLAY,
            BY_TELLING,
            BY_VERIFICATION,
            BY_SILENCE,
            BY_DISAGREEMENT,
        )
    } <= set(texts.catalogue("common"))
