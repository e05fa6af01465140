"""What holds for everybody: agreements with their notices, statutes, parties, and what a purpose needs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from consent.model.period import ALWAYS, Period
from schemas.vocabulary import Category, PartyKind, Purpose, TaskGround


class Change(StrEnum):
    """What a notice changes in the one before (CONSENT.md 10)."""

    FIRST = "first"
    EDITORIAL = "editorial"
    NARROWER = "narrower"
    MATERIAL = "material"


class Notice(NamedTuple):
    """The n-th text of an agreement; a material one ends older consents at ``grace_until``."""

    n: int
    change: Change
    published_at: datetime
    grace_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Who may ask a person's consent to hand what to whom, for which purpose and on which task."""

    agreement_id: UUID
    controller: str
    recipient: str
    purpose: str
    categories: frozenset[str]
    task_ground: TaskGround | None = None
    in_force: Period = ALWAYS
    notices: tuple[Notice, ...] = ()
    retention_days: int | None = None
    onward: bool = False


class StatuteKind(StrEnum):
    """What a statute's row permits: sharing as a rule, or in an emergency."""

    STATUTE = "statute"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statute:
    """A right given by law. ``verified`` is False while an authority has not confirmed our reading; every page that uses it says so."""

    statute_id: UUID
    version: int
    key: str
    controller_kind: PartyKind
    categories: frozenset[str]
    recipient_kind: PartyKind
    purpose: str
    kind: StatuteKind = StatuteKind.STATUTE
    overrides_denial: bool = True
    task_ground: TaskGround | None = None
    in_force: Period = ALWAYS
    law: str = ""
    verified: bool = True


class Route(NamedTuple):
    """All that the register says of one category of one controller, for one recipient and purpose.

    Statutes stand in the order they are tried: those that override a denial first, then by key and version.
    """

    statutes: tuple[Statute, ...]
    emergencies: tuple[Statute, ...]
    agreements: tuple[Agreement, ...]
    moments: tuple[datetime, ...] = ()
    """When any of these rows starts or ends, in order."""


@dataclass(frozen=True, slots=True)
class Register:
    """The register as known at one moment; ``seq`` grows with every change of it.

    ``parties``: Y-tunnus -> kind. ``needs``: purpose -> categories it may use. ``sources``: category -> source.
    """

    seq: int
    agreements: tuple[Agreement, ...]
    statutes: tuple[Statute, ...]
    parties: Mapping[str, PartyKind]
    needs: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NEEDS)
    sources: Mapping[str, str] = field(default_factory=lambda: _SOURCES)
    _routes: dict[tuple[str, str, str, str], Route] = field(default_factory=dict, repr=False, compare=False)
    _between: dict[tuple[str, str, str], list[Agreement]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the agreements once, by recipient, purpose and controller."""
        for agreement in sorted(self.agreements, key=lambda row: row.agreement_id):
            parties = (agreement.recipient, agreement.purpose, agreement.controller)
            self._between.setdefault(parties, []).append(agreement)

    def route(self, recipient: str, purpose: str, controller: str, category: str) -> Route:
        """Return what applies; found once and remembered, the register being frozen."""
        key = (recipient, purpose, controller, category)
        found = self._routes.get(key)
        if found is None:
            found = self._routes[key] = self._find(recipient, purpose, controller, category)
        return found

    def _find(self, recipient: str, purpose: str, controller: str, category: str) -> Route:
        kinds = (self.parties.get(controller), self.parties.get(recipient))
        statutes = [
            row
            for row in self.statutes
            if (row.controller_kind, row.recipient_kind) == kinds
            and row.purpose == purpose
            and category in row.categories
        ]
        between = self._between.get((recipient, purpose, controller), ())
        agreements = [row for row in between if category in row.categories]
        moments = sorted({*_starts_and_ends(statutes, agreements)})
        by_law, in_emergency = _of(statutes, StatuteKind.STATUTE), _of(statutes, StatuteKind.EMERGENCY)
        return Route(by_law, in_emergency, tuple(agreements), tuple(moments))


def _starts_and_ends(statutes: Iterable[Statute], agreements: Iterable[Agreement]) -> Iterator[datetime]:
    for statute in statutes:
        yield from statute.in_force
    for agreement in agreements:
        yield from agreement.in_force
        for notice in agreement.notices:
            yield from (notice.published_at, notice.grace_until)


def _of(statutes: Iterable[Statute], kind: StatuteKind) -> tuple[Statute, ...]:
    rows = [row for row in statutes if row.kind is kind]
    return tuple(sorted(rows, key=lambda row: (not row.overrides_denial, row.key, row.version, row.statute_id)))


_NEEDS: Mapping[str, frozenset[str]] = {purpose: frozenset(purpose.needs) for purpose in Purpose}
_SOURCES: Mapping[str, str] = {category: category.source for category in Category}
