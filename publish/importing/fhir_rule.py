"""The rule of a FHIR Consent held against what we can keep: no member of it is passed over, for it might narrow what is said."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from consent.exports import fhir_parts as form
from consent.queries.terms import Terms
from publish.importing import fhir_form as read
from publish.importing.answers import bad
from publish.importing.moments import is_day, midnight, moment

Node = Mapping[str, Any]

_INSTANT: Final = timedelta(microseconds=1)
_HELD: Final = frozenset({"id", "type", "period", "dataPeriod", "actor", "purpose", "class", "provision"})
"""The members of a provision that we keep; any other would narrow or widen it unseen."""
_CHANGING: Final = ("modifierExtension", "implicitRules")
"""Members that may change what all the others mean (FHIR R4, 2.6.1 and 2.27.4)."""
_OF_A_DENIAL: Final = frozenset({form.CLASSES, form.SOURCES, form.BUSINESS_ID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is said of some categories: from when until when, and of data from which time; None: open."""

    categories: Sequence[str]
    start: datetime | None
    end: datetime | None
    data_from: datetime | None
    data_until: datetime | None


def parts(consent: Node, terms: Terms, *, permits: bool) -> list[Part]:
    """Read the rule of an act under an agreement: its provision, or the exceptions from one that denies all else.

    Raises ConsentError by the member that says something else than the agreement, or that we cannot keep.
    """
    _unchanged(consent)
    rule = read.node(consent, "provision")
    _by_agreement(rule, terms)
    nested = read.nodes(rule, "provision")
    if not nested:
        return [_part(rule, permits=permits)]
    if rule.get("type") != "deny" or "class" in rule:
        raise bad("provision.type")
    for each in nested:
        _by_agreement(each, terms)
        if "provision" in each:
            raise bad("provision.provision")
    return [_part(each, permits=permits) for each in nested]


def denial(consent: Node) -> tuple[Node, Part]:
    """Read the rule of a standing no, which denies from its day on and without an end; gives it with its times."""
    _unchanged(consent)
    rule = read.node(consent, "provision")
    if "provision" in rule:
        raise bad("provision.provision")
    _known(rule, _OF_A_DENIAL)
    part = _part(rule, permits=False)
    if part.end is not None:
        raise bad("provision.period.end")
    return rule, part


def _unchanged(consent: Node) -> None:
    for name in _CHANGING:
        if name in consent:
            raise bad(name)


def _by_agreement(rule: Node, terms: Terms) -> None:
    """Ask that a rule speaks of the agreement's recipient, purpose and categories, as far as it names any."""
    _known(rule, frozenset({form.CLASSES}))
    if read.recipient(rule) not in (None, terms.recipient):
        raise bad("provision.actor")
    if read.purpose(rule) not in (None, terms.purpose):
        raise bad("provision.purpose")


def _known(rule: Node, systems: Collection[str]) -> None:
    for name in rule:
        if name not in _HELD:
            raise bad(f"provision.{name}")
    if any(each.get("system") not in systems for each in read.nodes(rule, "class")):
        raise bad("provision.class")
    if any(each.get("system") != form.PURPOSES for each in read.nodes(rule, "purpose")):
        raise bad("provision.purpose")


def _part(rule: Node, *, permits: bool) -> Part:
    if rule.get("type") != ("permit" if permits else "deny"):
        raise bad("provision.type")
    start, end = _period(rule, "period")
    data_from, data_until = _period(rule, "dataPeriod")
    categories = read.codes(rule, form.CLASSES)
    return Part(categories=categories, start=start, end=end, data_from=data_from, data_until=data_until)


def _period(rule: Node, name: str) -> tuple[datetime | None, ...]:
    """Read a period: FHIR includes its end, we do not; a bare day lasts to its midnight in Helsinki."""
    period = read.node(rule, name) if name in rule else {}
    return tuple(_ends(period, f"provision.{name}"))


def _ends(period: Node, field: str) -> Iterator[datetime | None]:
    start, end = period.get("start"), period.get("end")
    yield None if start is None else moment(start, f"{field}.start")
    if end is None:
        yield None
    elif is_day(end):
        yield midnight(end, f"{field}.end", days_on=1)
    else:
        yield moment(end, f"{field}.end") + _INSTANT
