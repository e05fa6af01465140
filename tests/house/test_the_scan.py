"""The scan of a whole run: one identity code, name or free text in a log, an error, a file or an entry lets the run fail."""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.privacy import collected
from tests.privacy.searched import FREE_TEXT, Kind, found

ROOT = Path(__file__).resolve().parents[2]
CODE, NAME = "010180-" + "9026", "Korhonen, " + "Aino Maria"
"""Written apart, so that the line of this file that a failing test would show is no finding."""
CONFTEST = """
from tests.privacy.scan import Scan

def pytest_configure(config):
    config.pluginmanager.register(Scan(config))
"""
LOGGED = """
import logging
def test_it():
    logging.getLogger("luukku").warning("no %s", "".join({parts}))
"""
PRINTED_BY_A_CHILD = """
import subprocess, sys
def test_it():
    subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write(''.join({parts}))"], check=True)
"""
SAID_BY_A_COMMAND = """
import subprocess, sys
def test_it():
    subprocess.run([sys.executable, "-c", "print(''.join({parts}))"], check=True, capture_output=True)
"""
AWAITED = """
import pytest
def test_it():
    with pytest.raises(ValueError):
        raise ValueError("not " + "".join({parts}))
"""
WRITTEN = """
def test_it(tmp_path):
    (tmp_path / "rows.csv").write_text("a;" + "".join({parts}))
"""
REFUSED = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

app = Starlette(exception_handlers={404: lambda *_: JSONResponse("".join({parts}), 404, media_type="application/problem+json")})

def test_it():
    assert TestClient(app).get("/").status_code == 404
"""
CLEAN = "def test_it(): pass\n"
BARE = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Without the plugins that these runs need nothing of: to load them takes most of such a run."""
LEAKS = {
    "log": LOGGED,
    "child": PRINTED_BY_A_CHILD,
    "command": SAID_BY_A_COMMAND,
    "error": AWAITED,
    "file": WRITTEN,
    "refusal": REFUSED,
}


def a_run(*, leak: str = CLEAN, value: str = "", processes: int = 0) -> "subprocess.CompletedProcess[str]":
    """Run one test that leaks a value, in a folder that the scan of this very run does not look into."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "conftest.py").write_text(CONFTEST)
        (Path(folder) / "test_leak.py").write_text(leak.replace("{parts}", repr([value[:3], value[3:]])))
        options = [
            "-q",
            "-p",
            "no:cacheprovider",
            f"--basetemp={folder}/made",
            "-c",
            "/dev/null",
            f"--rootdir={folder}",
        ]
        many = ["-p", "xdist", "-n", str(processes)] if processes else []
        command = [sys.executable, "-m", "pytest", *options, *many, folder]
        return subprocess.run(command, cwd=ROOT, env=BARE, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leaked_identity_code_lets_the_run_fail_and_is_not_repeated(leak):
    ran = a_run(leak=LEAKS[leak], value=CODE)

    assert ran.returncode == 1, ran.stdout
    assert "1 passed" in ran.stdout
    assert "identity code in " in ran.stdout
    assert CODE not in ran.stdout + ran.stderr


@pytest.mark.parametrize(("value", "kind"), [(NAME, Kind.NAME), (FREE_TEXT, Kind.TEXT)])
def test_what_a_worker_finds_lets_the_whole_run_fail(value, kind):
    ran = a_run(leak=AWAITED + WRITTEN.replace("test_it", "test_that"), value=value, processes=2)

    assert (ran.returncode, f"{kind} in the error ValueError: 1" in ran.stdout) == (1, True), ran.stdout
    assert f"{kind} in the file rows.csv: 1\n" in ran.stdout


def test_a_run_without_a_leak_ends_well():
    assert a_run().returncode == 0


def test_an_entry_that_holds_a_name_is_found_before_its_database_is_dropped(empty_database_url, monkeypatch):
    findings: Counter = Counter()
    monkeypatch.setattr(collected, "FOUND", findings)
    address = make_url(empty_database_url)
    with psycopg.connect(
        host=str(address.query["host"]), user=address.username, dbname=address.database, autocommit=True
    ) as connection:
        connection.execute("CREATE SCHEMA audit CREATE TABLE inbox (body bytea) CREATE TABLE event (entry bytea)")
        connection.execute("CREATE SCHEMA staging CREATE TABLE batch (held text[])")
        connection.execute("CREATE TABLE staging.source_health (cause text)")
        connection.execute("CREATE TABLE staging.quarantine (locator text, failures jsonb)")
        connection.execute("INSERT INTO audit.event VALUES (%s)", [f'{{"user":"{NAME}"}}'.encode()])
        connection.execute("INSERT INTO staging.source_health VALUES (%s)", [CODE])

        collected.look_into_database(empty_database_url)

        connection.execute("DROP SCHEMA audit CASCADE")
    assert findings == {(Kind.NAME, "an entry of the log"): 1, (Kind.CODE, "an error in the books"): 1}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("seen 010180-9026.", {Kind.CODE: 1}),
        ("/people/010180%2D9026/view", {Kind.CODE: 1}),
        ("010180Y9026 and 010106b9023", {Kind.CODE: 2}),
        ("010180-9027 1010180-9026 010180-9026A 010180-102C", {}),
        ("019e8269-0101-8090-9026-4a5b6c7d8e9f", {}),
        ("<sukunimi>Mäkinen</sukunimi><etunimet>Väinö</etunimet>", {Kind.NAME: 1}),
        ('{"family_name": "Esimerkki", "given_names": "Aino Maria"}', {Kind.NAME: 1}),
        ("Aino Maria Esimerkki", {Kind.NAME: 1}),
        ("Salo, Laine and Savonlinna; Maria of Salo", {}),
        ("Aino Esimerkkinen", {}),
    ],
)
def test_codes_that_hold_and_names_of_one_person_are_found_and_nothing_else(text, kinds):
    assert found(text.encode()) == kinds
