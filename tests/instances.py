"""``./luukku up`` in a home of its own, for tests that need everything: started, interrupted at the end, and nothing of it left."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.settings import ROOT, Settings
from db.embedded import running_url

START_S = 420
STOP_S = 90
LOOK_S = 0.5
PLACES = 250
"""From 20,000 to below 32,768: from there on the system gives ports to whoever calls, and one of ours may be among them."""


@dataclass(frozen=True)
class Up:
    """A start that is under way; ``said`` is the file of what it printed."""

    said: Path
    process: "subprocess.Popen[bytes]"

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return self.said.read_text()

    def wait_for(self, there: Callable[[], bool]) -> None:
        """Wait until something is there, the start has ended, or its time is over."""
        end = time.monotonic() + START_S
        while not there() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(LOOK_S)


def an_environ(home: Path, *, people: int) -> dict[str, str]:
    """What an instance in this home is told."""
    return {**os.environ, "LUUKKU_HOME": str(home), "LUUKKU_PORT": str(free_ports()), "LUUKKU_PEOPLE": str(people)}


@contextmanager
def up(instance: Settings, environ: Mapping[str, str]) -> Iterator[Up]:
    """Start everything; at the end an interrupt stops all of it, and a second, impatient one breaks nothing off."""
    said = instance.home / "up.txt"
    with said.open("w") as output:
        command = [sys.executable, "-m", "cli", "up"]
        process = subprocess.Popen(command, cwd=ROOT, env=dict(environ), stdout=output, stderr=output)
    yield Up(said, process)
    process.send_signal(signal.SIGINT)
    time.sleep(LOOK_S)
    process.send_signal(signal.SIGINT)
    assert process.wait(STOP_S) == 130
    assert running_url(instance.home) is None
    assert [each for each in Path("/proc").glob("[0-9]*") if _of_home(each, instance.home)] == []


def free_ports() -> int:
    """Find five free ports in a row; each process looks from its own place on, so that what it kills finds its port again."""
    for first in (20_000 + 50 * ((os.getpid() + step) % PLACES) for step in range(PLACES)):
        probes = [socket.socket() for _ in range(5)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + offset))
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
        return first
    raise AssertionError("no five free ports in a row")


def _of_home(process: Path, home: Path) -> bool:
    try:
        told = (process / "environ").read_bytes()
    except OSError:
        return False
    return f"LUUKKU_HOME={home}\0".encode() in told and int(process.name) != os.getpid()
