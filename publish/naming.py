"""How organisations are called, and how each calls a person: by a reference that is of use to itself alone (API.md 5.1)."""

import os
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from db.engine import Read, Transaction
from publish.queries import naming, reading
from publish.references import Prefix, spell
from publish.references import read as read_reference

_REF_BYTES: Final = 16


def organisations(read: Read) -> Mapping[str, str]:
    """Give the name of every recipient by Y-tunnus."""
    return naming.names(read)


def reference(tx: Transaction, *, recipient: str, person_id: UUID) -> str:
    """Spell a recipient's reference of a person, made on first use."""
    naming.give_name(tx, recipient=recipient, person_id=person_id, ref=UUID(bytes=os.urandom(_REF_BYTES), version=4))
    ref = reading.ref_of(tx, recipient=recipient, person_id=person_id)
    assert ref is not None
    return spell(Prefix.PERSON, ref)


def meant(read: Read, *, recipient: str, text: str) -> UUID | None:
    """Find whom a recipient means by a reference; None for anything else, another recipient's too."""
    ref = read_reference(Prefix.PERSON, text)
    return None if ref is None else reading.person_by_ref(read, recipient=recipient, ref=ref)
