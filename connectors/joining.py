"""A steward finds that two people are one: their HETUs and records come together, and the log is told (ACCESS-LOG 3)."""

from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl

from audit import log
from audit.events import Actor
from connectors.layout import CUT_LOCATION, LAYOUTS, PERSON, hetu_context, layouts
from connectors.queries import books, facts, imprints, merging, protection, records
from connectors.queries import people as stored
from connectors.staging import events
from db.engine import Transaction
from db.keys import Use
from schemas.vocabulary import Source

_TWO: Final = 2


class SamePerson(ValueError):
    """Both are one person already."""


class NotKnown(LookupError):
    """One of the two is no person, or was joined to another before."""


def join_people(tx: Transaction, *, from_id: UUID, into_id: UUID, by: Actor, why: str, at: datetime) -> None:
    """Make one person of two known ones, in the caller's transaction; no run ever does this. Raises SamePerson, NotKnown."""
    if from_id == into_id:
        raise SamePerson("They are one person already.")
    for which in (*stored.MERGES, stored.NEW_PEOPLE):  # a merge under way would go on writing of the one who ends
        stored.lock(tx, which=which)
    if len(stored.themselves(tx, person_ids=(from_id, into_id))) < _TWO:
        raise NotKnown("One of the two is not known, or was joined to another before.")
    _move_hetus(tx, from_id, into_id)
    stored.note_merged(tx, from_id=from_id, into=into_id)
    both = pl.DataFrame({"person_id": [str(into_id)], "fresh": [False]})
    with facts.touching(tx, people=both):
        merging.repoint_records(tx, from_id=from_id, into_id=into_id)
        merging.repoint_books(tx, from_id=from_id, into_id=into_id, at=at)
        _hide(tx, into_id)
        merging.merge_in_consent(tx, from_id=from_id, into_id=into_id, at=at)
        for source in Source:
            _read_all_again(tx, source, at)
            facts.learn(tx, source=source, people=both, at=at)
    stored.wake(tx, person_ids=(from_id, into_id))
    log.record(tx, events.person_merged(from_id, into_id, actor=by, at=at, text=why))


def _move_hetus(tx: Transaction, from_id: UUID, into_id: UUID) -> None:
    """Let the HETUs of one lead to the other, each encrypted for its new person."""
    keyring, use = tx.keyring, Use.IDENTITY_ENCRYPTION
    for hetu_hash, encrypted in stored.identities_of(tx, person_id=from_id):
        plain = keyring.decrypt_packed(use, encrypted, context=hetu_context(str(from_id)))
        anew = keyring.encrypt_packed(use, plain, context=hetu_context(str(into_id)))
        stored.move_identity(tx, hetu_hash=hetu_hash, into=into_id, hetu=anew)


def _read_all_again(tx: Transaction, source: Source, at: datetime) -> None:
    """Forget what the source's answers are known again by: records that are named by their person have other keys now."""
    imprints.forget(tx, source=source)
    if any(PERSON in layout.key for layout in LAYOUTS[source]):
        books.note_seen(tx, seen={each.connection_id: None for each in books.connections(tx, source=source, at=at)})


def _hide(tx: Transaction, person_id: UUID) -> None:
    """Clear where the person is if a source says of either that they are protected."""
    said = protection.said(tx)
    protected = said.filter(pl.col("person_id") == str(person_id))["person_id"].unique()
    for layout in layouts():
        if len(protected) and layout.location:
            records.hide_location(tx, table=layout.table, columns=layout.location, people=protected, cut=CUT_LOCATION)
