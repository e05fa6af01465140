"""What ``db.together`` has prepared on each connection: gone when the driver deallocates all, as it does after a rollback."""

from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg

_names: WeakKeyDictionary[psycopg.Connection[Any], dict[bytes, bytes]] = WeakKeyDictionary()
_numbers: Final = count()


def names(connection: psycopg.Connection[Any]) -> dict[bytes, bytes]:
    """Give the names under which the server knows our statements, by the statement's own."""
    return _names.setdefault(connection, {})


def fresh(name: bytes) -> bytes:
    """Give a name that was never used: whether the driver did deallocate the former is its own business."""
    return b"%b_%d" % (name, next(_numbers))


def forget(connection: object) -> None:
    """Prepare everything anew on a connection."""
    if isinstance(connection, psycopg.Connection):
        _names.pop(connection, None)
