"""The sequencer's door: a unix socket that takes calls from many connections and answers them, in one thread."""

import selectors
import socket
from collections import deque
from pathlib import Path
from typing import NamedTuple, Self

from audit import wire
from audit.admission import Admitted, admit
from audit.errors import DoorUnusable, EventRejected
from audit.wire import Answer

MAX_WAITING = 4_096
"""Connections that may wait to be accepted."""

WHOLE = 64
"""So many callers are taken at once; of more, half: a batch is written while the other half is answered and calls again."""

_READ_BYTES = 16_384
"""Some calls: a buffer of the longest, which nearly none is, costs more than the reading."""
_OWNER_ONLY = 0o600


class Caller:
    """A connection, with what it has sent so far of its next call."""

    __slots__ = ("connection", "received")

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = bytearray()

    def calls(self) -> list[bytes]:
        """Cut off the payloads that are complete. Raises ``EventRejected`` for one that is too long."""
        found = []
        while len(self.received) >= wire.LENGTH.size:
            (length,) = wire.LENGTH.unpack_from(self.received)
            if length > wire.MAX_FRAME_BYTES:
                raise EventRejected("A call is too long.")
            end = wire.LENGTH.size + length
            if len(self.received) < end:
                break
            found.append(bytes(self.received[wire.LENGTH.size : end]))
            del self.received[:end]
        return found


class Arrival(NamedTuple):
    """A disclosure that may be entered, and who waits for its answer."""

    caller: Caller
    admitted: Admitted


class Door:
    """Open from construction to ``close``; a caller that misbehaves or is gone is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._arrived: deque[Arrival] = deque()
        self._answered: deque[tuple[Caller, Answer]] = deque()
        self._taken = 0
        self._listener = _listening(path)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say what is to be said and hang up on everyone; they ask again where the next sequencer listens."""
        self._say()
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()
        self._path.unlink(missing_ok=True)

    @property
    def crowded(self) -> bool:
        """Whether somebody waits already."""
        return bool(self._arrived)

    def arrivals(self, most: int, patience_s: float) -> list[Arrival]:
        """Return up to ``most`` calls, and no more than half of many; wait for the first one no longer than ``patience_s``.

        Who was taken last time is about to call again, and counts among the many.
        """
        if not self._arrived:
            self._attend(patience_s)
        waiting = len(self._arrived)
        self._taken = min(most, waiting, max(WHOLE, (waiting + self._taken + 1) // 2))
        return [self._arrived.popleft() for _ in range(self._taken)]

    def watched(self) -> int | None:
        """Give what is readable when somebody calls; while a whole batch waits, nobody else is heard."""
        return self._selector.fileno() if len(self._arrived) < MAX_WAITING else None

    def glance(self) -> bool:
        """Say one of the things that are to be said; tell whether there is another."""
        if self._answered:
            self._send(*self._answered.popleft())
        return bool(self._answered)

    def attend(self) -> None:
        """Say what is to be said, and hear who calls."""
        self._attend(0)

    def answer(self, caller: Caller, answer: Answer) -> None:
        """Have an answer sent when the door is next attended to, or closed."""
        self._answered.append((caller, answer))

    def _attend(self, patience_s: float) -> None:
        self._say()
        for key, _ in self._selector.select(patience_s):
            if key.data is None:
                self._accept()
            else:
                self._read(key.data)

    def _say(self) -> None:
        while self.glance():
            pass

    def _send(self, caller: Caller, answer: Answer) -> None:
        """Send an answer; whoever does not take it at once has gone."""
        if caller.connection.fileno() < 0:
            return
        payload = wire.frame(wire.write_answer(answer))
        try:
            if caller.connection.send(payload) < len(payload):
                self._drop(caller)
        except OSError:
            self._drop(caller)

    def _accept(self) -> None:
        """Take in everyone who knocks: a hundred callers must not wait for a hundred batches."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ, Caller(connection))

    def _read(self, caller: Caller) -> None:
        try:
            received = caller.connection.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self._drop(caller)
            return
        caller.received += received
        self._take(caller)

    def _take(self, caller: Caller) -> None:
        try:
            payloads = caller.calls()
        except EventRejected:
            self._drop(caller)
            return
        for payload in payloads:
            try:
                self._arrived.append(Arrival(caller, admit(payload)))
            except EventRejected as rejected:
                self.answer(caller, rejected)

    def _drop(self, caller: Caller) -> None:
        if caller.connection.fileno() >= 0:
            self._selector.unregister(caller.connection)
            caller.connection.close()


def _listening(path: Path) -> socket.socket:
    """Listen at a path that only our own account may use; whoever listened there before holds the lock no longer."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(_OWNER_ONLY)
        listener.listen(MAX_WAITING)
    except OSError:
        listener.close()
        raise DoorUnusable(f"The sequencer cannot listen at {path}.") from None
    listener.setblocking(False)
    return listener
