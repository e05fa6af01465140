"""The ground that a measurement stands on: an embedded server of its own, durable as in production, and a fresh home for each round."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped] # it ships no types
import psycopg

from db import environment
from db.embedded import EmbeddedServer
from db.keys import new_keyring
from db.migrate import migrate

PASSABLE: Final = 0o711
TEMPLATE: Final = "luukku"

Values = Mapping[str, str]
"""The environment of a process that works in a home."""


@dataclass(frozen=True, slots=True)
class Home:
    """A database, a store and keys, by the names under which child processes are handed them."""

    folder: Path
    database_url: str

    @property
    def values(self) -> Values:
        """Spell the environment of a process that works here."""
        return {
            environment.HOME: str(self.folder),
            environment.DATABASE_URL: self.database_url,
            environment.KEYRING: str(self.folder.parent / "keys" / "keyring.json"),
        }


@dataclass(frozen=True, slots=True)
class Ground:
    """The server, with a migrated database that all others are copied from."""

    folder: Path
    server: EmbeddedServer

    def home(self, name: str) -> Home:
        """Make a home with an empty database, of the newest form."""
        with self.superuser("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        return self.known_home(name)

    def known_home(self, name: str) -> Home:
        """Give a home that was made before."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return Home(folder, self.url(name))

    def drop(self, name: str) -> None:
        """Take a home's database away, so that the next round does not pay for it."""
        with self.superuser("postgres") as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def settle(self) -> None:
        """Write out what earlier work left behind, so that it is not counted as the next one's."""
        with self.superuser("postgres") as connection:
            connection.execute("CHECKPOINT")

    def cpu_seconds(self) -> float:
        """Give the processor seconds that the server has used so far, ended sessions included."""
        pid = int((self.server.places.data / "postmaster.pid").read_text().split()[0])
        postmaster = psutil.Process(pid)
        ended = postmaster.cpu_times()
        live = [_cpu_seconds(each) for each in postmaster.children()]
        return float(ended.user + ended.system + ended.children_user + ended.children_system + sum(live))

    def url(self, name: str) -> str:
        """Give the address of a home's database."""
        return self.server.places.url(database=name)

    def superuser(self, database: str) -> psycopg.Connection:
        """Connect past all grants, each statement for itself."""
        return psycopg.connect(dsn_of(self.url(database)), autocommit=True)


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def dsn_of(url: str) -> str:
    """Write the house's address as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextmanager
def standing() -> Iterator[Ground]:
    """Start a server in a temporary folder and migrate its database; stop it and take all away at the end."""
    with tempfile.TemporaryDirectory(prefix="luukku-bench-") as name:
        folder = Path(name)
        folder.chmod(PASSABLE)
        with EmbeddedServer(folder) as server:
            migrate(server.places.url())
            new_keyring(folder / "keys" / "keyring.json", development=True)
            yield Ground(folder, server)
