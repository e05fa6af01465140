"""Which sections a decision lets out, cut to what it permits, and why each may be shown."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from consent.model import FUTURE, Decision, Facts, Item, Result, Statute
from publish.answer import FRESH_FOR, Shown, Why
from publish.cut import cut
from publish.queries.reading import Held
from schemas.vocabulary import Ground

_UUID_BYTES = 16


class Basis(Protocol):
    """What is held about somebody and what holds, as of ``at``."""

    @property
    def held(self) -> Sequence[Held]:
        """The sections as they rest."""

    @property
    def facts(self) -> Facts:
        """What the decision read."""

    @property
    def at(self) -> datetime:
        """When it was made."""


def sections(case: Basis, decision: Decision) -> list[Shown]:
    """Cut each permitted section; one that holds nothing then is absent, as if it had never been there."""
    held = {Item(section.category, section.controller): section for section in case.held}
    shown = []
    for result in decision.results:
        if result.permitted and isinstance(result.item, Item) and (section := held.get(result.item)):
            mask = result.obligations.mask_location
            text = cut(section.text, section.category, periods=result.periods, mask_place=mask, at=case.at)
            shown.append(
                Shown(
                    category=section.category,
                    controller=section.controller,
                    text=text,
                    as_of=section.as_of,
                    fresh=case.at - section.as_of <= FRESH_FOR,
                    why=_why(result, case.facts, case.at),
                )
            )
    return [section for section in shown if section.text != "[]"]


def _why(result: Result, facts: Facts, at: datetime) -> Why:
    ground, key = result.ground, result.key
    if ground is None or key is None:
        raise ValueError("A permit has a ground and its key.")
    if ground is Ground.CONSENT:
        acts = result.matched.acts
        return Why(kind=ground, key=key, ref=reference(acts), until=until(facts, acts, at))
    statute = next(_statutes(facts.register.statutes, result))
    return Why(kind=ground, key=key, law=statute.law, unverified=not statute.verified)


def _statutes(rows: Iterable[Statute], result: Result) -> Iterator[Statute]:
    return (row for row in rows if (row.statute_id, row.version) in result.matched.statutes)


def reference(acts: tuple[UUID, ...]) -> UUID:
    """Name the consent to the recipient: an agreement has one recipient, so no two of them share a name to join by."""
    digest = hashlib.sha256(b"consent\x00" + b"".join(act.bytes for act in sorted(acts))).digest()
    return UUID(bytes=digest[:_UUID_BYTES])


def until(facts: Facts, acts: tuple[UUID, ...], at: datetime) -> datetime | None:
    """Return the end of the last consent that permits; None when none has an end."""
    stretches = (stretch for will in facts.wills.values() for stretch in (*will.adult, *(will.minor or ())))
    ends = [each.end for each in stretches if each.act_id in acts and each.start <= at < each.end]
    end = max(ends, default=FUTURE)
    return None if end == FUTURE else end
