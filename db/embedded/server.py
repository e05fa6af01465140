"""The embedded server's owner: who starts it before everything else and stops it after everything else."""

import fcntl
import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

from db.embedded import account as accounts
from db.embedded import cluster, launch, processes, settings
from db.embedded.account import Account
from db.embedded.places import DATABASE, Places, base_of, make_passable, short_name
from db.embedded.programs import Programs
from db.errors import ServerFailed, ServerOwned

ACCOUNT = "LUUKKU_DB_ACCOUNT"
ELSEWHERE = "LUUKKU_DB_DIR"

_ELSEWHERE = Path("/var/lib/luukku")


class EmbeddedServer:
    """The server of one LUUKKU_HOME. Not for real people's data: it has no replica and no updates of its own.

    ``account`` and ``elsewhere`` are what LUUKKU_DB_ACCOUNT and LUUKKU_DB_DIR name; ``durable=False`` turns syncing off and
    is for tests only.
    """

    def __init__(
        self,
        home: Path,
        *,
        programs: Programs | None = None,
        account: str | None = None,
        elsewhere: Path | None = None,
        durable: bool = True,
    ) -> None:
        self._base = base_of(home.absolute())
        self._programs = programs or Programs.of_wheel()
        self._elsewhere = elsewhere or _ELSEWHERE / short_name(self._base)
        self._account_name = account
        self._durable = durable
        self._lock: IO[str] | None = None
        self.places = Places(self._base, self._base / "server")

    @classmethod
    def of_environ(cls, home: Path, values: Mapping[str, str]) -> Self:
        """Read the two settings that only this server has."""
        elsewhere = values.get(ELSEWHERE)
        return cls(home, account=values.get(ACCOUNT), elsewhere=Path(elsewhere) if elsewhere else None)

    def start(self) -> str:
        """Own the server and return its address: adopted when it runs already, else started, recovery included."""
        _forget_callers_variables()
        try:
            self._take_lock()
            self._bring_up()
        except OSError as error:
            self.leave()
            raise ServerFailed(f"The database cannot use {error.filename}: {error.strerror}.") from None
        except BaseException:
            self.leave()
            raise
        self.places.announce()
        return self.places.url()

    def revive(self) -> bool:
        """Start our server again when it is gone, recovery included, and tell whether it was. Raises ``ServerFailed``."""
        if processes.live_server(self.places) is not None:
            return False
        try:
            self._bring_up()
        except OSError as error:
            raise ServerFailed(f"The database cannot use {error.filename}: {error.strerror}.") from None
        return True

    def stop(self) -> None:
        """Stop the server and give the ownership up."""
        self.places.withdraw()
        process = processes.live_server(self.places)
        if process is not None:
            launch.end(process)
        self.leave()

    def leave(self) -> None:
        """Give the ownership up and let the server run; the next owner adopts it."""
        if self._lock is not None:
            self._lock.close()
        self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take_lock(self) -> None:
        make_passable(self._base)
        lock = (self._base / "owner.lock").open("w", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ServerOwned(f"Another Luukku process owns the database in {self._base}; stop it first.") from None
        self._lock = lock

    def _bring_up(self) -> None:
        account = self._settled()
        cluster.refuse_other_major(self.places, self._programs)
        cluster.make(self.places, self._programs, account)
        account.own(self.places.logs)
        account.own(self.places.socket)
        settings.write_access(self.places, {account.name, pwd.getpwuid(os.getuid()).pw_name})
        if launch.adopted(self.places) is None:
            launch.launched(self.places, self._programs, account, durable=self._durable)
        self._make_database()

    def _settled(self) -> Account:
        """Choose the account, and programs and a folder that it reaches: those of the checkout, else copies elsewhere."""
        if (self._elsewhere / "server" / "data").exists():
            self.places = Places(self._base, self._elsewhere / "server")
        account = accounts.choose(self.places.data, self._account_name)
        if not account.can_run(self._programs.path("postgres")):
            make_passable(self._elsewhere)
            self._programs = self._programs.copied_to(self._elsewhere)
        if not account.can_write(account.own(self.places.server)):
            self.places = Places(self._base, account.own(self._elsewhere / "server"))
        if not account.can_run(self._programs.path("postgres")) or not account.can_write(self.places.server):
            raise ServerFailed(f"The account {account.name} cannot work in {self._elsewhere}; set {ELSEWHERE}.")
        return account

    def _make_database(self) -> None:
        with launch.connect(self.places, "postgres") as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchall():
                connection.execute(f"CREATE DATABASE {DATABASE}")


def _forget_callers_variables() -> None:
    """Drop what libpq would read from the environment, for us and for all that we start: it speaks of another server."""
    for name in [name for name in os.environ if name.startswith("PG")]:  # noqa: TID251 - settings leave here
        del os.environ[name]  # noqa: TID251 - as above
