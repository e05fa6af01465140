"""Which processes are our server, and which are only what a crash left behind."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types

_POSTGRES = "postgres"
_ORPHAN_TIMEOUT_S = 10


def live_server(data: Path) -> psutil.Process | None:
    """Return the server that runs on this folder; a pid file that names anything else is rubbish and goes.

    After kill -9 or in a restarted container the number may be another's, and PostgreSQL would refuse for ever.
    """
    pid_file = data / "postmaster.pid"
    process = _process(_first_number(pid_file))
    if process is not None and _works_in(process, data):
        return process
    pid_file.unlink(missing_ok=True)
    return None


def end_orphans(data: Path) -> None:
    """End backends that outlived their server: they hold its shared memory, and no server starts beside them."""
    orphans = list(_working_in(data))
    for orphan in orphans:
        _signal(orphan, signal.SIGQUIT)
    _, stubborn = psutil.wait_procs(orphans, timeout=_ORPHAN_TIMEOUT_S)
    for orphan in stubborn:
        _signal(orphan, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=_ORPHAN_TIMEOUT_S)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _first_number(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _process(pid: int | None) -> psutil.Process | None:
    try:
        return None if pid is None else psutil.Process(pid)
    except (psutil.NoSuchProcess, ValueError):
        return None


def _working_in(data: Path) -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter() if _works_in(process, data))


def _works_in(process: psutil.Process, data: Path) -> bool:
    """Tell whether the process is a live ``postgres`` whose working directory is this folder."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith(_POSTGRES):
            return False
        return Path(process.cwd()).samefile(data)
    except (psutil.Error, OSError):
        return False
