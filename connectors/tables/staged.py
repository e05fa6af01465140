"""What every staged record carries before its own fields."""

from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import BigInteger, Column, Named, SmallInteger, Text, TypedColumns
from sqlalchemy.dialects.postgresql import UUID

from db.metadata import Schema, metadata_of

STAGING = metadata_of(Schema.STAGING)


class Staged(TypedColumns):
    """A row is one record of a source at its newest version.

    `source_record_id` is the source's own id, for sote ``<county>/<id>``, for a counter ``<person_id>/<laji>``. `version` orders the
    versions of one record: its number, else its change in microseconds since 1970 (a counter: in days). `content_hash` is 64 bits of
    BLAKE2b over the content as sent; 0 means not known, and the next pull replaces the row. `cut` has bit 1 when the location was taken
    out (turvakielto), bit 2 when what is sensitive was (AMENDMENTS 5). `batch_id` is the batch that last changed the row.
    """

    source_record_id: Named[str] = Column(Text, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    version: Named[int] = Column(BigInteger, nullable=False)
    content_hash: Named[int] = Column(BigInteger, nullable=False)
    cut: Named[int] = Column(SmallInteger, nullable=False)
    batch_id: Named[Uuid] = Column(UUID, nullable=False)
