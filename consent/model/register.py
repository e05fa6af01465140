"""What holds for everybody: agreements, statutes, parties, and what a purpose needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from consent.model.closing import Closing
from consent.model.route import Route, in_order
from consent.model.rules import Agreement, Statute
from schemas.vocabulary import Category, PartyKind, Purpose, Reason


@dataclass(frozen=True, slots=True)
class Register:
    """The register as known at one moment; ``seq`` grows with every change of it.

    ``parties``: Y-tunnus -> kind. ``needs``: purpose -> categories it may use. ``sources``: category -> source.
    ``closings``: see ``consent.shut``.
    """

    seq: int
    agreements: tuple[Agreement, ...]
    statutes: tuple[Statute, ...]
    parties: Mapping[str, PartyKind]
    needs: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NEEDS)
    sources: Mapping[str, str] = field(default_factory=lambda: _SOURCES)
    closings: tuple[Closing, ...] = ()
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
        return Route(
            unknown=self._unknown(recipient, purpose, category),
            necessary=category in self.needs.get(purpose, ()),
            statutes=in_order(statutes),
            agreements=tuple(row for row in between if category in row.categories),
        )

    def _unknown(self, recipient: str, purpose: str, category: str) -> Reason | None:
        if recipient not in self.parties:
            return Reason.UNKNOWN_RECIPIENT
        if purpose not in self.needs:
            return Reason.UNKNOWN_PURPOSE
        return None if category in self.sources else Reason.UNKNOWN_CATEGORY


_NEEDS: Mapping[str, frozenset[str]] = {
    purpose.value: frozenset(category.value for category in purpose.needs) for purpose in Purpose
}
_SOURCES: Mapping[str, str] = {category.value: category.source.value for category in Category}
