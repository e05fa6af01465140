"""The keys of what rests rotate while people are pulled and read; after it the former keys are needed no more."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from audit import tables
from audit.events import Actor
from connectors import rekeying, workers
from connectors.landing import unwrap
from connectors.persons import hetus
from connectors.queries import books
from connectors.queries.rekeying import unfindable
from connectors.staging import revalidate, slices
from connectors.tables import worker
from db.engine import Database, Login
from db.errors import KeyMissing
from db.keys import Key, Keyring, State, Use
from db.keys import file as keyring_file
from publish import rekeying as sections
from publish.queries import reading
from publish.queries.publishing import replace_sections
from schemas.identifiers import Hetu
from schemas.vocabulary import Category, Source
from tests import linking
from tests.asking import a_simulation
from tests.by_hand import Desk, a_jobseeker, a_period
from tests.pulling import an_environment

AT = datetime(2026, 6, 4, 2, tzinfo=UTC)
AINO = "120384-9128"
ELLI = "010181-9533"
USES = (Use.IDENTITY_HASH, Use.IDENTITY_ENCRYPTION, Use.STORE)
READERS = 2


def a_key(use, number):
    made_at = AT - timedelta(days=1_000 - number)
    return Key(f"{use}-{number}", use, State.CURRENT, made_at, bytes([number]) * 32)


FORMER = [a_key(use, 1) for use in USES]
LATEST = [a_key(use, 2) for use in USES]
LOG = [a_key(use, 1) for use in (Use.LOG_PSEUDONYM, Use.LOG_DETAIL)]


@pytest.fixture
def opened(database_url):
    databases = []

    def with_keys(keys, login=Login.CONNECTOR):
        databases.append(Database(database_url, login, Keyring(keys, development=True)))
        return databases[-1]

    yield with_keys
    for database in databases:
        database.close()


def linked(database, *texts):
    with database.transaction() as tx:
        outcome = linking.linked(tx, *texts, at=AT)
    return dict(outcome.people.iter_rows())


def test_a_person_is_found_while_a_key_rotates_and_after_the_former_is_gone(opened):
    before = linked(opened(FORMER), AINO)
    both = opened(LATEST + FORMER)
    assert linked(both, AINO) == before

    assert rekeying.rekey(both, at=AT) == 1
    assert rekeying.rekey(both, at=AT) == 0

    latest = opened(LATEST)
    assert linked(latest, AINO) == before
    with latest.read() as read:
        ((person, hetu),) = hetus(read, [before[AINO]])
    assert (str(person), hetu.reveal()) == (before[AINO], AINO)


def test_people_under_a_hash_key_that_is_not_tried_are_noticed(opened):
    linked(opened(FORMER), AINO)

    with opened(LATEST).read() as read:
        lost = unfindable(read)
    with opened(LATEST + FORMER).read() as read:
        found = unfindable(read)

    assert (lost, found) == ({FORMER[0].id}, set())


def test_readers_see_no_error_and_equal_answers_while_the_keys_rotate(opened, monkeypatch):
    monkeypatch.setattr("connectors.queries.rekeying.ROWS_A_STEP", 1)
    texts = [a_hetu(number) for number in range(900, 990)]
    before = linked(opened(FORMER), *texts)
    both, web = opened(LATEST + FORMER), opened(LATEST + FORMER, Login.WEB)
    stop, answers = threading.Event(), []

    def read_on():
        while not stop.is_set():
            answers.append(read_all(both, web, before))

    readers = [threading.Thread(target=read_on) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    while len(answers) < READERS and all(reader.is_alive() for reader in readers):
        time.sleep(0.01)
    moved = rekeying.rekey(both, at=AT)
    stop.set()
    for reader in readers:
        reader.join()

    assert moved == len(texts)
    assert len(answers) > READERS
    assert all(answer == before for answer in answers)
    assert read_all(opened(LATEST), opened(LATEST, Login.WEB), before) == before


def read_all(connector, web, people):
    """Read the HETU of each person, as a pull does, and find them by it, as a request does."""
    with connector.read() as read:
        codes = [hetu.reveal() for _, hetu in hetus(read, list(people.values()))]
    with web.read() as read:
        return {code: str(reading.person_by_hetu(read, hetu=code)) for code in codes}


def a_hetu(number):
    stem = f"010190{number}"
    return f"010190-{number}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(stem) % 31]}"


def test_a_section_that_names_people_rests_under_the_latest_key(opened):
    person = linked(opened(FORMER), AINO)[AINO]
    publisher = opened(FORMER, Login.PUBLISHER)
    category, controller, text = Category.TE_YHTEYDENOTOT, "2296962-1", '[{"coach":"x"}]'
    of = reading.body_context(person_id := UUID(person), category, controller)
    with publisher.transaction() as tx:
        box = tx.keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, text.encode(), context=of)
        replace_sections(tx, gone=(), put=[(person_id, category, controller, None, box, b"d", "{}", AT)])

    both = opened(LATEST + FORMER, Login.PUBLISHER)
    moved = [sections.rekey(both), sections.rekey(both)]

    with opened(LATEST, Login.PUBLISHER).read() as read:
        (held,) = reading.held(read, person_id=person_id)
    assert (moved, held.text) == ([1, 0], text)


class Rotated:
    """A desk whose keyring file changes under it, as `keys rotate` changes it."""

    def __init__(self, desk):
        self.desk = desk
        self.path = desk.environment.keyring_path

    def rotate(self, *uses):
        """Make new keys that have settled already."""
        for use in uses:
            keyring_file.rotate(self.path, use)
        backdate(self.path)
        with self.desk.environment.database(Login.CONNECTOR) as database:
            rekeying.rekey(database, at=AT)

    def lose_former(self, *uses):
        for use in uses:
            keyring_file.complete(self.path, use)
        for key in keyring_file.list_keys(self.path):
            if key.state is State.FORMER and key.use in uses:
                keyring_file.retire(self.path, key.id)


def backdate(path):
    """Let every key in the file have settled."""
    document = json.loads(path.read_text())
    for number, entry in enumerate(document["keys"]):
        entry["made_at"] = (AT + timedelta(seconds=number)).isoformat()
    path.write_text(json.dumps(document))


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=5)


@pytest.fixture
def desk(database_url, tmp_path, simulation):
    desk = Desk(an_environment(database_url, tmp_path), simulation)
    backdate(desk.environment.keyring_path)
    desk.connect("te")
    return desk


def test_a_quarantined_row_opens_and_is_released_after_the_former_keys_are_gone(desk):
    aino = a_jobseeker("aino", AINO, "1984-03-12")
    elli = a_jobseeker("elli", ELLI, "1981-01-01")
    desk.answer(tyonhakijat=[aino], tyollisyysjaksot=[a_period("p", "elli", "2026-01-01")])
    desk.answer(full=False, tyonhakijat=[elli])

    rotated = Rotated(desk)
    rotated.rotate(*USES)
    rotated.lose_former(*USES)

    assert revalidate(desk.environment, source="te", at=desk.at)["released"] == 1


def test_a_row_known_by_its_digest_is_still_one_row_after_the_hash_key_rotated(desk):
    nameless = {"versio": 1}
    desk.answer(tyonhakijat=[nameless, a_jobseeker("aino", AINO, "1984-03-12")])
    before = desk.refused()

    Rotated(desk).rotate(Use.IDENTITY_HASH)
    desk.answer(full=False, tyonhakijat=[nameless])

    assert desk.refused() == before
    assert desk.ask("SELECT times FROM staging.quarantine WHERE record_key LIKE 'digest:%'") == [(2,)]


def test_an_unchanged_person_stays_unchanged_in_the_pull_after_a_rotation(desk):
    aino = a_jobseeker("aino", AINO, "1984-03-12")
    desk.answer(tyonhakijat=[aino])

    rotated = Rotated(desk)
    rotated.rotate(*USES)
    rotated.lose_former(*USES)
    state, _, _ = desk.answer(full=False, tyonhakijat=[aino])

    assert (state, desk.refused(), desk.count("staging.person")) == ("merged", [], 1)


def test_the_key_of_a_landed_batch_is_wrapped_under_the_latest(desk):
    desk.answer(tyonhakijat=[a_jobseeker("aino", AINO, "1984-03-12")])
    ((batch_id,),) = desk.ask("SELECT batch_id FROM staging.batch")
    before = wrapped(desk, batch_id)

    rotated = Rotated(desk)
    rotated.rotate(Use.STORE)
    rotated.lose_former(Use.STORE)

    with desk.environment.database(Login.CONNECTOR) as database, database.read() as read:
        unwrap(read.keyring, wrapped(desk, batch_id), batch=str(batch_id))
        with pytest.raises(KeyMissing):
            unwrap(read.keyring, before, batch=str(batch_id))


def wrapped(desk, batch_id):
    with desk.environment.database(Login.CONNECTOR) as database, database.read() as read:
        return books.store_keys(read, batch_ids=[batch_id])[batch_id]


def test_a_worker_is_found_by_the_current_key_opened_without_the_former_and_the_log_hears_of_it(opened, owner):
    name = workers.Name("0166906-4", "w-17")
    with opened(FORMER + LOG).transaction() as tx:
        who = workers.Identity(Hetu.parse(AINO), "Virtanen")
        workers.register(tx, name, who, by=Actor(user="steward-7", role="steward"), at=AT)

    assert rekeying.rekey(opened(LATEST + FORMER + LOG), at=AT) == 1
    assert rekeying.rekey(opened(LATEST + FORMER + LOG), at=AT) == 0

    latest = opened(LATEST)
    with latest.read() as read:
        (row,) = read.execute(worker.select()).all()
        assert workers.surname_of(read.keyring, name, row.box) == "Virtanen"
        assert row.hetu_hash == read.keyring.keyed_hash(Use.IDENTITY_HASH, AINO.encode())
        (stands,) = workers.standing(read)
    with owner.read() as read:
        told = [
            json.loads(row.body)["change"]
            for row in read.execute(tables.inbox.select().order_by(tables.inbox.c.ticket))
        ]
    assert [each["digest"] == stands.digest for each in told if each["id"] == stands.id] == [False, True]


@pytest.fixture
def parts_read(monkeypatch):
    """The parts of TE's answers that were taken apart."""
    parts, parse = [], slices._PARSE[Source.TE]

    def noted(part):
        parts.append(part)
        return parse(part)

    monkeypatch.setitem(slices._PARSE, Source.TE, noted)
    return parts


@pytest.mark.parametrize("use", USES)
def test_a_full_answer_that_comes_again_after_a_rotation_changes_nothing_and_is_known_again_from_then_on(
    desk, parts_read, use
):
    people = [a_jobseeker("aino", AINO, "1984-03-12"), a_jobseeker("elli", ELLI, "1981-01-01")]
    broken = a_period("p", "aino", "2026-01-01", code="06")
    desk.answer(tyonhakijat=people, tyollisyysjaksot=[broken])
    before = desk.ask("SELECT source_record_id, person_id, version FROM staging.tyonhakija ORDER BY 1")

    rotated = Rotated(desk)
    rotated.rotate(use)
    rotated.lose_former(use)
    nights = []
    for _ in range(3):
        parts_read.clear()
        state, counts, _ = desk.answer(tyonhakijat=people, tyollisyysjaksot=[broken])
        nights.append((state, counts["unchanged"], counts["quarantined"], bool(parts_read)))

    assert [night[:3] for night in nights] == [("merged", 2, 1)] * 3
    assert nights[-1][3] is False
    assert desk.ask("SELECT source_record_id, person_id, version FROM staging.tyonhakija ORDER BY 1") == before
    state, counts, _ = desk.answer(tyonhakijat=[*people, a_jobseeker("new", a_hetu(950), "1990-01-01")])
    assert (state, counts["accepted"], counts["unchanged"]) == ("merged", 1, 2)
    assert (desk.count("staging.person"), desk.count("staging.quarantine")) == (3, 1)
