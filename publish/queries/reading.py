"""What a call reads before the gate decides: who asks, about whom, and what is held."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Text, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from connectors.tables import connection, watermark
from db.engine import Read
from db.keys import Use
from db.together import Asked, Rows, compiled, together
from publish.tables import person_ref, recipient, recipient_system, section
from schemas.vocabulary import Category, Source

_loaded = (
    select(connection.c.source, connection.c.controller, func.min(watermark.c.since).label("as_of"))
    .join_from(connection, watermark, watermark.c.connection_id == connection.c.connection_id)
    .group_by(connection.c.source, connection.c.controller)
)
_load = _loaded.subquery("load")


class Standing(NamedTuple):
    """How a registered system stands: it and its recipient active or not, and what both are granted."""

    system: str
    recipient: str
    recipient_active: bool
    active: bool
    scopes: frozenset[str]
    purposes: frozenset[str]


class Held(NamedTuple):
    """A section as it rests, its text in the clear; ``as_of`` is its controller's last load."""

    category: Category
    controller: str
    text: str
    records: tuple[str, ...]
    as_of: datetime


class Load(NamedTuple):
    """When a source was last loaded: the oldest of its controllers."""

    source: Source
    as_of: datetime


_OF = recipient_system.c
_STANDING: Final = compiled(
    select(
        _OF.system,
        _OF.recipient,
        _OF.scopes,
        _OF.purposes,
        _OF.state,
        _OF.from_at,
        _OF.until_at,
        recipient.c.state,
        recipient.c.purposes,
    )
    .join_from(recipient_system, recipient, recipient.c.recipient == _OF.recipient)
    .where(_OF.system == bindparam("system", type_=Text()))
)


def standing(read: Read, *, system: str, at: datetime) -> Standing | None:
    """Say how a system stands at a moment; None when it is not registered."""
    return standing_of(*together(read, asks_standing(system)), at=at)


def asks_standing(system: str) -> Asked:
    """Ask for a system beside other statements; ``standing_of`` reads the rows."""
    return _STANDING.asked({"system": system})


def standing_of(rows: Rows, *, at: datetime) -> Standing | None:
    """Say how a system stood at a moment; None when it is not registered."""
    if not rows:
        return None
    system, who, scopes, purposes, state, from_at, until_at, recipient_state, granted = rows[0]
    return Standing(
        system=system,
        recipient=who,
        recipient_active=recipient_state == "active",
        active=state == "active" and from_at <= at and (until_at is None or at < until_at),
        scopes=frozenset(scopes),
        purposes=frozenset(purposes) & frozenset(granted),
    )


_BY_REF: Final = compiled(
    select(person_ref.c.person_id).where(
        person_ref.c.recipient == bindparam("recipient", type_=Text()),
        person_ref.c.ref == bindparam("ref", type_=UUID_TYPE(as_uuid=True)),
    )
)


def person_by_ref(read: Read, *, recipient: str, ref: UUID) -> UUID | None:
    """Find whom a recipient means by a reference; another recipient's finds nobody."""
    (rows,) = together(read, _BY_REF.asked({"recipient": recipient, "ref": ref}))
    return rows[0][0] if rows else None


def person_by_hetu(read: Read, *, hetu: str) -> UUID | None:
    """Find a person by any HETU they have or had, through its keyed hash."""
    hashes = [hash_ for _, hash_ in read.keyring.keyed_hashes(Use.IDENTITY_HASH, hetu.encode())]
    return read.execute(select(func.staging.find_person(hashes))).scalar_one_or_none()


def ref_of(read: Read, *, recipient: str, person_id: UUID) -> UUID | None:
    """Give the name under which a recipient knows a person."""
    of = person_ref.c
    return read.execute(
        select(of.ref).where(and_(of.recipient == recipient, of.person_id == person_id))
    ).scalar_one_or_none()


_HELD: Final = compiled(
    select(
        section.c.category,
        section.c.controller,
        section.c.body,
        section.c.body_encrypted,
        section.c.records,
        func.coalesce(_load.c.as_of, section.c.published_at).label("as_of"),
    )
    .join_from(
        section,
        _load,
        and_(
            _load.c.controller == section.c.controller,
            _load.c.source == func.split_part(section.c.category, ".", 1),
        ),
        isouter=True,
    )
    .where(section.c.person_id == bindparam("person_id", type_=UUID_TYPE(as_uuid=True)))
)


def held(read: Read, *, person_id: UUID) -> list[Held]:
    """Read every section held about a person, in the order of the view, before anything is decided."""
    return held_of(read, person_id, *together(read, asks_held(person_id)))


def asks_held(person_id: UUID) -> Asked:
    """Ask for every section held about a person beside other statements; ``held_of`` reads the rows."""
    return _HELD.asked({"person_id": person_id})


def held_of(read: Read, person_id: UUID, rows: Rows) -> list[Held]:
    """Read sections in the order of the view."""
    return sorted((_held(read, person_id, *row) for row in rows), key=_order)


def _held(read: Read, person_id: UUID, category: str, controller: str, *rest: Any) -> Held:
    body, encrypted, records, as_of = rest
    if encrypted is not None:
        context = body_context(person_id, category, controller)
        body = read.keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, encrypted, context=context).decode()
    return Held(Category(category), controller, body or "[]", tuple(records), as_of)


def _order(held_: Held) -> tuple[int, str]:
    return _PLACE[held_.category], held_.controller


_PLACE = {category: place for place, category in enumerate(Category)}


def body_context(person_id: UUID, category: str, controller: str) -> bytes:
    """Bind an encrypted body to its row: it does not open in another's."""
    return b"publish.section\x00" + person_id.bytes + f"{category}\x00{controller}".encode()


def loads(read: Read) -> list[Load]:
    """Say when each source was last loaded; a source never loaded is not there."""
    rows: Sequence[Row[str, datetime]] = read.execute(
        select(_load.c.source, func.min(_load.c.as_of)).group_by(_load.c.source).order_by(_load.c.source)
    ).all()
    return [Load(Source(source), as_of) for source, as_of in rows]
