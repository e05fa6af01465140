"""An instance without Airflow and sources, for drills: its real database, sequencer and machine API, in a home that can be destroyed."""

import os
import shutil
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from audit import sequencer
from audit.log import SocketSealer
from audit.queries.sequence import newest_checkpoint
from cli import house, settings
from cli.backup.making import backup
from cli.settings import Settings
from connectors.tables import identity
from db.engine import Database, Login
from db.keys import Keyring, Use
from tests.calls import NEED, PLAN, a_system, categories, the_app, view
from tests.logs import entries
from tests.published import World, a_world

CONSENTED, LAWFUL = "sote.palvelutarve", "te.suunnitelma"
WAIT_S = 30


def an_instance(home: Path) -> Settings:
    """The settings of a home of its own."""
    return settings.from_environ(values={**os.environ, "LUUKKU_HOME": str(home)})


@dataclass
class Running:
    """A running instance: its world, its machine API and its log."""

    instance: Settings
    url: str
    owner: Database
    web: Database
    http: object
    world: World

    def person(self):
        """Somebody with a section by law and one by consent, to which they agreed."""
        person = self.world.person()
        with self.owner.transaction() as tx:
            tx.execute(update(identity).values(hash_key_id=tx.keyring.key_ids(Use.IDENTITY_HASH)[0]))
        self.world.sections(person, {LAWFUL: PLAN, CONSENTED: NEED})
        self.world.grant(person, CONSENTED)
        return person

    def system(self, name: str = "sln-asiakastyo"):
        """A recipient's system."""
        return a_system(self.world, self.http, name)

    def sees(self, system, person) -> list[str]:
        """What the recipient is shown of somebody."""
        answer = view(system, self.world.ref(person))
        assert answer.status_code == 200, answer.text
        return categories(answer)

    def size(self) -> tuple[int, int]:
        """How far the log has come: its number and its size, when all that was written is sealed."""
        while True:
            with self.owner.read() as read:
                newest = newest_checkpoint(read)
                waiting = read.connection.exec_driver_sql("SELECT count(*) FROM audit.inbox").scalar_one()
            if not waiting and newest is not None:
                return newest.log, newest.size

    def entries(self):
        """Every event, in order."""
        return entries(self.owner)

    def backup(self, folder: Path) -> str:
        """Make a copy, as the command does."""
        return backup(self.instance, folder)


@contextmanager
def running(instance: Settings):
    """Start database and sequencer, and answer as the web does; the world in it is made once."""
    with house.opened(instance) as ground, ExitStack() as stack:
        keyring = Keyring.open(ground.environment.keyring_path, set(Use))

        def database(login):
            return stack.enter_context(Database(ground.database_url, login, keyring))

        owner, connector, web = database(Login.OWNER), database(Login.CONNECTOR), database(Login.WEB)
        stop = threading.Event()
        thread = threading.Thread(target=sequencer.serve, args=(ground.environment, stop))
        thread.start()
        try:
            sealer = SocketSealer(ground.environment.sequencer_socket, keyring)
            stack.callback(sealer.close)
            while not sealer.reachable() and thread.is_alive():
                stop.wait(0.05)
            http = stack.enter_context(the_app(web, sealer, keyring))
            yield Running(instance, ground.database_url, owner, web, http, _world(owner, connector))
        finally:
            stop.set()
            thread.join(WAIT_S)


def _world(owner: Database, connector: Database) -> World:
    with owner.read() as read:
        made = read.connection.exec_driver_sql("SELECT agreement_id FROM consent.agreement").scalar()
    return a_world(owner, connector) if made is None else World(owner, connector, made)


def destroy(instance: Settings, *, fence: bool) -> None:
    """Lose the database and the store, and the fence too if it is said so; the keys lie elsewhere."""
    shutil.rmtree(instance.home / "db")
    shutil.rmtree(instance.home / "store", ignore_errors=True)
    if fence:
        (instance.home / "fence").unlink()
