"""Who may ask, with which keys and for what, is in the log as it stands: written past the verbs, it is a case."""

import json
import re

import pytest

from audit import tables
from connectors import connecting, workers
from db.clock import now
from db.engine import Database, Login
from publish.reconciling.registers import look_at_registers
from schemas.identifiers import Hetu
from schemas.vocabulary import Purpose
from tests.calls import Key
from tests.pages import a_browser
from tests.published import HETU, KEHA, MIKKELI, OPERATOR, SAVONLINNA
from tests.tampering import tamper

AT_WORK = workers.Name(SAVONLINNA, "w-17")
DESCRIBED = {
    "connection_id": "te-23",
    "source": "te",
    "controller": KEHA,
    "place": "23",
    "client": "FI-TEST/MUN/0166906-4/luukku",
    "service": "FI-TEST/GOV/2296962-1/tietovaranto/tiedot/v1",
}
SYSTEM = "publish.recipient_system"
CONNECTION = "staging.connection"
WORKER = "staging.worker"
WRITTEN = {
    "a connection that was asked elsewhere": f"UPDATE {CONNECTION} SET service = 'FI-TEST/GOV/0000000-0/mine/mine/v1'",
    "a connection of another controller": f"UPDATE {CONNECTION} SET controller = '{MIKKELI}'",
    "a connection that was stopped": f"UPDATE {CONNECTION} SET state = 'stopped'",
    "a connection with an end": f"UPDATE {CONNECTION} SET until_at = clock_timestamp()",
    "a connection that nobody made": (
        f'INSERT INTO {CONNECTION} SELECT (jsonb_populate_record(c, \'{{"connection_id": "mine"}}\')).* FROM {CONNECTION} c LIMIT 1'
    ),
    "a connection taken away": f"DELETE FROM {CONNECTION}",
    "a worker who is somebody else": f"UPDATE {WORKER} SET hetu_hash = '\\x00'",
    "a worker of another surname": f"UPDATE {WORKER} SET box = '\\x00'",
    "a worker under another name": f"UPDATE {WORKER} SET pseudonym = 'w-18'",
    "a worker who never left": f"UPDATE {WORKER} SET until_at = clock_timestamp()",
    "a worker that nobody told of": (
        f"INSERT INTO {WORKER} SELECT recipient, 'w-18', hetu_hash, hash_key_id, box, registered_by, recorded_at, NULL, gen_random_uuid()"
        f" FROM {WORKER}"
    ),
    "a worker taken away": f"DELETE FROM {WORKER}",
    "a key more": f"""UPDATE {SYSTEM} SET jwks = jwks || '[{{"kid": "mine"}}]'""",
    "a scope more": f"UPDATE {SYSTEM} SET scopes = scopes || ARRAY['exports:read']",
    "another recipient": f"UPDATE {SYSTEM} SET recipient = '{MIKKELI}'",
    "an end": f"UPDATE {SYSTEM} SET until_at = '2100-01-01'",
    "a stop": f"UPDATE {SYSTEM} SET state = 'stopped'",
    "a system that nobody registered": (
        f'INSERT INTO {SYSTEM} SELECT (jsonb_populate_record(s, \'{{"system": "mine"}}\')).* FROM {SYSTEM} s LIMIT 1'
    ),
    "a system taken away": f"DELETE FROM {SYSTEM}",
    "a purpose more": "UPDATE publish.recipient SET purposes = purposes || ARRAY['KELA-ASIA']",
    "an organisation taken away": "DELETE FROM publish.recipient",
}


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def registered(world, log, owner):
    """A system, registered and given new keys, of a recipient that was granted more since; connections; a worker."""
    for _ in range(2):
        world.system("sln-asiakastyo", Key.make())
    world.recipient(SAVONLINNA, purposes=(Purpose.TYO,))
    with owner.transaction() as tx:
        workers.register(tx, AT_WORK, workers.Identity(Hetu.parse(HETU), "Virtanen"), by=OPERATOR, at=now())
    log.settle(owner)


def looked(reconciler, before=frozenset()):
    """What one look finds otherwise than the log tells."""
    return look_at_registers(reconciler, before, at=now())


def cases(owner):
    """What the cases are about."""
    with owner.read() as read:
        return [row.about for row in read.execute(tables.review.select())]


def test_what_the_verbs_registered_is_as_the_log_tells(registered, reconciler):
    assert not looked(reconciler)


@pytest.mark.parametrize("how", WRITTEN)
def test_what_was_registered_past_the_verbs_is_one_case(registered, owner, reconciler, how):
    tamper(owner.url, WRITTEN[how])

    found = looked(reconciler, looked(reconciler))
    looked(reconciler, found)

    assert len(cases(owner)) == len(found) > 0


def steps(owner, log, *taken):
    """Something is done by the verbs, one after the other."""
    for step in taken:
        with owner.transaction() as tx:
            step(tx)
    log.settle(owner)


def test_a_connection_that_is_made_and_stopped_by_the_verbs_is_as_the_log_tells(registered, owner, log, reconciler):
    text = json.dumps(DESCRIBED).encode()
    steps(
        owner,
        log,
        lambda tx: connecting.join(tx, connection=connecting.read(text, at=now()), by=OPERATOR, at=now()),
        lambda tx: connecting.turn(tx, connection_id="te-23", state=connecting.State.LIVE, by=OPERATOR, at=now()),
        lambda tx: connecting.turn(tx, connection_id="te-23", state=connecting.State.STOPPED, by=OPERATOR, at=now()),
    )

    assert not looked(reconciler)


def test_a_worker_who_leaves_comes_back_and_goes_for_good_is_as_the_log_tells(registered, owner, log, reconciler):
    anew = workers.Identity(Hetu.parse(HETU), "Virtanen-Laine")
    steps(
        owner,
        log,
        lambda tx: workers.leave(tx, AT_WORK, by=OPERATOR, at=now()),
        lambda tx: workers.register(tx, AT_WORK, anew, by=OPERATOR, at=now()),
        lambda tx: workers.leave(tx, AT_WORK, by=OPERATOR, at=now()),
    )
    left = looked(reconciler)
    steps(owner, log, lambda tx: workers.forget(tx, before=now(), by=OPERATOR, at=now()))

    assert (left, looked(reconciler)) == (frozenset(), frozenset())


def test_a_stopped_connection_that_was_made_live_again_past_the_verbs_is_found(registered, owner, log, reconciler):
    steps(
        owner,
        log,
        lambda tx: connecting.turn(tx, connection_id="te-36", state=connecting.State.STOPPED, by=OPERATOR, at=now()),
    )
    tamper(owner.url, f"UPDATE {CONNECTION} SET state = 'live' WHERE connection_id = 'te-36'")

    assert len(looked(reconciler)) == 1


def test_keys_of_before_that_were_put_back_are_found_too(registered, world, owner, log, reconciler):
    with owner.read() as read:
        former = read.connection.exec_driver_sql(f"SELECT jwks FROM {SYSTEM}").scalar_one()
    world.system("sln-asiakastyo", Key.make())
    log.settle(owner)
    tamper(owner.url, (f"UPDATE {SYSTEM} SET jwks = %s", (json.dumps(former),)))

    assert len(looked(reconciler)) == 1


def test_a_change_of_just_now_waits_for_its_event(world, registered, owner, log, reconciler):
    log.stop()
    world.system("sln-asiakastyo", Key.make())

    early = looked(reconciler)
    log.start()
    log.settle(owner)
    looked(reconciler, early)

    assert (len(early), cases(owner)) == (1, [])


def test_before_what_was_pruned_nothing_is_said_of_what_has_no_event(registered, owner, reconciler):
    tamper(owner.url, "DELETE FROM audit.event WHERE index = 0 OR type = 'config.changed'")

    assert not looked(reconciler)


@pytest.fixture
def auditor(web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


def test_the_auditor_reads_which_row_it_is(registered, owner, log, reconciler, auditor):
    tamper(owner.url, WRITTEN["a key more"])
    looked(reconciler, looked(reconciler))
    log.settle(owner)

    queue = auditor.get("/audit/reviews").text
    page = auditor.get(re.search(r'href="(/audit/reviews/[0-9a-f-]{36})"', queue).group(1)).text

    assert "on muuta kuin loki kertoo" in queue
    assert f"{SYSTEM} sln-asiakastyo: " in page
