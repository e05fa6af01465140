"""``./luukku person join``: a steward's word that two persons are one; by their ids, for no HETU is written at a command line."""

from uuid import UUID

from cli.settings import Refusal, Settings
from cli.steward import acted, steward
from connectors.joining import join_people
from db.clock import now


def join(settings: Settings, from_id: str, into_id: str, *, why: str) -> None:
    """Make one person of two."""
    first, other = _id(from_id), _id(into_id)
    if not why.strip():
        raise Refusal("The log is told why two persons are one; a reason is needed.")
    acted(settings, lambda tx: join_people(tx, from_id=first, into_id=other, by=steward(), why=why, at=now()))


def _id(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise Refusal("A person is named by person_id, 36 characters; `./luukku quarantine show` tells it.") from None
