"""Which processes are our server, and which are only what a crash left behind."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types

from db.embedded.places import Places

_POSTGRES = "postgres"
_ORPHAN_TIMEOUT_S = 10
_LOOK_EVERY_S = 0.02


def live_server(places: Places) -> psutil.Process | None:
    """Return the server that runs on this folder; pid files that name anything else are rubbish and go.

    After kill -9 or in a restarted container the number may be another's, and PostgreSQL would refuse for ever.
    """
    pid_file = places.data / "postmaster.pid"
    process = of(_first_number(pid_file))
    if process is not None and _works_in(process, places.data):
        return process
    pid_file.unlink(missing_ok=True)
    places.socket_lock.unlink(missing_ok=True)
    return None


def runs(process: psutil.Process | None) -> bool:
    """Tell whether a process is there and no zombie."""
    if process is None:
        return False
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end_orphans(data: Path) -> None:
    """End backends that outlived their server: they hold its shared memory, and no server starts beside them."""
    orphans = list(_working_in(data))
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for orphan in orphans:
            send(orphan, number)
        orphans = [orphan for orphan in orphans if not gone(orphan, _ORPHAN_TIMEOUT_S)]


def gone(process: psutil.Process, timeout_s: float) -> bool:
    """Wait for the end of a process, which need not be our child; a zombie has ended, whenever its parent notices."""
    deadline = time.monotonic() + timeout_s
    while runs(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _first_number(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def of(pid: int | None) -> psutil.Process | None:
    """Return the process of that number, None when there is none."""
    try:
        return None if pid is None else psutil.Process(pid)
    except (psutil.NoSuchProcess, ValueError):
        return None


def _working_in(data: Path) -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter() if _works_in(process, data))


def _works_in(process: psutil.Process, data: Path) -> bool:
    """Tell whether the process is a live ``postgres`` whose working directory is this folder."""
    try:
        if not runs(process) or not process.name().startswith(_POSTGRES):
            return False
        return Path(process.cwd()).samefile(data)
    except (psutil.Error, OSError):
        return False
