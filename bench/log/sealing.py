"""Sealing measured: any number of callers, each waiting for its answer before its next call, at the sequencer's own door."""

import selectors
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any, Final

from audit import wire
from audit.errors import AuditError
from bench.log.events import a_read
from bench.measure import Work
from db.clock import now
from db.engine import Login
from db.environment import from_environ

PERSONS: Final = 50_000
PERCENTILE: Final = 0.99
_ANSWER_BYTES: Final = 4_096


class Refused(RuntimeError):
    """The log refused an event of the measurement."""


def sealed(values: Mapping[str, str], callers: int, seconds: float, calls: int) -> Work:
    """Make calls ready, then let callers send them for so many seconds, or until all are sent.

    Making one (pseudonyms, canonical form, encrypted detail) is told apart, in microseconds of one core.
    """
    environment = from_environ(values)
    keyring = environment.keyring(Login.WEB)
    began = perf_counter()
    frames = [wire.frame(wire.write_call(wire.call(a_read(n % PERSONS, now()), keyring))) for n in range(calls)]
    making_us = (perf_counter() - began) / calls * 1e6
    desk = Desk(str(environment.sequencer_socket), frames)

    def work() -> dict[str, Any]:
        taken_s = desk.run(callers, seconds)
        return desk.told(taken_s) | {"making_us": making_us, "frame_bytes": len(frames[0])}

    return work


@dataclass(slots=True)
class Desk:
    """Sends frames over connections, one at a time each, and takes the time of every answer."""

    path: str
    frames: Sequence[bytes]
    times: list[float] = field(default_factory=list)

    def run(self, callers: int, seconds: float) -> float:
        """Send until the time is over or nothing is left; returns the seconds until the last answer."""
        waiting = iter(self.frames)
        with selectors.DefaultSelector() as selector:
            began = perf_counter()
            for _ in range(callers):
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(self.path)
                self._send(selector, connection, waiting)
            while selector.get_map():
                for key, _ in selector.select():
                    self._receive(selector, key, waiting, over=perf_counter() - began > seconds)
            return perf_counter() - began

    def _send(self, selector: selectors.BaseSelector, connection: socket.socket, waiting: Any) -> None:
        frame = next(waiting, None)
        if frame is None:
            connection.close()
            return
        selector.register(connection, selectors.EVENT_READ, perf_counter())
        connection.sendall(frame)

    def _receive(
        self, selector: selectors.BaseSelector, key: selectors.SelectorKey, waiting: Any, *, over: bool
    ) -> None:
        connection = key.fileobj
        assert isinstance(connection, socket.socket)
        answer = connection.recv(_ANSWER_BYTES)
        self.times.append(perf_counter() - key.data)
        if isinstance(refusal := wire.read_answer(answer[wire.LENGTH.size :]), AuditError):
            raise Refused(str(refusal))
        selector.unregister(connection)
        if over:
            connection.close()
        else:
            self._send(selector, connection, waiting)

    def told(self, taken_s: float) -> dict[str, Any]:
        """Tell the events a second, and the middle and the slowest hundredth of the times from call to answer."""
        ordered = sorted(self.times)
        return {
            "events": len(ordered),
            "a_second": len(ordered) / taken_s,
            "median_ms": median(ordered) * 1000,
            "p99_ms": ordered[int(len(ordered) * PERCENTILE)] * 1000,
        }
