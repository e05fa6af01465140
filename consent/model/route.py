"""What the register says of one category of one controller, for one recipient and purpose, and what of it stands when."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from consent.model.obligations import Obligations
from consent.model.period import FUTURE
from consent.model.rules import Agreement, Change, Statute, StatuteKind
from schemas.vocabulary import Reason, TaskGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An agreement at a moment.

    Consents under a notice below ``outdated_below`` have ended, those below ``due_below`` are to be renewed. ``owed`` is what a permit
    obliges to, by whether the location is masked, then by whether a renewal is due.
    """

    agreement: Agreement
    in_force: bool
    outdated_below: int
    due_below: int
    owed: tuple[tuple[Obligations, Obligations], tuple[Obligations, Obligations]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands until ``until`` for a recipient with certain tasks: the first statute of each kind in force, and agreements.

    ``wanting``: there are such rules, but each presupposes a task that the recipient does not have.
    """

    statute: Statute | None
    emergency: Statute | None
    offers: tuple[Offer, ...]
    wanting: bool
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The rules of a route, and the moments at which any of them starts or ends, in order.

    ``unknown``: what of the question the register does not know; ``necessary``: the purpose needs the category.
    """

    unknown: Reason | None
    necessary: bool
    statutes: tuple[Statute, ...]
    agreements: tuple[Agreement, ...]
    moments: tuple[datetime, ...] = field(init=False)
    _standings: dict[tuple[int, frozenset[TaskGround]], Standing] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Gather the moments once."""
        object.__setattr__(self, "moments", tuple(sorted({*_starts_and_ends(self.statutes, self.agreements)})))

    def standing(self, at: datetime, grounds: frozenset[TaskGround]) -> Standing:
        """Return what stands at a moment; between two moments it is the same, and remembered."""
        place = bisect_right(self.moments, at)
        found = self._standings.get((place, grounds))
        if found is None:
            until = self.moments[place] if place < len(self.moments) else FUTURE
            found = self._standings[place, grounds] = self._weigh(at, grounds, until)
        return found

    def _weigh(self, at: datetime, grounds: frozenset[TaskGround], until: datetime) -> Standing:
        in_force = [row for row in self.statutes if row.in_force.holds(at)]
        held = [row for row in in_force if _rests_on(row.task_ground, grounds)]
        agreed = [row for row in self.agreements if _rests_on(row.task_ground, grounds)]
        return Standing(
            statute=next((row for row in held if row.kind is StatuteKind.STATUTE), None),
            emergency=next((row for row in held if row.kind is StatuteKind.EMERGENCY), None),
            offers=tuple(offer_of(row, at) for row in agreed),
            wanting=bool(in_force or self.agreements) and not (held or agreed),
            until=until,
        )


def in_order(statutes: Iterable[Statute]) -> tuple[Statute, ...]:
    """Order statutes as they are tried: those that override a denial first, then by key and version."""
    order = sorted(statutes, key=lambda row: (not row.overrides_denial, row.key, row.version, row.statute_id))
    return tuple(order)


def _rests_on(ground: TaskGround | None, grounds: Collection[TaskGround]) -> bool:
    return ground is None or ground in grounds


def offer_of(agreement: Agreement, at: datetime) -> Offer:
    """Tell how an agreement stands at a moment."""
    material = [row for row in agreement.notices if row.change is Change.MATERIAL and row.published_at <= at]
    return Offer(
        agreement=agreement,
        in_force=agreement.in_force.holds(at),
        outdated_below=max((row.n for row in material if row.grace_until <= at), default=0),
        due_below=max((row.n for row in material), default=0),
        owed=(_owed(agreement, masked=False), _owed(agreement, masked=True)),
    )


def _owed(agreement: Agreement, *, masked: bool) -> tuple[Obligations, Obligations]:
    kept, no_onward = agreement.retention_days, not agreement.onward
    return Obligations(kept, no_onward, masked, False), Obligations(kept, no_onward, masked, True)


def _starts_and_ends(statutes: Iterable[Statute], agreements: Iterable[Agreement]) -> Iterator[datetime]:
    for statute in statutes:
        yield from statute.in_force
    for agreement in agreements:
        yield from agreement.in_force
        for notice in agreement.notices:
            yield from (notice.published_at, notice.grace_until)
