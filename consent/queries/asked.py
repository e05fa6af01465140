"""What the one statement of a decision is asked with, and how its answer is read."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE
from sqlalchemy.sql.selectable import ScalarSelect

from db.metadata import Timestamp

PERSON_ID = bindparam("person_id", type_=UUID_TYPE(as_uuid=True))
RECIPIENT = bindparam("recipient", type_=Text())
KNOWN_AT = bindparam("known_at", type_=Timestamp())
AGREEMENTS = bindparam("agreements", type_=ARRAY(UUID_TYPE(as_uuid=True)))


def as_json(query: Select[*tuple[object, ...]]) -> ScalarSelect[list[list[str | None]] | None]:
    """Make one value of an answer: a JSON array of its rows, each an array of its columns; None when there are none."""
    rows = query.subquery()
    return select(func.jsonb_agg(func.jsonb_build_array(*rows.c))).scalar_subquery()


def moment(text: str | None) -> datetime | None:
    """Read a moment as JSON has it."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def uuid(text: str | None) -> UUID | None:
    """Read an id as JSON has it."""
    return None if text is None else UUID(text)
