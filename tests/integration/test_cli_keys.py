"""``./luukku keys``: made, listed without key material, rotated beside readers, killed in the middle and begun again."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli import house, settings
from cli.main import app
from connectors.persons import hetus
from connectors.queries.rekeying import unfindable
from db.engine import Login
from db.keys import State, Use, list_keys, packing, rotate, rotating
from tests.linking import linked

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 6, 4, 2, tzinfo=UTC)
PEOPLE = 2_500

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def environ(server_homes):
    return {**os.environ, "LUUKKU_HOME": str(server_homes())}


def luukku(environ, *arguments):
    return CliRunner().invoke(app, arguments, env=environ)


def keyring(environ):
    return Path(environ["LUUKKU_HOME"]) / "keys" / "keyring.json"


def test_keys_are_made_once_and_listed_without_key_material(environ):
    made = luukku(environ, "keys", "new")
    again = luukku(environ, "keys", "new")
    listed = luukku(environ, "keys", "list")

    secrets = [entry["secret"] for entry in json.loads(keyring(environ).read_text())["keys"]]
    assert (made.exit_code, again.exit_code, listed.exit_code) == (0, 3, 0)
    assert keyring(environ).stat().st_mode & 0o777 == 0o600
    assert len(listed.stdout.splitlines()) == len(Use)
    assert not [secret for secret in secrets if secret in listed.stdout + made.stdout]
    assert again.stderr.strip().count("\n") == 0


def test_a_missing_keyring_says_how_to_make_one(environ):
    listed = luukku(environ, "keys", "list")

    assert listed.exit_code == 3
    assert listed.stderr.startswith("luukku: There is no keyring at ")
    assert listed.stderr.endswith("make one with `./luukku keys new`.\n")


@pytest.mark.parametrize(
    ("use", "sentence"),
    [("log_pseudonym", "is not rotated: the log finds"), ("hetu", "There is no such use; there are")],
)
def test_what_cannot_be_rotated_is_refused_in_one_sentence(environ, use, sentence):
    refused = luukku(environ, "keys", "rotate", use)

    assert refused.exit_code == 2
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_database_without_its_keyring_is_not_opened_with_new_keys(environ):
    with house.opened(settings.from_environ(values=environ)):
        pass
    keyring(environ).unlink()

    with (
        pytest.raises(settings.Refusal, match="was written with one; put that file back") as caught,
        house.opened(settings.from_environ(values=environ)),
    ):
        pass

    assert caught.value.code == 3
    assert not keyring(environ).exists()


def test_a_keyring_of_another_database_is_refused_and_its_key_named(environ):
    with house.opened(settings.from_environ(values=environ)) as ground:
        know(ground.environment, 1)
    (former,) = [key.id for key in list_keys(keyring(environ)) if key.use is Use.IDENTITY_HASH]
    keyring(environ).unlink()
    luukku(environ, "keys", "new", "--development")

    with (
        pytest.raises(settings.Refusal, match=f"People rest under the key {former}"),
        house.opened(settings.from_environ(values=environ)),
    ):
        pass


def test_a_rotation_that_is_killed_is_ended_by_the_next(environ):
    """Both identity keys rotate; a reader finds everybody at every moment, and nothing is left under a former key."""
    with house.opened(settings.from_environ(values=environ)) as ground:
        path = ground.environment.keyring_path
        people = know(ground.environment, PEOPLE)
        begun(path, Use.IDENTITY_ENCRYPTION, Use.IDENTITY_HASH)

        with rotation(environ, "identity_encryption") as killed:
            wait_for(killed, "values in staging")
            killed.send_signal(signal.SIGKILL)
        found = [read_all(ground.environment)]
        half = under_former(ground.environment)
        for use in ("identity_encryption", "identity_hash"):
            with rotation(environ, use) as ending:
                while ending.poll() is None:
                    found.append(read_all(ground.environment))
                assert ending.returncode == 0, ending.stdout.read()
        found.append(read_all(ground.environment))

        assert half > 0
        assert under_former(ground.environment) == 0
        assert [rotating(path, Use(use)) for use in ("identity_encryption", "identity_hash")] == [None, None]
        states = [key.state for key in list_keys(path) if key.use is Use.IDENTITY_HASH]
        assert sorted(states) == [State.CURRENT, State.FORMER]
        assert len(found) > 3
        assert all(each == people for each in found)
        assert told(ground.environment, "key.rotated") == 2


def know(environment, number):
    """Make people known; gives the HETU of each person."""
    codes = [a_hetu(each) for each in range(number)]
    with environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
        people = linked(tx, *codes, at=AT).people
    return {person: hetu for hetu, person in people.iter_rows()}


def a_hetu(number):
    """Write the number-th artificial code: a day and one of a hundred individual numbers."""
    born = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number // 100)
    stem = f"{born:%d%m%y}{900 + number % 100}"
    return f"{stem[:6]}-{stem[6:]}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(stem) % 31]}"


def read_all(environment):
    """Read everybody's code as a pull does, and see that all can be found by the keys this process tries."""
    with environment.database(Login.CONNECTOR) as database, database.read() as read:
        people = [row[0] for row in read.execute(text("SELECT person_id FROM staging.person"))]
        assert unfindable(read) == set()
        return {str(person): hetu.reveal() for person, hetu in hetus(read, people)}


def begun(path, *uses):
    """Begin rotations an hour ago, of keys made long before, so that the new ones have settled."""
    for use in uses:
        rotate(path, use)
    document = json.loads(path.read_text())
    for number, entry in enumerate(document["keys"]):
        entry["made_at"] = (datetime.now(UTC) - timedelta(hours=1, seconds=-number)).isoformat()
    path.write_text(json.dumps(document))


def rotation(environ, use):
    command = [sys.executable, "-m", "cli", "keys", "rotate", use]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(process, words):
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"it ended with code {process.wait()} before it said: {words}")


def under_former(environment):
    """Count the values of identity that a former key closed or hashed."""
    keys = list_keys(environment.keyring_path)
    newest = {use: max((key for key in keys if key.use is use), key=lambda key: key.made_at).id for use in Use}
    header = packing.header(newest[Use.IDENTITY_ENCRYPTION])
    statement = "SELECT count(*) FROM staging.identity WHERE hash_key_id <> :id OR substring(hetu FOR :n) <> :header"
    with environment.database(Login.CONNECTOR) as database, database.read() as read:
        values = {"id": newest[Use.IDENTITY_HASH], "n": len(header), "header": header}
        return read.execute(text(statement), values).scalar_one()


def told(environment, kind):
    statement = "SELECT count(*) FROM audit.inbox WHERE convert_from(body, 'utf8')::jsonb ->> 'type' = :kind"
    with environment.database(Login.OWNER) as database, database.read() as read:
        return read.execute(text(statement), {"kind": kind}).scalar_one()
