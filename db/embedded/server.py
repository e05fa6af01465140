"""Start, adopt and stop: one owner, who starts the server last before all others and stops it last after them."""

import fcntl
import os
import pwd
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

import psutil  # type: ignore[import-untyped] # it ships no types
import psycopg

from db.embedded import account as accounts
from db.embedded import cluster, processes, settings
from db.embedded.account import Account
from db.embedded.places import DATABASE, SUPERUSER, Places, base_of, short_name
from db.embedded.programs import Programs
from db.errors import ServerFailed, ServerOwned

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60
_DETACHED = '"$@" >"$0" 2>&1 </dev/null & echo $!'
_LOOK_EVERY_S = 0.05
_SHOWN_LINES = 20
_ELSEWHERE = Path("/var/lib/luukku")


class EmbeddedServer:
    """The server of one LUUKKU_HOME. Not for real people's data: it has no replica and no updates of its own.

    ``durable=False`` turns syncing off and is for tests only. ``account`` and ``elsewhere`` are what LUUKKU_DB_ACCOUNT and
    LUUKKU_DB_DIR name.
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
        self._process: psutil.Process | None = None
        self.places = Places(self._base, self._base / "server")

    @classmethod
    def of_environ(cls, home: Path, values: Mapping[str, str]) -> Self:
        """Read the two settings that only this server has."""
        elsewhere = values.get("LUUKKU_DB_DIR")
        return cls(home, account=values.get("LUUKKU_DB_ACCOUNT"), elsewhere=Path(elsewhere) if elsewhere else None)

    def start(self) -> str:
        """Own the server and return its address: adopted when it runs already, else started, recovery included."""
        self._take_lock()
        try:
            account = self._settle()
            cluster.refuse_other_major(self.places, self._programs)
            self._prepare(account)
            self._process = processes.live_server(self.places.data) or self._launch(account)
            self._wait_until_ready()
            self._make_database()
        except BaseException:
            self.leave()
            raise
        self.places.announce()
        return self.places.url()

    def stop(self) -> None:
        """Stop the server: SIGINT ends sessions and checkpoints; SIGQUIT after 60 s; never SIGKILL."""
        process = self._process or processes.live_server(self.places.data)
        self.places.withdraw()
        if process is not None:
            _end(process)
        self.leave()

    def leave(self) -> None:
        """Give the ownership up and let the server run; the next owner adopts it."""
        if self._lock is not None:
            self._lock.close()
        self._lock = self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take_lock(self) -> None:
        self._base.mkdir(parents=True, exist_ok=True)
        lock = (self._base / "owner.lock").open("w", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ServerOwned(f"Another Luukku process owns the database in {self._base}; stop it first.") from None
        self._lock = lock

    def _settle(self) -> Account:
        """Choose the account, and a folder and programs that it can reach."""
        if (self._elsewhere / "server" / "data").exists():
            self.places = Places(self._base, self._elsewhere / "server")
        account = accounts.choose(self.places.data, self._account_name)
        server = account.own(self.places.server)
        if account.reaches(self._programs.path("postgres"), server):
            return account
        self._elsewhere.mkdir(parents=True, exist_ok=True)
        self._programs = self._programs.copied_to(self._elsewhere)
        self.places = Places(self._base, account.own(self._elsewhere / "server"))
        if not account.reaches(self._programs.path("postgres"), self.places.server):
            raise ServerFailed(f"The account {account.name} cannot work in {self._elsewhere}; set LUUKKU_DB_DIR.")
        return account

    def _prepare(self, account: Account) -> None:
        cluster.make(self.places, self._programs, account)
        account.own(self.places.logs)
        account.own(self.places.socket)
        settings.write_access(self.places, {account.name, pwd.getpwuid(os.getuid()).pw_name})

    def _launch(self, account: Account) -> psutil.Process:
        """Start ``postgres`` as nobody's child in a session of its own, so that Ctrl-C passes it by."""
        processes.end_orphans(self.places.data)
        command = ["/bin/sh", "-c", _DETACHED, str(self.places.server / "start.log")]
        command += [str(self._programs.path("postgres")), "-D", str(self.places.data)]
        command += settings.arguments(self.places, durable=self._durable)
        return psutil.Process(int(account.run(command).stdout))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if not self._runs() or time.monotonic() > deadline:
                raise ServerFailed(f"PostgreSQL did not start:\n{self._last_lines()}")
            time.sleep(_LOOK_EVERY_S)

    def _runs(self) -> bool:
        process = self._process
        return process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection:
        """Connect over the socket whatever PGHOSTADDR says."""
        host = str(self.places.socket)
        return psycopg.connect(host=host, hostaddr="", user=SUPERUSER, dbname=database, autocommit=True)

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            connection.execute("SELECT pg_reload_conf()")
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchall():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _last_lines(self) -> str:
        logs = sorted(self.places.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
        lines = [
            line for path in (self.places.server / "start.log", *logs) for line in path.read_text("utf-8").splitlines()
        ]
        return "\n".join(lines[-_SHOWN_LINES:])


def _end(process: psutil.Process) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT):
        try:
            process.send_signal(number)
            process.wait(STOP_TIMEOUT_S)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return
    raise ServerFailed("PostgreSQL does not stop; something holds it, and it is left running.")
