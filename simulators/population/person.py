"""The truth about one synthetic person: who they are, what each source holds, and what they want said at the desk."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from simulators.population.kela_records import KelaRecords
from simulators.population.sote_records import SoteRecords
from simulators.population.te_records import TeRecords


class KnownTo(StrEnum):
    """A source that knows the person."""

    TE = "te"
    KELA = "kela"
    SOTE = "sote"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastHetu:
    """A passivated identity code and the last day it held."""

    hetu: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardianship:
    """Someone else acts for the person; ``restriction`` 1 to 3 as in the population register."""

    since: date
    restriction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the person lives: municipality (three digits), its employment area and wellbeing county (two digits)."""

    municipality: str
    area: str
    county: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the person is; ``hetu`` is artificial (NNN 900 to 999) and its date equals ``born``."""

    hetu: str
    past_hetus: tuple[PastHetu, ...]
    family_name: str
    given_names: str
    born: date
    died: date | None
    language: str
    protected: bool
    guardianship: Guardianship | None
    home: Home


class Answer(StrEnum):
    """What the person says when asked for a consent; DENIED is a standing denial (kielto) of the category."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One answer at the desk: may ``category`` go to ``municipality``'s employment ``area`` for ``purpose``.

    ``said_on`` is the day of the first answer; a withdrawn consent was given on ``said_on`` and ended on ``withdrawn_on``.
    """

    category: str
    purpose: str
    area: str
    municipality: str
    answer: Answer
    said_on: date
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The whole truth about a person; ``index`` is their place in the population and never leaves the simulators."""

    index: int
    identity: Identity
    known_to: frozenset[KnownTo]
    te: TeRecords
    kela: KelaRecords
    sote: SoteRecords
    consents: tuple[Wish, ...]
