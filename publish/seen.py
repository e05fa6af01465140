"""What a recipient would be shown of a person now, for that person: by the gate's own rule and cut, no disclosure (PAGES.md 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from consent import queries as consents
from consent.decision import decide
from consent.model import Facts, Request
from consent.shut import shut
from db.engine import Read
from publish import shown
from publish.answer import Shown
from publish.case import items
from publish.queries import reading
from publish.queries.reading import Held
from schemas.vocabulary import Category, Purpose


@dataclass(frozen=True, slots=True)
class _Basis:
    """As the gate's case, without an asker."""

    held: Sequence[Held]
    facts: Facts
    at: datetime


def seen(read: Read, *, person_id: UUID, recipient: str, purpose: Purpose, at: datetime) -> list[Shown]:
    """List the sections that a system of a recipient would get of a person, in the order of the view; none where it would get nothing."""
    facts = shut(consents.facts(read, person_id=person_id, recipient=recipient), recipient)
    basis = _Basis(reading.held(read, person_id=person_id), facts, at)
    if facts.person is not None:
        basis = replace(basis, at=max(at, facts.person.changed_at))
    wanted = [category for category in Category if category in purpose.needs]
    request = Request(
        person_id=person_id,
        recipient=recipient,
        purpose=purpose,
        items=tuple(items(wanted, basis.held, facts.register)),
    )
    return shown.sections(basis, decide(request, facts, basis.at))
