"""What this process was handed: where the database, the keys, the store and the other processes are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from db.embedded import is_embedded, running_url
from db.engine import Database, Login
from db.errors import KeyringUnusable, SetUpRefused
from db.keys import Keyring, Use
from db.logins import login_url

HOME = "LUUKKU_HOME"
DATABASE_URL = "LUUKKU_DATABASE_URL"
KEYRING = "LUUKKU_KEYRING"
STORE = "LUUKKU_STORE"
SEQUENCER = "LUUKKU_SEQUENCER"
SECURITY_SERVER = "LUUKKU_SECURITY_SERVER"
MANDATES = "LUUKKU_MANDATES"
CLOCK = "LUUKKU_CLOCK"
STOPPED = "stopped"

_IDENTITY = frozenset({Use.IDENTITY_ENCRYPTION, Use.IDENTITY_HASH})
_LOG = frozenset({Use.LOG_PSEUDONYM, Use.LOG_DETAIL})

USES_OF = {
    Login.OWNER: _LOG,
    Login.CONNECTOR: _IDENTITY | _LOG | {Use.STORE},
    Login.PUBLISHER: _IDENTITY | _LOG,
    Login.WEB: _IDENTITY | _LOG | {Use.TOKEN, Use.RECEIPT, Use.FEED_TOKEN, Use.EXPORT},
    Login.SEQUENCER: _LOG | {Use.CHECKPOINT},
    Login.VERIFIER: _LOG,
    Login.KEEPER: _IDENTITY | _LOG | {Use.STORE},
    Login.RECONCILER: _LOG | {Use.IDENTITY_ENCRYPTION},
}
"""Which keys a process of each login is given; it cannot use what it does not hold (AMENDMENTS 12)."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The addresses of one instance; two instances share none of them.

    ``mandates`` is the register of mandates as an X-Road service; without one nobody's authority is asked about, and it lapses.
    """

    database_url: str
    keyring_path: Path
    store: str
    sequencer_socket: Path
    security_server: str
    home: Path
    mandates: str = ""

    @property
    def logins_path(self) -> Path:
        """Where the secrets of our logins on an external server are kept."""
        return self.home / "keys" / "logins.json"

    def keyring(self, login: Login) -> Keyring:
        """Open the keys that a process of this login uses; development keys guard only the embedded server."""
        ring = Keyring.open(self.keyring_path, USES_OF[login])
        if ring.development and not is_embedded(self.database_url):
            raise KeyringUnusable(
                f"The keys in {self.keyring_path} are for development, and this database is not; "
                f"name another file in {KEYRING} and make keys there with `./luukku keys new`."
            )
        return ring

    def database(self, login: Login, *, pool_size: int = 5) -> Database:
        """Open the database under a login, with the keys of that login."""
        if not self.database_url:
            raise SetUpRefused(f"{DATABASE_URL} is not set, and no embedded server runs in {self.home}.")
        url = (
            self.database_url
            if is_embedded(self.database_url)
            else login_url(self.database_url, login, self.logins_path)
        )
        return Database(url, login, self.keyring(login), pool_size=pool_size)


def clock_runs(values: Mapping[str, str] = os.environ) -> bool:  # noqa: TID251 - as below
    """Whether the timetables wake by their hours; a single refresh by hand stops the clock, so that no other run comes between."""
    return values.get(CLOCK) != STOPPED


def from_environ(values: Mapping[str, str] = os.environ) -> Environment:  # noqa: TID251 - this is where settings enter
    """Read the process's environment; what is not named lies under LUUKKU_HOME."""
    home = Path(values.get(HOME) or "var").absolute()
    return Environment(
        database_url=values.get(DATABASE_URL) or running_url(home) or "",
        keyring_path=Path(values.get(KEYRING) or home / "keys" / "keyring.json"),
        store=values.get(STORE) or str(home / "store"),
        sequencer_socket=Path(values.get(SEQUENCER, home / "run" / "sequencer.sock")),
        security_server=values.get(SECURITY_SERVER, "http://127.0.0.1:8480"),
        home=home,
        mandates=values.get(MANDATES, ""),
    )
