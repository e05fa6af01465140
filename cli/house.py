"""An instance's ground floor: the database, its newest form, the keys; opened before anything else and closed last."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.settings import Refusal, Settings
from connectors.queries.rekeying import unfindable
from db.beside import airflow_url
from db.embedded import EmbeddedServer, base_of, running_url
from db.engine import Login
from db.environment import Environment
from db.errors import DatabaseError, KeyringError, KeyringUnusable, MissingRights, SetUpRefused
from db.keys import new_keyring, supplement
from db.migrate import begun, migrate

LOGIN_SECRETS: Final = Path("keys") / "logins.json"


@dataclass(frozen=True, slots=True)
class House:
    """What the ground floor gives: our database, Airflow's beside it, the environment of our processes, and the bundled server."""

    settings: Settings
    database_url: str
    airflow_url: str
    environment: Environment
    server: EmbeddedServer | None = None

    def revive(self) -> bool:
        """Start the bundled server again when it is gone, and tell whether it was; an external one is its keepers' to start."""
        return self.server is not None and self.server.revive()


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """Start or reach the database, migrate it, see to the keys; raises Refusal in one sentence."""
    with refusals(), ground(settings) as (url, secrets, server):
        environment = settings.environment(url)
        _see_to_keys(environment, development=secrets is None)
        migrate(url, secrets=secrets)
        refuse_other_keys(environment)
        yield House(settings, url, airflow_url(url, secrets), environment, server)


@contextmanager
def reached(settings: Settings) -> Iterator[Environment]:
    """Reach an instance that runs, or an external database, or open the house for a while; raises Refusal in one sentence."""
    beside_a_start = settings.database_url or running_url(settings.home)
    if beside_a_start is None:
        with opened(settings) as ground:
            yield ground.environment
        return
    with refusals():
        yield settings.environment(beside_a_start)


def refuse_unbegun(settings: Settings) -> None:
    """Refuse to speak of an instance that was never begun, as of a LUUKKU_HOME misspelt: an empty log made for it would be whole."""
    with refusals():
        if settings.database_url is None:
            there, where = base_of(settings.home).exists(), f"in {settings.home}"
        else:
            there, where = begun(settings.database_url), "in the database that LUUKKU_DATABASE_URL names"
    if not there:
        raise Refusal(f"There is no instance {where}; nothing was made.")


@contextmanager
def refusals() -> Iterator[None]:
    """Say in one sentence what keeps an instance from being opened."""
    try:
        yield
    except PermissionError as error:
        raise Refusal(
            f"{error.filename} cannot be written to; LUUKKU_HOME has to be a folder of your own.", code=3
        ) from None
    except MissingRights as error:
        raise Refusal(f"{error}\n{error.sql}", code=3) from None
    except (SetUpRefused, KeyringError, DatabaseError) as error:
        raise Refusal(str(error), code=3) from None


def _see_to_keys(environment: Environment, *, development: bool) -> None:
    """Make the keys of a database that is new; one that was written to before has its own, and without them nothing in it opens."""
    path = environment.keyring_path
    if path.exists():
        environment.keyring(Login.OWNER)
        supplement(path)
        return
    if begun(environment.database_url):
        raise KeyringUnusable(
            f"There is no keyring at {path}, and this database was written with one; put that file back from its copy."
        )
    new_keyring(path, development=development)


def refuse_other_keys(environment: Environment) -> None:
    """Refuse a keyring that belongs to another database: every known person would be taken for a new one."""
    with environment.database(Login.CONNECTOR, pool_size=1) as database, database.read() as read:
        lost = unfindable(read)
    if lost:
        raise KeyringUnusable(
            f"People rest under the key {min(lost)}, which the keyring at {environment.keyring_path} does not use; "
            "put back the keyring that belongs to this database."
        )


def _make_home(settings: Settings) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        settings.sockets.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"{error.filename} cannot be made ({error.strerror}); LUUKKU_HOME has to be a folder of your own.", code=3
        ) from None


@contextmanager
def ground(settings: Settings) -> Iterator[tuple[str, Path | None, EmbeddedServer | None]]:
    """Reach the database as it is: its owner's address; of an external server where its logins' secrets are, else the bundled one."""
    _make_home(settings)
    if settings.database_url is not None:
        yield settings.database_url, settings.home / LOGIN_SECRETS, None
        return
    server = EmbeddedServer.of_environ(settings.home, os.environ)  # noqa: TID251 - settings enter here
    url = server.start()
    try:
        yield url, None, server
    finally:
        server.stop()
