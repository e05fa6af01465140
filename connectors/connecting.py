"""How a source joins: a connection described by its agreement, on trial first, then live, stopped when it ends (AMENDMENTS 10)."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from audit import log
from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from connectors.ledger import Connection
from connectors.queries import books, trying
from connectors.told import told
from connectors.transport import ClientId, InvalidXRoadId, Party, ServiceId
from db.engine import Read, Transaction
from db.ids import uuid7
from schemas.codes import places
from schemas.vocabulary import Source

CONNECTION: Final = "staging.connection"
_PLACES: Final = {Source.TE: places.AREAS, Source.KELA: places.AREAS, Source.SOTE: places.COUNTIES}


class NotAConnection(ValueError):
    """What is described is no connection, or none of this name is known; the sentence says what to mend."""


class State(StrEnum):
    """What may be done over a connection: nothing but a trial, everything, nothing."""

    TRIAL = "trial"
    LIVE = "live"
    STOPPED = "stopped"


class Described(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A connection as its agreement describes it, written as JSON."""

    connection_id: str
    source: Source
    controller: str
    place: str
    client: str
    service: str
    represented_party: str | None = None
    agreement: str | None = None


def read(text: bytes, *, at: datetime) -> Connection:
    """Read a description; the connection is on trial from now. Raises NotAConnection."""
    try:
        described = msgspec.json.decode(text, type=Described)
        ClientId.parse(described.client)
        ServiceId.parse(described.service)
        if described.represented_party is not None:
            Party.parse(described.represented_party)
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidXRoadId) as error:
        raise NotAConnection(f"This does not describe a connection: {error}") from None
    if described.place not in {place.code for place in _PLACES[described.source].codes}:
        raise NotAConnection(f"The {described.source} place {described.place} is in no list of areas or counties.")
    return Connection(**msgspec.structs.asdict(described), from_at=at, state=State.TRIAL)


def join(tx: Transaction, *, connection: Connection, by: Actor, at: datetime) -> None:
    """Write a new connection, on trial. Raises NotAConnection where one of this name is known."""
    if trying.connection_named(tx, connection_id=connection.connection_id) is not None:
        raise NotAConnection(f"There is a connection {connection.connection_id} already.")
    define(tx, connection=connection, by=by, at=at)


def turn(tx: Transaction, *, connection_id: str, state: State, by: Actor, at: datetime) -> None:
    """Make a connection live, or stop it: the next plan looks at it. Raises NotAConnection."""
    known = trying.connection_named(tx, connection_id=connection_id)
    if known is None:
        raise NotAConnection(f"There is no connection {connection_id}.")
    define(tx, connection=replace(known, state=state), by=by, at=at)


def standing(read: Read) -> Iterator[ChangeRef]:
    """Yield every connection as it stands, with the digest that the event of its last change carries."""
    return map(_told, trying.connections(read))


def _told(connection: Connection) -> ChangeRef:
    return told(CONNECTION, connection.connection_id, asdict(connection))


def define(tx: Transaction, *, connection: Connection, by: Actor, at: datetime) -> None:
    """Write a connection, or what changed of it, and tell the log."""
    books.define_connection(tx, defined=connection)
    log.record(
        tx,
        Event(
            id=uuid7(at),
            at=at,
            type=EventType.CONFIG_CHANGED,
            actor=by,
            retention=RetentionClass.ADMIN,
            controllers=(connection.controller,),
            change=_told(connection),
        ),
    )
