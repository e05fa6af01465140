"""The bundled database, the web, a sequencer and its standby, as ``up`` starts and tends them, in a home of their own."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types

from audit.fence import Fence
from audit.verify import Summary, trusting, verify_database
from cli import house, settings
from cli.house import House
from cli.processes import Children
from cli.settings import Settings
from cli.tending import Tending
from cli.up import LOOK_EVERY_S
from db.engine import Database, Login
from db.keys import Keyring
from tests.instances import free_ports
from tests.published import SAVONLINNA, World, a_world

SERVED = {"web": "web", "sequencer": "sequencer", "standby": "sequencer"}
READY_S = 60


@dataclass
class Service:
    """What readers meet; ``said`` is what was told of ends and starts, ``tended`` whether ends are followed by starts."""

    ground: House
    children: Children
    owner: Database
    world: World
    said: list[str] = field(default_factory=list)
    tended: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def settings(self) -> Settings:
        return self.ground.settings

    @property
    def keyring(self) -> Keyring:
        return Keyring.open(self.ground.environment.keyring_path)

    def kill(self, name: str) -> str:
        """Kill a process by its name, or the database's own; tell which it was: of the two sequencers, which one was in charge."""
        pid = self._postmaster() if name == "database" else self._child(name).process.pid
        told = self._told(name)
        os.kill(pid, signal.SIGKILL)
        return told

    def kill_sequencers(self) -> None:
        """Kill both at once: nobody takes over."""
        for name in ("sequencer", "standby"):
            self._child(name).process.kill()

    def is_whole(self) -> bool:
        """Tell whether everything runs."""
        return len(self.children._started) == len(SERVED) and not any(child.ended for child in self.children._started)

    def in_charge(self) -> str | None:
        """Name the sequencer that listens at the door."""
        return next((name for name in ("sequencer", "standby") if self._listens(name)), None)

    def findings(self) -> list[str]:
        """Verify the whole log against the fence."""
        trust = trusting(self.keyring, Fence(self.settings.home / "fence"))
        with self.ground.environment.database(Login.VERIFIER) as database:
            return [found.line() for found in verify_database(database, trust) if not isinstance(found, Summary)]

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Tend it as ``up`` does, until the end."""
        thread = threading.Thread(target=self._tend)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _tend(self) -> None:
        tending = Tending(self.children, self.ground.revive, self.said.append)
        while not self._over.wait(LOOK_EVERY_S):
            if self.tended.is_set():
                tending.look(at=time.monotonic())

    def _told(self, name: str) -> str:
        if SERVED.get(name) != "sequencer":
            return name
        return "sequencer in charge" if self.in_charge() == name else "standby"

    def _child(self, name: str):
        return next(child for child in self.children._started if child.name == name)

    def _listens(self, name: str) -> bool:
        door = str(self.ground.environment.sequencer_socket)
        try:
            opened = psutil.Process(self._child(name).process.pid).net_connections("unix")
        except psutil.Error:
            return False
        return any(each.laddr == door for each in opened)

    def _postmaster(self) -> int:
        return int((self.ground.server.places.data / "postmaster.pid").read_text().split()[0])


@contextmanager
def a_service(home: Path, client_id: str, key) -> Iterator[Service]:
    """Start all in an empty folder, with one system that may read; everything is stopped at the end."""
    told = settings.from_environ(
        values={"LUUKKU_HOME": str(home), "LUUKKU_PORT": str(free_ports()), "LUUKKU_PEOPLE": "1"}
    )
    with house.opened(told) as ground, Children(told.home / "log") as children, _all_may(ground) as (owner, connector):
        world = a_world(owner, connector)
        world.system(client_id, key, recipient=SAVONLINNA)
        values = told.handed(ground.database_url) | {"LUUKKU_PORT": str(told.ports.web)}
        for name, process in SERVED.items():
            children.start(name, [sys.executable, "-m", "cli", "serve", process], values)
        service = Service(ground, children, owner, world)
        service.tended.set()
        with service.watched():
            yield service


@contextmanager
def _all_may(ground: House) -> Iterator[tuple[Database, Database]]:
    """Open the database as owner and as connector with all keys, for a test writes what many processes do."""
    url, keyring = ground.database_url, Keyring.open(ground.environment.keyring_path)
    with Database(url, Login.OWNER, keyring) as owner, Database(url, Login.CONNECTOR, keyring) as connector:
        yield owner, connector


def until(there: Callable[[], object], *, within_s: float = READY_S) -> bool:
    """Wait until something is there; tell whether it came in time."""
    end = time.monotonic() + within_s
    while not there():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
