"""Somebody met at the desk: their identity code for the one question it is needed for, and whom no source has told of yet.

Who acts for a client need be nobody's client. Both go through functions of the database: the web reads no table of identities.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from connectors.layout import hetu_context
from connectors.queries import people
from db.engine import Read, Transaction
from db.ids import uuid7
from db.keys import Use
from schemas.identifiers import Hetu

TOLD_BY: Final = "mandates"
"""Whose word such a person rests on: the register of mandates let them act."""


def code_in_use(read: Read, person_id: UUID) -> Hetu | None:
    """Give the HETU of one person, decrypted: for a request body and nothing else; None of somebody without one."""
    box = people.code_in_use(read, person_id=person_id)
    if box is None:
        return None
    text = read.keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, box, context=hetu_context(str(person_id)))
    return Hetu.parse(text.decode(), artificial_only=False)


def met(tx: Transaction, hetu: Hetu, *, at: datetime) -> UUID:
    """Find the person of a HETU, or make them."""
    person_id, code = uuid7(at), hetu.reveal().encode()
    hashes = tx.keyring.keyed_hashes(Use.IDENTITY_HASH, code)
    return people.meet(
        tx,
        hashes=[hash_ for _, hash_ in hashes],
        hash_key=hashes[0][0],
        person_id=person_id,
        hetu=tx.keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, code, context=hetu_context(str(person_id))),
        told_by=TOLD_BY,
        at=at,
    )
