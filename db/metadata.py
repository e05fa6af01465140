"""What all tables share: the schemas, the names of constraints, and the column types."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import Dialect, MetaData
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
"""The names PostgreSQL itself gives, so hand-written DDL and tables in code agree without a word."""


class Schema(StrEnum):
    """A schema of the database; each mirrors one package."""

    STAGING = "staging"
    CONSENT = "consent"
    PUBLISH = "publish"
    AUDIT = "audit"
    WEB = "web"


@cache
def metadata_of(schema: Schema) -> MetaData:
    """Return the one collection of tables of a schema."""
    return MetaData(schema=schema.value, naming_convention=NAMING_CONVENTION)


class Timestamp(TypeDecorator[datetime]):
    """A moment, ``timestamptz``: aware on the way in (naive ones are refused), UTC on the way out."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature
        """Refuse a moment without a time zone: it would be read as the server's own."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A moment without a time zone does not enter the database.")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature
        """Return the same moment in UTC."""
        return None if value is None else value.astimezone(UTC)
