"""What a process is handed, and what it is refused."""

import json
from pathlib import Path

import pytest

from db.embedded import base_of
from db.engine import Login
from db.environment import from_environ
from db.errors import KeyMissing, KeyringUnusable, SetUpRefused, WrongUrl
from db.keys import Use, new_keyring
from db.logins import login_url
from db.server import parsed

EXTERNAL = "postgresql://admin:hidden-word@localhost/luukku"
EMBEDDED = "postgresql+psycopg://luukku_superuser@/luukku?host=/somewhere"


@pytest.fixture
def environ(tmp_path):
    def environ_(*, url=EMBEDDED, development=True):
        new_keyring(tmp_path / "keys" / "keyring.json", development=development)
        return from_environ({"LUUKKU_HOME": str(tmp_path), "LUUKKU_DATABASE_URL": url})

    return environ_


def test_what_is_not_named_lies_under_the_home(tmp_path):
    environment = from_environ({"LUUKKU_HOME": str(tmp_path)})

    assert environment.keyring_path == tmp_path / "keys" / "keyring.json"
    assert environment.store == str(tmp_path / "store")
    assert environment.sequencer_socket == tmp_path / "run" / "sequencer.sock"
    assert environment.database_url == ""


def test_what_is_named_is_taken(tmp_path):
    environment = from_environ(
        {
            "LUUKKU_HOME": str(tmp_path),
            "LUUKKU_KEYRING": "/keys.json",
            "LUUKKU_STORE": "s3://bucket",
            "LUUKKU_SEQUENCER": "/run/s.sock",
            "LUUKKU_SECURITY_SERVER": "http://127.0.0.1:1",
        }
    )

    assert environment.keyring_path == Path("/keys.json")
    assert environment.store == "s3://bucket"
    assert environment.sequencer_socket == Path("/run/s.sock")
    assert environment.security_server == "http://127.0.0.1:1"


def test_a_running_embedded_server_is_found_by_its_home(tmp_path):
    base_of(tmp_path).mkdir()
    (base_of(tmp_path) / "url").write_text(EMBEDDED)

    assert from_environ({"LUUKKU_HOME": str(tmp_path)}).database_url == EMBEDDED


def test_without_a_database_the_sentence_says_so(tmp_path):
    with pytest.raises(SetUpRefused, match="LUUKKU_DATABASE_URL is not set, and no embedded server runs"):
        from_environ({"LUUKKU_HOME": str(tmp_path)}).database(Login.WEB)


def test_development_keys_do_not_guard_an_external_database(environ):
    with pytest.raises(KeyringUnusable, match="for development"):
        environ(url=EXTERNAL).keyring(Login.CONNECTOR)


def test_development_keys_guard_the_embedded_server(environ):
    assert environ().keyring(Login.CONNECTOR).development


@pytest.mark.parametrize(
    ("login", "held", "missing"),
    [
        (Login.SEQUENCER, Use.CHECKPOINT, Use.IDENTITY_ENCRYPTION),
        (Login.CONNECTOR, Use.IDENTITY_HASH, Use.CHECKPOINT),
        (Login.WEB, Use.TOKEN, Use.CHECKPOINT),
        (Login.VERIFIER, Use.LOG_DETAIL, Use.IDENTITY_HASH),
    ],
)
def test_a_login_is_given_the_keys_it_uses_and_no_others(environ, login, held, missing):
    ring = environ().keyring(login)

    assert ring.key_ids(held)
    with pytest.raises(KeyMissing):
        ring.key_ids(missing)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "not an address"),
        ("hidden-word", "not an address"),
        ("mysql://user:hidden-word@localhost/luukku", "must name a PostgreSQL database"),
        ("postgresql://user:hidden-word@localhost", "must name a PostgreSQL database"),
        ("postgresql://user:hidden-word@db.example/luukku", "sslmode=verify-full"),
        ("postgresql://user:hidden-word@db.example/luukku?sslmode=require", "sslmode=verify-full"),
    ],
)
def test_a_wrong_address_is_told_in_one_sentence_without_its_password(url, sentence):
    with pytest.raises(WrongUrl, match=sentence) as caught:
        parsed(url)

    assert "hidden-word" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user@localhost/luukku",
        "postgres://user@127.0.0.1/luukku",
        "postgresql+psycopg://user@/luukku?host=/run/postgresql",
        "postgresql://user@db.example/luukku?sslmode=verify-full",
    ],
)
def test_a_right_address_is_taken(url):
    assert parsed(url).drivername == "postgresql+psycopg"


def test_a_login_on_an_external_server_comes_with_its_own_secret(tmp_path):
    path = tmp_path / "logins.json"
    path.write_text(json.dumps({"luukku_web": "secret-of-web"}))
    path.chmod(0o600)

    url = parsed(login_url(EXTERNAL, Login.WEB, path))

    assert (url.username, url.password) == ("luukku_web", "secret-of-web")


def test_an_address_that_is_the_logins_own_stays(tmp_path):
    url = "postgresql://luukku_web:own@localhost/luukku"

    assert login_url(url, Login.WEB, tmp_path / "none.json") == url


def test_a_login_without_a_secret_is_named(tmp_path):
    with pytest.raises(SetUpRefused, match="luukku_web is not in"):
        login_url(EXTERNAL, Login.WEB, tmp_path / "none.json")


def test_secrets_that_others_can_read_are_refused(tmp_path):
    path = tmp_path / "logins.json"
    path.write_text("{}")
    path.chmod(0o644)

    with pytest.raises(SetUpRefused, match="chmod 600"):
        login_url(EXTERNAL, Login.WEB, path)
