"""Homes side by side on one embedded server, with the same keys and the same sources on a socket, and a sequencer each."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn

from audit import tables as log
from audit.fence import Fence
from audit.verify import Summary, trusting, verify_database
from bench.ground import Ground
from cli.stand_ins import HELD_BEHIND, Drawn
from db import environment
from db.clock import now
from db.embedded import EmbeddedServer
from db.engine import Login
from db.environment import Environment
from db.keys import Keyring, Use, new_keyring
from db.migrate import migrate
from simulators.app import create_app
from simulators.simulation import Simulation
from tests.killing.workers import Worker

DAY = timedelta(days=1)
DAYS_AGO = 20 * DAY
"""So that no night of a test lies in the future: sources that tell of it would be refused."""
DRAIN_S = 60


@dataclass(frozen=True, slots=True)
class Home:
    """One instance without Airflow and web: what its tasks are handed."""

    folder: Path
    environ: dict[str, str]
    begun: datetime

    @property
    def environment(self) -> Environment:
        return environment.from_environ(self.environ)

    def worker(self, closing: datetime) -> Worker:
        """Give a worker to whom it is shortly after the sources' data closed."""
        return Worker(self.environ, self.begun - closing - HELD_BEHIND)

    def begin(self, drawn: Drawn) -> None:
        """Write whom the people were drawn from, and the registers."""
        drawn._write(self.folder / "people.json")
        self.worker(drawn.closing).done("furnish")

    @contextmanager
    def log_running(self) -> Iterator[None]:
        """Keep a sequencer running, killed at the end."""
        process, _ = Worker(self.environ).begun("sequence")
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()

    def findings_of_the_log(self) -> list[dict]:
        """Wait until every event is in the log, then verify all of it."""
        with self.environment.database(Login.OWNER) as owner:
            deadline = time.monotonic() + DRAIN_S
            while _waits(owner) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not _waits(owner), "the sequencer did not take all events"
        trust = trusting(Keyring.open(self.environment.keyring_path, {Use.CHECKPOINT}), Fence(self.folder / "fence"))
        with self.environment.database(Login.VERIFIER) as database:
            found = list(verify_database(database, trust))
        return [json.loads(line.line()) for line in found if not isinstance(line, Summary)]


def _waits(owner) -> bool:
    with owner.read() as read:
        return read.execute(log.inbox.select().limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Where homes are made: one server, one folder of keys, one set of sources at an address."""

    ground: Ground
    simulation: Simulation
    drawn: Drawn
    address: str

    @property
    def closing(self) -> datetime:
        return self.simulation.world.population.closing

    def home(self, name: str) -> Home:
        """Make an instance and write its registers."""
        made = self.ground.home(name)
        handed = {environment.STORE: str(made.folder / "store"), environment.SECURITY_SERVER: self.address}
        handed[environment.SEQUENCER] = str(made.folder / "sequencer.sock")
        people = {"LUUKKU_PEOPLE": str(self.drawn.people), "LUUKKU_SEED": str(self.drawn.seed)}
        home = Home(made.folder, {**made.values, **handed, **people}, begun=now())
        home.begin(self.drawn)
        return home

    def day_passes(self) -> None:
        """Let the sources live a day on."""
        self.simulation.world.advance(closing=self.closing + DAY)

    def server_falls(self) -> None:
        """Kill the database server, not its sessions, and start it again."""
        server = self.ground.server
        os.kill(int((server.places.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        server.leave()
        server.start()


@contextmanager
def neighbourhood(folder: Path, *, people: int, seed: int) -> Iterator[Neighbourhood]:
    """Start a server in an empty folder, durable as in production, and the sources of some people whose first day was `DAYS_AGO`."""
    closing = now().replace(hour=9, minute=0, second=0, microsecond=0) - DAYS_AGO
    drawn = Drawn(people, seed, closing)
    simulation = Simulation.of(drawn.population(at=closing + HELD_BEHIND))
    with EmbeddedServer(folder) as server, serving(simulation) as address:
        migrate(server.places.url())
        new_keyring(folder / "keys" / "keyring.json", development=True)
        yield Neighbourhood(Ground(folder, server), simulation, drawn, address)


@contextmanager
def serving(simulation: Simulation) -> Iterator[str]:
    """Put the stand-ins on a port of this machine, and give their address."""
    config = uvicorn.Config(
        create_app(simulation), host="127.0.0.1", port=0, ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
