"""A whole night on an external PostgreSQL: passwords over TCP, an ordinary user, Airflow's database beside ours."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url

from audit import sequencer
from cli import house, settings
from cli.settings import Refusal
from cli.verify.given import Given
from cli.verify.log import verify_tables
from db.keys import new_keyring
from db.server import connected
from db.watched import TRIGGERS, statements
from publish import refresh
from tests.asking import a_simulation
from tests.external import PASSWORD, a_clerk, empty_database, named, run, started
from tests.instances import free_ports
from tests.pulling import House

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 60
RUN_S = 600

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(700)]


@pytest.fixture(scope="module")
def server(server_homes):
    with started(server_homes()) as url:
        yield url


@pytest.fixture
def boss_url(server):
    with empty_database(server) as url:
        yield url


@pytest.fixture
def instance(tmp_path):
    """A maker of instances by the address of their database."""
    return lambda url: settings.from_environ(values={"LUUKKU_HOME": str(tmp_path / "home"), "LUUKKU_DATABASE_URL": url})


def test_a_night_is_pulled_published_and_proved(boss_url, instance, capsys):
    simulation = a_simulation(people=PEOPLE)
    with house.opened(instance(a_clerk(boss_url))) as ground:
        night = House(ground.environment, simulation)
        night.connect("te", "kela")
        sums = [night.pull(source, full=True) for source in ("te", "kela")]
        for shard in refresh.due(ground.environment):
            refresh.refresh(ground.environment, shard, at=night.at)
        sealed(ground.environment)
        sections = night.count("publish.section")

    parts = ("accepted", "quarantined", "unchanged", "held")
    assert all(each["pulled"] == sum(each[part] for part in parts) and each["accepted"] > PEOPLE for each in sums)
    assert sections > PEOPLE
    given = Given(ground.environment.keyring_path)
    assert verify_tables(ground.settings, given, (), with_details=True) == 1
    assert [json.loads(line)["code"] for line in capsys.readouterr().out.splitlines()[:-1]] == ["guard_missing"] * 2
    run(boss_url, *(statement for name in TRIGGERS for statement in statements(name)))
    assert verify_tables(ground.settings, given, (), with_details=True) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["events"] > 0


def sealed(environment):
    """Let the sequencer put what was told into the log."""
    stop = threading.Event()
    running = threading.Thread(target=sequencer.serve, args=(environment, stop))
    running.start()
    house_ = House(environment, None)
    while house_.count("audit.inbox"):
        stop.wait(0.1)
    stop.set()
    running.join()


def test_airflow_has_a_database_and_a_login_of_its_own(boss_url, instance):
    with house.opened(instance(a_clerk(boss_url))) as ground, connected(ground.airflow_url) as connection:
        who = connection.exec_driver_sql("SELECT current_user, current_database()").one()

    assert tuple(who) == ("luukku_airflow", "luukku_airflow")


def test_a_wrong_address_is_one_sentence_without_its_password(boss_url, instance):
    wrong = make_url(boss_url).set(password="wrong-word").render_as_string(hide_password=False)

    assert refused(instance(wrong)) == (
        "The PostgreSQL that LUUKKU_DATABASE_URL names refuses the user name or the password.",
        3,
    )


def test_nothing_is_told_of_a_database_in_which_nothing_was_ever_begun(boss_url, instance, tmp_path):
    with pytest.raises(Refusal, match="There is no instance"):
        verify_tables(instance(boss_url), Given(tmp_path / "keyring.json"), (), with_details=True)

    with connected(boss_url) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'audit'").scalar() == 0


def test_missing_rights_are_one_sentence_and_the_sql_that_mends_them(boss_url, instance):
    run(boss_url, f"CREATE ROLE clerk LOGIN PASSWORD '{PASSWORD}'", "ALTER DATABASE luukku OWNER TO clerk")

    sentence, code = refused(instance(named(boss_url, "luukku", "clerk")))

    first, _, sql = sentence.partition("\n")
    assert (first.count(". "), code) == (0, 3)
    assert first.startswith("The user of LUUKKU_DATABASE_URL may not make Luukku's roles")
    assert sql.startswith("CREATE ROLE ")


def test_too_old_a_version_is_one_sentence(boss_url, instance, monkeypatch):
    monkeypatch.setattr("db.server.OLDEST_MAJOR", 99)

    sentence, code = refused(instance(boss_url))

    assert sentence.startswith("PostgreSQL ")
    assert sentence.endswith(" is too old; Luukku needs 99 or newer.")
    assert code == 3


def test_development_keys_are_refused_before_anything_is_made(boss_url, instance, tmp_path):
    new_keyring(tmp_path / "home" / "keys" / "keyring.json", development=True)

    sentence, code = refused(instance(boss_url))

    assert "are for development, and this database is not" in sentence
    assert code == 3
    with connected(boss_url) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'staging'").scalar() == 0


def refused(of):
    with pytest.raises(Refusal) as caught, house.opened(of):
        pass
    assert "wrong-word" not in str(caught.value)
    assert PASSWORD not in str(caught.value)
    return str(caught.value), caught.value.code


@pytest.mark.long
def test_a_run_through_airflow_beside_it(boss_url, tmp_path):
    environ = {
        **os.environ,
        "LUUKKU_HOME": str(tmp_path / "home"),
        "LUUKKU_PORT": str(free_ports()),
        "LUUKKU_DATABASE_URL": a_clerk(boss_url),
    }

    done = subprocess.run(
        [sys.executable, "-m", "cli", "run", "--people", str(PEOPLE), "--json"],
        cwd=ROOT,
        env=environ,
        check=False,
        capture_output=True,
        timeout=RUN_S,
    )

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["failed"] == [], summary["sentences"]
    assert set(summary["sources"]) == {"te", "kela", "sote"}
    assert summary["views"]["published"] > 0
