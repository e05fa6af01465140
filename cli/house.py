"""An instance's ground floor: the database, its newest form, the keys; opened before anything else and closed last."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.settings import Refusal, Settings
from db.beside import airflow_url
from db.embedded import EmbeddedServer
from db.environment import Environment
from db.errors import DatabaseError, KeyringError, MissingRights, SetUpRefused
from db.keys import new_keyring
from db.migrate import migrate

LOGIN_SECRETS: Final = Path("keys") / "logins.json"


@dataclass(frozen=True, slots=True)
class House:
    """What the ground floor gives: our database, Airflow's beside it, and the environment of our processes."""

    settings: Settings
    database_url: str
    airflow_url: str
    environment: Environment


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """Start or reach the database, migrate it, see to the keys; raises Refusal in one sentence."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        settings.sockets.mkdir(mode=0o700, exist_ok=True)
        with _database(settings) as (url, secrets):
            migrate(url, secrets=secrets)
            environment = settings.environment(url)
            if not environment.keyring_path.exists():
                new_keyring(environment.keyring_path, development=secrets is None)
            yield House(settings, url, airflow_url(url, secrets), environment)
    except PermissionError as error:
        raise Refusal(
            f"{error.filename} cannot be written to; LUUKKU_HOME has to be a folder of your own.", code=3
        ) from None
    except MissingRights as error:
        raise Refusal(f"{error}\n{error.sql}", code=3) from None
    except (SetUpRefused, KeyringError, DatabaseError) as error:
        raise Refusal(str(error), code=3) from None


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, Path | None]]:
    """Give the owner's address, and for an external server where the secrets of its logins are kept."""
    if settings.database_url is not None:
        yield settings.database_url, settings.home / LOGIN_SECRETS
        return
    server = EmbeddedServer.of_environ(settings.home, os.environ)  # noqa: TID251 - settings enter here
    url = server.start()
    try:
        yield url, None
    finally:
        server.stop()
