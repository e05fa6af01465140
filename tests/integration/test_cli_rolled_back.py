"""A database older than what its log has announced is not started on: one sentence, exit code 4."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from audit import sequencer
from cli import house, settings
from db.embedded import running_url
from tests.instances import free_ports

ROOT = Path(__file__).resolve().parents[2]
START_S = 120

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture
def environ(server_homes):
    return {**os.environ, "LUUKKU_HOME": str(server_homes()), "LUUKKU_PORT": str(free_ports()), "LUUKKU_PEOPLE": "20"}


def announce_and_forget(instance):
    """Let the sequencer open its log and announce it in the fence, then take the log out of the database."""
    with house.opened(instance) as ground:
        stop = threading.Event()
        running = threading.Thread(target=sequencer.serve, args=(ground.environment, stop))
        running.start()
        fence = instance.home / "fence"
        while not fence.exists() or b"luukku" not in fence.read_bytes():
            stop.wait(0.05)
        stop.set()
        running.join()
        address = make_url(ground.database_url)
        with psycopg.connect(host=address.query["host"], user=address.username, dbname=address.database) as connection:
            for table in ("event", "node", "checkpoint"):
                connection.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER USER")
                connection.execute(f"TRUNCATE audit.{table}")


def test_a_start_on_an_older_database_ends_with_one_sentence_and_code_4(environ):
    instance = settings.from_environ(values=environ)
    announce_and_forget(instance)

    started = subprocess.run(
        [sys.executable, "-m", "cli", "run"], cwd=ROOT, env=environ, check=False, capture_output=True, timeout=START_S
    )

    last = started.stderr.decode().strip().splitlines()[-1]
    assert started.returncode == 4, started.stderr
    assert last.startswith("luukku: The database does not hold what its log has announced")
    assert last.endswith("were announced.")
    assert b"Traceback" not in started.stderr
    assert running_url(instance.home) is None
