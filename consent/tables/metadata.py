"""The collection that all tables of schema consent belong to."""

from db.metadata import Schema, metadata_of

CONSENT = metadata_of(Schema.CONSENT)
