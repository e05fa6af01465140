"""All settings of one instance, read once from the environment; two instances with other homes and ports do not meet."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from db import environment
from db.embedded import short_folder

ROOT: Final = Path(__file__).resolve().parent.parent
DEFAULT_PORT: Final = 8600
LAST_PORT: Final = 65_530
DEFAULT_PEOPLE: Final = 1_750
MOST_PEOPLE: Final = 550_000
DEFAULT_SEED: Final = 1
HOST: Final = "127.0.0.1"


class Refusal(Exception):
    """What cannot be done, in one sentence, with the exit code that scripts see."""

    def __init__(self, sentence: str, *, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ports:
    """Five ports in a row on 127.0.0.1, from LUUKKU_PORT on."""

    web: int
    airflow: int
    worker_logs: int
    trigger_logs: int
    simulators: int

    @classmethod
    def starting_at(cls, first: int) -> "Ports":
        """Take five ports in a row."""
        return cls(first, first + 1, first + 2, first + 3, first + 4)


@dataclass(frozen=True, slots=True)
class Settings:
    """One instance: where its state lies, its ports, its database if not the bundled one, its synthetic people.

    ``provider`` is the issuer of the identity provider, None for the stand-in; ``client`` is what it knows us as.
    """

    home: Path
    ports: Ports
    database_url: str | None
    people: int
    seed: int
    provider: str | None = None
    client: str = "luukku"

    @property
    def sockets(self) -> Path:
        """The folder of our sockets, a short temporary one where the home's path is too long for a socket."""
        return short_folder(self.home / "run")

    @property
    def web_url(self) -> str:
        """The public base address of the machine API, against which DPoP proofs are judged."""
        return f"http://{HOST}:{self.ports.web}"

    @property
    def airflow_url(self) -> str:
        """Where Airflow's own pages and interface are."""
        return f"http://{HOST}:{self.ports.airflow}"

    @property
    def simulators_url(self) -> str:
        """Where the stand-in for the consumer's security server listens."""
        return f"http://{HOST}:{self.ports.simulators}"

    @property
    def provider_url(self) -> str:
        """The issuer that people sign in at: the one named by LUUKKU_SIGN_IN_ISSUER, else the stand-in."""
        return self.provider or self.stand_in_provider_url

    @property
    def stand_in_provider_url(self) -> str:
        """The issuer that the stand-in for the identity provider is."""
        return f"{self.simulators_url}/identity"

    @property
    def sign_in_secret(self) -> Path:
        """The file with the secret that we prove ourselves to the identity provider with."""
        return self.home / "keys" / "sign-in-secret"

    def environment(self, database_url: str) -> environment.Environment:
        """Say what a process of this instance is handed."""
        return environment.from_environ(self.handed(database_url))

    def handed(self, database_url: str) -> dict[str, str]:
        """Spell the same as environment variables, for child processes."""
        return {
            environment.HOME: str(self.home),
            environment.DATABASE_URL: database_url,
            environment.SECURITY_SERVER: self.simulators_url,
            environment.KEYRING: os.environ.get(environment.KEYRING) or str(self.home / "keys" / "keyring.json"),  # noqa: TID251 - settings enter here
            environment.STORE: os.environ.get(environment.STORE) or str(self.home / "store"),  # noqa: TID251 - as above
            environment.SEQUENCER: str(self.sockets / "sequencer.sock"),
        }


def from_environ(*, people: int | None = None, values: Mapping[str, str] = os.environ) -> Settings:  # noqa: TID251 - settings enter here
    """Read the variables that begin with ``LUUKKU_``; raise Refusal naming a bad one."""
    port = _number(values, "LUUKKU_PORT", DEFAULT_PORT)
    if not 1024 <= port <= LAST_PORT:  # noqa: PLR2004 - the ports that need no privilege
        raise Refusal(f"LUUKKU_PORT has to lie between 1024 and {LAST_PORT}.")
    return Settings(
        home=Path(values.get("LUUKKU_HOME") or ROOT / "var").absolute(),
        ports=Ports.starting_at(port),
        database_url=values.get("LUUKKU_DATABASE_URL") or None,
        people=people if people is not None else _people(values),
        seed=_number(values, "LUUKKU_SEED", DEFAULT_SEED),
        provider=values.get("LUUKKU_SIGN_IN_ISSUER") or None,
        client=values.get("LUUKKU_SIGN_IN_CLIENT") or "luukku",
    )


def _people(values: Mapping[str, str]) -> int:
    people = _number(values, "LUUKKU_PEOPLE", DEFAULT_PEOPLE)
    if not 1 <= people <= MOST_PEOPLE:
        raise Refusal(f"LUUKKU_PEOPLE has to lie between 1 and {MOST_PEOPLE}.")
    return people


def _number(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name) or str(default)
    if not (text.isascii() and text.isdigit()):
        raise Refusal(f"{name} has to be a whole number.")
    return int(text)
