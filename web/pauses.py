"""Pauses of what was consented to: a person's restriction of its use, begun and lifted at a desk or on the person's own page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.model import Agreement
from consent.queries import life, recorded
from consent.queries.register import register
from consent.registry import By
from db.engine import Read, Transaction
from publish import changes_of_will
from schemas.vocabulary import Source

ALL: Final = "all"
"""What is paused where no one source is named."""


@dataclass(frozen=True, slots=True)
class Pausing:
    """An agreement under which a person has said something, what of theirs it covers, and the pauses of it under way."""

    agreement: Agreement
    categories: tuple[str, ...]
    pauses: tuple[UUID, ...]
    since: datetime | None


def pausing(read: Read, *, person_id: UUID, at: datetime) -> list[Pausing]:
    """List the agreements that somebody can pause, or has paused, in a lasting order."""
    said: dict[UUID, set[str]] = {}
    for line in life.acts(read, person_id=person_id):
        said.setdefault(line.agreement_id, set()).update(line.kinds)
    held = [pause for pause in recorded.pauses_of(read, person_id) if pause.until_at is None or at < pause.until_at]
    found = []
    for agreement in register(read).agreements:
        if agreement.agreement_id in said:
            own = [pause for pause in held if pause.agreement_id == agreement.agreement_id]
            since = min((pause.from_at for pause in own), default=None)
            ids = tuple(pause.suspension_id for pause in own)
            found.append(Pausing(agreement, tuple(sorted(said[agreement.agreement_id])), ids, since))
    return sorted(found, key=lambda each: each.agreement.agreement_id)


def change(tx: Transaction, found: Pausing, *, person_id: UUID, lift: bool, by: By, at: datetime) -> None:
    """Begin a pause or end those under way; what is so already stays as it is, so a form sent twice does nothing more."""
    if lift:
        for pause in found.pauses:
            changes_of_will.resume(tx, suspension_id=pause, by=by, at=at)
    elif not found.pauses:
        changes_of_will.suspend(tx, person_id=person_id, agreement_id=found.agreement.agreement_id, by=by, at=at)


def sources(found: Iterable[Pausing]) -> tuple[Source, ...]:
    """Name the sources whose data the agreements are about, in a lasting order."""
    told = {category.partition(".")[0] for each in found for category in each.agreement.categories}
    return tuple(source for source in Source if source.value in told)


def change_all(
    tx: Transaction, found: Iterable[Pausing], *, what: str, person_id: UUID, lift: bool, by: By, at: datetime
) -> None:
    """Begin or end pauses of all agreements there are, or of those about one source's data (``what``)."""
    for each in found:
        about = what in (ALL, *sources([each]))
        if about and (lift or each.agreement.in_force.holds(at)):
            change(tx, each, person_id=person_id, lift=lift, by=by, at=at)
