"""The door through which the web seals: a call to the sequencer over its unix socket, answered within five seconds."""

import socket
import time
from collections import deque
from pathlib import Path

from audit import wire
from audit.disclosure import Disclosure, Sealed
from audit.errors import LogUnavailable, Unanswered
from audit.events import Event, EventType
from db.clock import now
from db.ids import uuid7
from db.keys import Keyring

PATIENCE_S = 5.0
RETRY_S = 0.02
MAX_ABORTED = 10_000


class SocketSealer:
    """Seals disclosures through the sequencer; any number of threads may share one."""

    def __init__(self, socket_path: Path, keyring: Keyring, *, patience_s: float = PATIENCE_S) -> None:
        self._path = str(socket_path)
        self._keyring = keyring
        self._patience_s = patience_s
        self._idle: deque[socket.socket] = deque()
        self._aborted: deque[Event] = deque(maxlen=MAX_ABORTED)

    def seal(self, disclosure: Disclosure) -> Sealed:
        """Return once the event is in a committed, signed checkpoint; see ``Sealer.seal`` for what is raised.

        A lost connection is tried again under the same id, which gets the same answer. When patience ends after the log
        was asked, the event may yet stand though nothing leaves: ``disclosure.aborted`` follows when the log is back.
        """
        try:
            sealed = self._sealed(disclosure)
        except Unanswered:
            self._aborted.append(disclosure.event)
            raise
        self._tell_aborted()
        return sealed

    def reachable(self) -> bool:
        """Tell whether a sequencer listens; the connection is kept for the next call."""
        try:
            self._idle.append(self._new_connection())
        except _Unreachable:
            return False
        return True

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _sealed(self, disclosure: Disclosure) -> Sealed:
        payload = wire.frame(wire.write_call(wire.call(disclosure, self._keyring)))
        answer = self._answer(payload, time.monotonic() + self._patience_s)
        if isinstance(answer, Sealed):
            return answer
        raise answer

    def _answer(self, payload: bytes, deadline: float) -> wire.Answer:
        """Ask until there is an answer; the log repeats what it answered before to the same id."""
        asked = False
        while (left := deadline - time.monotonic()) > 0:
            try:
                answer = self._asked(payload, left)
            except OSError:
                asked = True
            except _Unreachable:
                pass
            else:
                if not isinstance(answer, Unanswered):
                    return answer
                asked = True
            time.sleep(min(RETRY_S, left))
        if asked:
            raise Unanswered("The log did not answer in time; nothing may be shown.")
        raise LogUnavailable("The log cannot be reached; nothing may be shown.")

    def _asked(self, payload: bytes, patience_s: float) -> wire.Answer:
        """Ask over one connection, which is kept for the next call only when it answered."""
        connection = self._connection(patience_s)
        try:
            connection.sendall(payload)
            answer = wire.read_answer(_received(connection))
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _connection(self, patience_s: float) -> socket.socket:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._new_connection()
        connection.settimeout(patience_s)
        return connection

    def _new_connection(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self._path)
        except OSError:
            connection.close()
            raise _Unreachable from None
        return connection

    def _tell_aborted(self) -> None:
        """Seal that earlier disclosures did not leave; what cannot be told now is told after the next one."""
        while self._aborted:
            event = self._aborted.popleft()
            try:
                self._sealed(Disclosure(event=_abortion(event)))
            except LogUnavailable:
                self._aborted.appendleft(event)
                return


class _Unreachable(Exception):
    """Nobody listens: the disclosure was not handed over."""


def _abortion(event: Event) -> Event:
    at = now()
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.DISCLOSURE_ABORTED,
        actor=event.actor,
        retention=event.retention,
        person_id=event.person_id,
        ref=event.id,
    )


def _received(connection: socket.socket) -> bytes:
    (length,) = wire.LENGTH.unpack(_exactly(connection, wire.LENGTH.size))
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            raise ConnectionResetError
        received += part
    return received
