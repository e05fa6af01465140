"""All that a decision about one person reads."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from consent.model import FUTURE, Facts, Will
from consent.queries import current, people, wills
from consent.queries.denials import denials
from consent.queries.register import register
from consent.queries.wills import Key
from consent.will import will
from db.engine import Read


def facts(read: Read, *, person_id: UUID, recipient: str, known_at: datetime | None = None) -> Facts:
    """Return what a decision about a person and a recipient (Y-tunnus) reads.

    Without ``known_at`` it is what is held now, for a live decision, made at ``max(at, facts.person.changed_at)``. With it, only what
    was recorded by then counts. The same statements run for everybody, known or not.
    """
    held_register = register(read, known_at=known_at)
    knowledge = FUTURE if known_at is None else known_at
    row = people.head(read, person_id)
    held = people.facts_held(read, person_id, known_at=knowledge)
    agreed = [agreement.agreement_id for agreement in held_register.agreements if agreement.recipient == recipient]
    known = row is not None and (known_at is None or bool(held))
    return Facts(
        register=held_register,
        person=people.person_of(person_id, row, held) if row is not None and known else None,
        tasks=people.tasks(read, person_id, recipient=recipient, known_at=knowledge),
        coaches=people.coaches(read, held, recipient=recipient, known_at=knowledge),
        denials=denials(read, person_id, known_at=knowledge),
        wills=_wills(read, person_id, agreed, known_at if row is None or not row.stale else knowledge),
    )


def _wills(read: Read, person_id: UUID, agreements: Collection[UUID], known_at: datetime | None) -> Mapping[Key, Will]:
    """Read the kept wills, or weigh what was said by a moment."""
    if known_at is None:
        return current.wills(read, person_id, agreements=agreements)
    said = wills.said(read, person_id=person_id, known_at=known_at, agreements=agreements)
    return {key: will(each) for key, each in said.items()}
