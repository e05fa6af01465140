"""Child processes: started as leaders of their own sessions, watched, and all stopped together."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cli.settings import HOST, Refusal

STOP_TIMEOUT_S: Final = 10
"""Ours end in three; Airflow's scheduler otherwise waits half a minute for tasks that were interrupted to tell an API that is gone."""
POLL_S: Final = 0.1
TAIL_LINES: Final = 20
ROLLED_BACK_CODE: Final = 4
"""The exit code where the database is older than what the log has announced (ACCESS-LOG.md)."""


@dataclass(frozen=True, slots=True)
class Child:
    """One started process, how it was started, and the file that holds what it says."""

    name: str
    command: Sequence[str]
    values: Mapping[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def ended(self) -> bool:
        """Whether it is gone already."""
        return self.process.poll() is not None

    def last_words(self) -> str:
        """Give the end of its log, for the sentence that says why a start failed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])


@dataclass(slots=True)
class Children:
    """All processes of one start; leaving the context stops them, last started first."""

    logs: Path
    _started: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], values: Mapping[str, str]) -> Child:
        """Start one, in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environ(values),
                start_new_session=True,
            )
        child = Child(name, command, values, process, log)
        self._started.append(child)
        return child

    def wait_until(self, ready: Callable[[], bool], *, timeout_s: float, what: str) -> None:
        """Ask until ready; raise Refusal when a child ends first or the time is over."""
        end = time.monotonic() + timeout_s
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise Refusal(
                    f"{what} was not ready within {timeout_s:.0f} seconds; its log is in {self.logs}.", code=3
                )
            time.sleep(POLL_S)

    def check(self) -> None:
        """Raise Refusal naming the first child that ended by itself; one that found the database rolled back is repeated word for word."""
        for child in self.ended():
            raise Refusal(
                f"{child.name} ended by itself with code {child.process.returncode}:\n{child.last_words()}", code=3
            )

    def ended(self) -> list[Child]:
        """List those that ended by themselves; raise Refusal, word for word, when one found the database rolled back."""
        found = [child for child in self._started if child.ended]
        for child in found:
            if child.process.returncode == ROLLED_BACK_CODE:
                raise Refusal(child.last_words().rpartition("luukku: ")[2], code=ROLLED_BACK_CODE)
        return found

    def start_again(self, child: Child) -> Child:
        """Start one that has ended once more; what it left of its session is killed first, for it may hold a port."""
        _signal(child, signal.SIGKILL)
        self.forget(child.name)
        return self.start(child.name, child.command, child.values)

    def forget(self, name: str) -> None:
        """Take one that has done its work off the list, so that its end alarms nobody."""
        self._started = [child for child in self._started if child.name != name]

    def stop(self) -> None:
        """Interrupt each session, then wait; what has not ended after 10 s is killed."""
        for child in reversed(self._started):
            _signal(child, signal.SIGINT)
        end = time.monotonic() + STOP_TIMEOUT_S
        for child in reversed(self._started):
            try:
                child.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.process.wait()
            _signal(child, signal.SIGKILL)
        self._started.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def port_is_free(port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _signal(child: Child, number: signal.Signals) -> None:
    """Reach the whole session: a component's own children too, even those that outlived it."""
    try:
        os.killpg(child.process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _environ(values: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "AIRFLOW"))}  # noqa: TID251 - handed on
    return inherited | dict(values)
