"""The sequencer and the API as ``./luukku up`` serves them, for the time of a measurement."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import httpx

from db import environment

HOST: Final = "127.0.0.1"
PORTS: Final = 5
"""An instance takes so many in a row."""
START_S: Final = 120


class NotStarted(RuntimeError):
    """The API of the measurement does not answer."""


@contextmanager
def served(values: Mapping[str, str], port: int) -> Iterator[str]:
    """Serve a home, and give the API's base address once it answers."""
    with tempfile.TemporaryDirectory(prefix="luukku-door-") as folder, ExitStack() as running:
        told = {**values, environment.SEQUENCER: str(Path(folder) / "sequencer.sock"), "LUUKKU_PORT": str(port)}
        told[environment.STORE] = str(Path(values[environment.HOME]) / "store")
        processes = [running.enter_context(_process(process, told)) for process in ("sequencer", "web")]
        base = f"http://{HOST}:{port}"
        _wait(base, processes)
        yield base


def free_port() -> int:
    """Find a port that nobody listens on, with room for an instance's others."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return min(int(probe.getsockname()[1]), 65_535 - PORTS)


@contextmanager
def _process(name: str, values: Mapping[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    command = [sys.executable, "-m", "cli", "serve", name]
    process = subprocess.Popen(command, env={**os.environ, **values})  # noqa: S603, TID251 - our own process, in our environment
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait(base: str, processes: "Sequence[subprocess.Popen[bytes]]") -> None:
    end = monotonic() + START_S
    while True:
        try:
            httpx.get(f"{base}/v1/status")
        except httpx.TransportError:
            if monotonic() > end or any(process.poll() is not None for process in processes):
                raise NotStarted("The API does not answer.") from None
            sleep(0.2)
        else:
            return
