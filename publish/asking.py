"""What is asked of the gate: who asks and why stands in the head of a call, about whom in its path or body."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from audit.events import RequestRef
from audit.log import Spend
from consent.model import Emergency
from db.engine import Read
from publish.queries import reading
from publish.references import Prefix
from publish.references import read as read_reference
from schemas.identifiers import Hetu
from schemas.vocabulary import Category

NOBODY = UUID(int=0)
"""Who is meant when nobody is found: the same statements run for nobody as for somebody."""


class Form(StrEnum):
    """What the answer holds when something may be shown."""

    VIEW = "view"
    REFERENCE = "reference"
    PAGE = "page"
    CONSENTS = "consents"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The head of a call, known before its body is looked at.

    ``system`` has proved who it is; ``scope`` is what the call needs and ``token_scopes`` what its token was given. ``categories``:
    those named, none means all that the purpose needs. ``user`` is the worker as the caller names them: it opens no protected person
    (AMENDMENTS 8). ``spend`` is what the seal uses up.
    """

    form: Form
    system: str
    scope: str
    token_scopes: frozenset[str]
    purpose: str
    categories: tuple[Category, ...] = ()
    user: str = field(repr=False)
    request: RequestRef
    spend: tuple[Spend, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a subject leads to, and the name under which the recipient knows them."""

    person_id: UUID
    ref: UUID | None


Subject = Callable[[Read, str], Found]
"""Finds the person for a recipient (Y-tunnus)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """About whom, and whether an emergency is claimed; raises nothing about the person."""

    subject: Subject
    emergency: Emergency | None = None


def by_reference(text: str) -> Subject:
    """Mean the person that the recipient knows by this reference."""
    ref = read_reference(Prefix.PERSON, text)

    def find(read: Read, recipient: str) -> Found:
        return Found(reading.person_by_ref(read, recipient=recipient, ref=ref or NOBODY) or NOBODY, ref)

    return find


def by_hetu(hetu: Hetu) -> Subject:
    """Mean the person who has or had this identity code."""

    def find(read: Read, recipient: str) -> Found:
        person_id = reading.person_by_hetu(read, hetu=hetu.reveal()) or NOBODY
        return Found(person_id, reading.ref_of(read, recipient=recipient, person_id=person_id))

    return find
