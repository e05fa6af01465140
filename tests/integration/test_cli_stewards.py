"""The commands of stewards: the quarantine, held batches, two persons made one, a source tried; each step is an event."""

import json
import threading

import pytest
import uvicorn
from typer.testing import CliRunner

from cli.main import app
from connectors.queries import books
from db.engine import Login
from simulators.app import create_app
from simulators.faults import Fault, FaultName
from tests.asking import a_simulation
from tests.by_hand import Desk, a_jobseeker, a_period, an_id
from tests.instances import free_ports
from tests.privacy.searched import FREE_TEXT
from tests.pulling import a_connection, an_environment

AINO = a_jobseeker("aino", "120384-9128", "1984-03-12")
ELLI = a_jobseeker("elli", "010181-9533", "1981-01-01")
BROKEN = a_period("p", "aino", "2026-01-01", code="06")
SIMULATORS = 4
START_S = 20


@pytest.fixture(scope="module")
def _simulation():
    return a_simulation(people=5)


@pytest.fixture
def simulation(_simulation):
    yield _simulation
    _simulation.faults.clear()


@pytest.fixture
def desk(database_url, tmp_path, simulation):
    desk = Desk(an_environment(database_url, tmp_path), simulation)
    desk.connect("te")
    return desk


@pytest.fixture
def luukku(desk):
    """Run a command against the desk's database and keys."""

    def run(*arguments, typed=None, **more):
        environ = {
            "LUUKKU_HOME": str(desk.environment.home),
            "LUUKKU_DATABASE_URL": desk.environment.database_url,
            "LUUKKU_STORE": desk.environment.store,
        }
        return CliRunner().invoke(app, [str(each) for each in arguments], input=typed, env=environ | more)

    return run


def events(desk):
    return {kind for (kind,) in desk.ask("SELECT convert_from(body, 'utf8')::jsonb ->> 'type' FROM audit.inbox")}


def test_a_row_is_listed_shown_explained_and_discarded_without_its_values(desk, luukku):
    desk.answer(tyonhakijat=[AINO | {"sukunimi": ""}])
    ((number,),) = desk.ask("SELECT quarantine_id FROM staging.quarantine")

    listed = luukku("quarantine", "list")
    explained = luukku("quarantine", "explain", number, "--cause", FREE_TEXT, "--owner", "KEHA", "--due", "2026-07-01")
    shown = luukku("quarantine", "show", number)
    discarded = luukku("quarantine", "discard", number, "--why", "not_ours")

    assert [each.exit_code for each in (listed, explained, shown, discarded)] == [0, 0, 0, 0]
    assert "Tyonhakija sukunimi MISSING" in listed.stdout
    assert "KEHA" in shown.stdout
    assert not [value for value in ("120384", "Aino", "Esimerkki") if value in listed.stdout + shown.stdout]
    assert {"quarantine.explained", "quarantine.discarded"} <= events(desk)
    assert luukku("quarantine", "list").stdout == "No row waits.\n"


def test_rows_are_judged_again_after_the_source_was_mended(desk, luukku):
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=[a_period("p", "elli", "2026-01-01")])
    desk.answer(full=False, tyonhakijat=[ELLI])

    done = luukku("quarantine", "revalidate", "--source", "te")

    assert (done.exit_code, done.stdout) == (0, "1 rows were judged again, and 1 released.\n")
    assert "quarantine.released" in events(desk)


@pytest.mark.parametrize(("word", "state"), [("accept", ("held", True)), ("reject", ("failed", False))])
def test_a_held_batch_is_listed_and_a_steward_decides(desk, luukku, word, state):
    empty = [a_period(f"p{n}", "aino", f"20{n:02d}-01-01", f"20{n:02d}-12-31", code=None) for n in range(10, 25)]
    desk.answer(tyonhakijat=[AINO], tyollisyysjaksot=empty)
    ((batch,),) = desk.ask("SELECT batch_id FROM staging.batch")

    listed = luukku("batch", "list")
    done = luukku("batch", word, batch)

    assert listed.stdout.startswith(f"{batch}  te-36  ")
    assert "empty in every row" in listed.stdout
    assert done.exit_code == 0
    assert desk.ask("SELECT state, accepted_as_is FROM staging.batch") == [state]
    assert "batch.released" in events(desk)


def test_two_persons_are_joined_by_their_ids_read_from_the_input(desk, luukku):
    desk.answer(tyonhakijat=[AINO, ELLI], tyollisyysjaksot=[a_period("p", "elli", "2026-01-01")])
    people = dict(desk.ask("SELECT source_record_id, person_id FROM staging.tyonhakija"))
    elli, aino = people[an_id("elli")], people[an_id("aino")]

    done = luukku("person", "join", typed=f"{elli}\n{aino}\nSama ihminen.\n")
    back = luukku("person", "join", typed=f"{aino}\n{elli}\nToisin päin.\n")

    assert (done.exit_code, back.exit_code) == (0, 2)
    assert "was joined to another before" in back.stderr
    assert desk.ask("SELECT DISTINCT person_id FROM staging.identity") == [(aino,)]
    assert "person.merged" in events(desk)


@pytest.mark.parametrize(
    ("command", "typed", "sentence"),
    [
        (("quarantine", "discard", 1, "--why", "not_ours"), None, "No such row waits in quarantine."),
        (("quarantine", "discard", 1, "--why", "boredom"), None, "There is no such reason; there are source_withdrew"),
        (("quarantine", "show", 1), None, "There is no row of this number."),
        (("quarantine", "list", "--source", "vtj"), None, "There is no such source; there are te, kela, sote."),
        (("batch", "accept", an_id("no batch")), None, "No such batch waits for a steward."),
        (("batch", "reject", "x"), None, "A batch is named by its id"),
        (("person", "join"), "120384-9128\nx\nwhy\n", "A person is named by person_id"),
        (("person", "join"), f"{an_id('a')}\n{an_id('b')}\nwhy\n", "One of the two is not known"),
        (("source", "try", "te-99"), None, "There is no connection of that name; there are te-36."),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_code_2(luukku, command, typed, sentence):
    refused = luukku(*command, typed=typed)

    assert refused.exit_code == 2
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "120384" not in refused.stderr


@pytest.fixture
def port(simulation):
    """The first of five ports, the stand-ins listening on the one that is theirs."""
    first = free_ports()
    server = uvicorn.Server(
        uvicorn.Config(create_app(simulation), host="127.0.0.1", port=first + SIMULATORS, log_level="error")
    )
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        running.join(0.05)
    yield first
    server.should_exit = True
    running.join(START_S)


@pytest.fixture
def connected(desk):
    with desk.environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
        books.define_connection(tx, defined=a_connection("kela", desk.at))


def test_a_connection_joins_on_trial_is_made_live_and_stopped_each_an_event(desk, luukku, tmp_path):
    described = {
        "connection_id": "te-01",
        "source": "te",
        "controller": "2296962-1",
        "place": "01",
        "client": "FI-TEST/MUN/0166906-4/luukku",
        "service": "FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1",
        "agreement": "SLN-2026-17",
    }
    path = tmp_path / "te-01.json"
    path.write_text(json.dumps(described))

    states = []
    for command in (("join", path), ("live", "te-01"), ("stop", "te-01")):
        assert luukku("source", *command).exit_code == 0
        states += desk.ask("SELECT state FROM staging.connection WHERE connection_id = 'te-01'")

    assert states == [("trial",), ("live",), ("stopped",)]
    assert "te-01        stopped  01   FI-TEST/GOV" in luukku("source", "list").stdout
    ((told,),) = desk.ask(
        "SELECT count(*) FROM audit.inbox WHERE convert_from(body, 'utf8')::jsonb ->> 'type' = 'config.changed'"
    )
    assert told == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"place": "99"}, "is in no list of areas or counties"),
        ({"service": "FI-TEST/GOV"}, "An X-Road identifier of this kind has 5 or 6 parts"),
        ({"colour": "red"}, "This does not describe a connection"),
        ({"connection_id": "te-36"}, "There is a connection te-36 already."),
    ],
)
def test_a_connection_that_cannot_be_is_refused_in_one_sentence(luukku, tmp_path, change, sentence):
    described = {
        "connection_id": "te-02",
        "source": "te",
        "controller": "2296962-1",
        "place": "02",
        "client": "FI-TEST/MUN/0166906-4/luukku",
        "service": "FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1",
    }
    path = tmp_path / "te-02.json"
    path.write_text(json.dumps(described | change))

    refused = luukku("source", "join", path)

    assert refused.exit_code == 2
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.loopback
def test_a_source_is_tried_over_its_socket(connected, luukku, port):
    good = luukku("source", "try", "kela-36", LUUKKU_PORT=str(port))

    assert good.exit_code == 0, good.output
    assert good.stdout.startswith("kela-36 (live): ")
    assert good.stdout.endswith(" 0 broken\nNothing was stored.\n")


@pytest.mark.loopback
def test_a_changed_shape_is_told_by_its_path_and_code_1(connected, luukku, port, simulation):
    simulation.faults.plan(Fault(name=FaultName.CHANGED_SHAPE, source="kela", detail="etuus"))

    told = luukku("source", "try", "kela-36", LUUKKU_PORT=str(port))

    assert told.exit_code == 1
    assert "/uusiEtuus" in told.stdout
    assert "Nothing was stored.\n" in told.stdout


@pytest.mark.loopback
def test_a_source_that_refuses_us_is_one_sentence_and_code_3(connected, luukku, port, simulation):
    simulation.faults.plan(Fault(name=FaultName.XROAD_ERROR, source="kela", detail="server.serverproxy.access_denied"))

    told = luukku("source", "try", "kela-36", LUUKKU_PORT=str(port))

    assert told.exit_code == 3
    assert told.stderr.count("\n") == 1


def test_a_worker_is_registered_and_leaves_by_what_is_typed_and_the_log_is_told_neither_hetu_nor_surname(desk, luukku):
    assert luukku("worker", "register", typed="0166906-4\nw-17\n120384-9128\nVirtanen\n").exit_code == 0
    assert luukku("worker", "leave", typed="0166906-4\nw-17\n").exit_code == 0

    gone = luukku("worker", "leave", typed="0166906-4\nw-17\n")
    assert gone.exit_code == 2
    assert "Nobody works there under that name." in gone.output
    told = [
        text for (text,) in desk.ask("SELECT convert_from(body, 'utf8') FROM audit.inbox") if "staging.worker" in text
    ]
    assert [json.loads(text)["type"] for text in told] == ["config.changed"] * 2
    assert not [text for text in told if "120384" in text or "Virtanen" in text]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1234567-8\nw-17\n120384-9128\nVirtanen\n", "Y-tunnus"),
        ("0166906-4\nw-17\n120384-9129\nVirtanen\n", "no HETU"),
        ("0166906-4\nw-17\n120384-9128\n \n", "surname"),
    ],
)
def test_a_worker_who_cannot_be_told_is_refused_without_an_echo(luukku, typed, said):
    refused = luukku("worker", "register", typed=typed)

    assert refused.exit_code == 2
    assert said in refused.output
    assert "120384" not in refused.output
