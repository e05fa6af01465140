"""All that one answer of the gate rests on, read in one snapshot."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent import queries as consents
from consent.model import Facts, Item, Register, Request
from db.engine import Database
from db.together import together
from publish import recipients
from publish.asking import Call, Found, Question
from publish.queries import reading
from publish.queries.reading import Held, Standing
from schemas.vocabulary import Category, PartyKind, Purpose, Source

NATIONAL = {Source.TE: PartyKind.KEHA, Source.KELA: PartyKind.KELA}
"""The sources with one controller for the whole country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Who asks, about whom, what is held and what holds, as of ``at``; ``digests`` are of the acts and denials that may decide.

    ``at`` is never before the last fact was recorded: a no just recorded counts however the clocks of two hosts differ.
    """

    standing: Standing
    found: Found
    facts: Facts
    held: Sequence[Held]
    digests: Mapping[UUID, str]
    request: Request
    at: datetime

    @property
    def person_id(self) -> UUID | None:
        """The person, if there is one."""
        return self.facts.person.person_id if self.facts.person else None


def case_of(database: Database, call: Call, question: Callable[[], Question], clock: Callable[[], datetime]) -> Case:
    """Admit the asker, then look at the question, then read; raises NotEntitled before anything about a person is read."""
    with database.read(snapshot=True) as read:
        at = clock()
        systems, [[number]] = together(read, reading.asks_standing(call.system), consents.NUMBER)
        standing = recipients.admitted(reading.standing_of(systems, at=at), call)
        asked = question()
        found = asked.subject(read, standing.recipient)
        cited = consents.Cited(consents.numbered(read, number), person_id=found.person_id, recipient=standing.recipient)
        told, sections = together(read, cited.question, reading.asks_held(found.person_id))
        facts, digests = cited.answered(read, told)
        held = reading.held_of(read, found.person_id, sections)
    request = Request(
        person_id=found.person_id,
        recipient=standing.recipient,
        purpose=call.purpose,
        items=tuple(items(asked_categories(call), held, facts.register)),
        emergency=asked.emergency,
    )
    changed_at = facts.person.changed_at if facts.person else at
    return Case(
        standing=standing, found=found, facts=facts, held=held, digests=digests, request=request, at=max(at, changed_at)
    )


def asked_categories(call: Call) -> tuple[Category, ...]:
    """Name all that a call asks, in the order of the view."""
    wanted = call.categories or Purpose(call.purpose).needs
    return tuple(category for category in Category if category in wanted)


def items(categories: Sequence[Category], held: Sequence[Held], register: Register) -> Iterator[Item]:
    """Ask for each category of each controller that holds something, else of the source's only one."""
    for category in categories:
        holders = [section.controller for section in held if section.category is category]
        for controller in holders or _national(category.source, register):
            yield Item(category, controller)


def _national(source: Source, register: Register) -> list[str]:
    kind = NATIONAL.get(source)
    return sorted(party for party, kind_ in register.parties.items() if kind_ is kind)
