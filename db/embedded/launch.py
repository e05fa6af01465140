"""Take over a server that runs, start one that does not, and end one: waiting in each case until it is so."""

import signal
import time
from collections.abc import Sequence

import psutil  # type: ignore[import-untyped] # it ships no types
import psycopg

from db.embedded import processes, settings
from db.embedded.account import Account
from db.embedded.places import PORT, SUPERUSER, Places
from db.embedded.programs import Programs
from db.errors import ServerFailed

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60
CONNECT_TIMEOUT_S = 2

_DETACHED = '"$@" >"$0" 2>&1 </dev/null & echo $!'
_STILL_IN_USE = "still in use"
_LOOK_EVERY_S = 0.05
_SHOWN_LINES = 20


def adopted(places: Places) -> psutil.Process | None:
    """Return our server when it runs already, with the access files read anew; None when there is none, or it just ends."""
    process = processes.live_server(places)
    if process is None:
        return None
    process.send_signal(signal.SIGHUP)
    return process if _ready(places, process, time.monotonic() + START_TIMEOUT_S) else None


def launched(places: Places, programs: Programs, account: Account, *, durable: bool) -> psutil.Process:
    """Start the server, recovery included; what a crash left behind is ended first, for 60 s if it must be."""
    deadline = time.monotonic() + START_TIMEOUT_S
    command = [str(programs.path("postgres")), "-D", str(places.data), *settings.arguments(places, durable=durable)]
    while True:
        process = _spawned(places, account, command)
        if _ready(places, process, deadline):
            return process
        lines = _last_lines(places)
        if _STILL_IN_USE not in lines or time.monotonic() > deadline:
            raise ServerFailed(f"PostgreSQL did not start:\n{lines}")
        time.sleep(_LOOK_EVERY_S)


def end(process: psutil.Process) -> None:
    """End the server: SIGINT closes sessions and checkpoints; SIGQUIT after 60 s; never SIGKILL."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        processes.send(process, number)
        if processes.gone(process, STOP_TIMEOUT_S):
            return
    raise ServerFailed("PostgreSQL does not stop; something holds it, and it is left running.")


def connect(places: Places, database: str) -> psycopg.Connection:
    """Connect over the socket as the superuser, wherever PGHOSTADDR points."""
    return psycopg.connect(
        host=str(places.socket),
        hostaddr="",
        port=PORT,
        user=SUPERUSER,
        dbname=database,
        connect_timeout=CONNECT_TIMEOUT_S,
        autocommit=True,
    )


def _spawned(places: Places, account: Account, command: Sequence[str]) -> psutil.Process | None:
    """Start it as nobody's child in a session of its own: Ctrl-C passes it by, and it outlives its starter."""
    processes.end_orphans(places.data)
    log = str(places.server / "start.log")
    started = account.run(["/bin/sh", "-c", _DETACHED, log, *command])
    return processes.of(int(started.stdout))


def _ready(places: Places, process: psutil.Process | None, deadline: float) -> bool:
    """Wait until the server answers (true) or is gone (false)."""
    while not _answers(places):
        if not processes.runs(process):
            return False
        if time.monotonic() > deadline:
            raise ServerFailed(f"PostgreSQL does not answer after {START_TIMEOUT_S} s:\n{_last_lines(places)}")
        time.sleep(_LOOK_EVERY_S)
    return True


def _answers(places: Places) -> bool:
    try:
        connect(places, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _last_lines(places: Places) -> str:
    logs = sorted(places.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
    texts = (path.read_text("utf-8", "replace") for path in (*logs, places.server / "start.log"))
    return "\n".join([line for text in texts for line in text.splitlines()][-_SHOWN_LINES:])
