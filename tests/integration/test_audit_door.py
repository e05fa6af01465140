"""The sequencer's door against callers that misbehave."""

import socket
import struct
from contextlib import ExitStack
from pathlib import Path

import pytest

from audit import wire
from audit.door import Door
from audit.errors import DoorUnusable, EventRejected
from audit.log import Sealed, SocketSealer
from db.keys import Keyring
from tests.logs import a_disclosure

KEYRING = Keyring.for_tests()


@pytest.fixture
def path(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("d")
    monkeypatch.chdir(folder)
    return Path("s")


@pytest.fixture
def door(path):
    with Door(path) as door:
        yield door


@pytest.fixture
def caller(door, path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        yield connection


def a_frame():
    return wire.frame(wire.write_call(wire.call(a_disclosure(), KEYRING)))


def arrivals(door, turns=4):
    return [arrival for _ in range(turns) for arrival in door.arrivals(10, 0.05)]


def test_a_call_in_pieces_arrives_whole(door, caller):
    frame = a_frame()

    caller.sendall(frame[:3])
    assert arrivals(door) == []
    caller.sendall(frame[3:900])
    assert arrivals(door) == []
    caller.sendall(frame[900:])

    assert len(arrivals(door)) == 1


def test_no_more_than_asked_for_arrive_at_once(door, caller):
    caller.sendall(a_frame() * 3)

    first = [len(door.arrivals(2, 0.05)) for _ in range(4)]

    assert sum(first) == 3
    assert max(first) == 2


@pytest.mark.parametrize(
    ("many", "taken"), [(64, [64, 0]), (65, [64, 1]), (200, [100, 100])], ids=["few", "hardly more", "many"]
)
def test_of_many_callers_half_are_left_for_the_next_batch(door, path, many, taken):
    with ExitStack() as open_:
        for _ in range(many):
            connection = open_.enter_context(socket.socket(socket.AF_UNIX))
            connection.connect(str(path))
            connection.sendall(a_frame())
        for _ in range(2):
            door.attend()

        assert [len(door.arrivals(1_000, 0)) for _ in taken] == taken


def test_garbage_is_answered_and_the_caller_may_go_on(door, caller):
    caller.sendall(wire.frame(b"garbage") + a_frame())

    arrived = arrivals(door)

    (length,) = struct.unpack(">I", caller.recv(4))
    assert isinstance(wire.read_answer(caller.recv(length)), EventRejected)
    assert len(arrived) == 1


def test_a_caller_that_announces_too_much_is_dropped(door, caller):
    caller.sendall(struct.pack(">I", wire.MAX_FRAME_BYTES + 1) + b"x")

    assert arrivals(door) == []
    assert caller.recv(1) == b""


def test_an_answer_to_a_caller_that_has_gone_harms_nobody(door, caller):
    caller.sendall(a_frame())
    arrived = arrivals(door)
    caller.close()
    arrivals(door)

    door.answer(arrived[0].caller, Sealed(log="2026", index=1, size=2))


def test_what_was_answered_is_said_when_the_door_is_attended_to_and_the_next_call_is_heard(door, caller):
    caller.sendall(a_frame())
    (arrived,) = arrivals(door)
    caller.sendall(a_frame())

    door.answer(arrived.caller, Sealed(log="2026", index=1, size=2))
    door.attend()

    (length,) = struct.unpack(">I", caller.recv(4))
    assert wire.read_answer(caller.recv(length)) == Sealed(log="2026", index=1, size=2)
    assert len(door.arrivals(10, 0)) == 1


def test_only_our_own_account_may_knock(door, path):
    assert path.stat().st_mode & 0o077 == 0


def test_a_door_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    with pytest.raises(DoorUnusable, match="cannot listen"):
        Door(tmp_path / ("x" * 120))


def test_closing_removes_the_socket(path):
    Door(path).close()

    assert not path.exists()
    SocketSealer(path, KEYRING).close()
