"""Yes and no under an agreement: grant, renew, refuse, withdraw, revoke, and what comes before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from consent.errors import ConsentError, Fault
from consent.model import Kind
from consent.registry import guards
from consent.registry.recording import ActRecord, By, Expressed
from consent.registry.writing import Aim, Consent, say, say_yes
from db.engine import Transaction


def grant(
    tx: Transaction,
    *,
    person_id: UUID,
    agreement_id: UUID,
    consent: Consent,
    expressed: Expressed,
    by: By,
    at: datetime,
) -> ActRecord:
    """Record a consent to some of an agreement's categories."""
    return say_yes(tx, Aim(Kind.GIVEN, person_id, agreement_id), consent, expressed=expressed, by=by, at=at)


def renew(
    tx: Transaction,
    *,
    person_id: UUID,
    agreement_id: UUID,
    consent: Consent,
    expressed: Expressed,
    by: By,
    at: datetime,
) -> ActRecord:
    """Record that a consent is given again; the agreement must allow it."""
    if not guards.agreed(tx, agreement_id).extension_allowed:
        raise ConsentError(Fault.BAD_PERIOD, "agreement_id")
    return say_yes(tx, Aim(Kind.RENEWED, person_id, agreement_id), consent, expressed=expressed, by=by, at=at)


def refuse(
    tx: Transaction,
    *,
    person_id: UUID,
    agreement_id: UUID,
    categories: Sequence[str],
    expressed: Expressed,
    by: By,
    at: datetime,
) -> ActRecord:
    """Record that a consent was not given; it counts from when it was said."""
    return say(tx, Aim(Kind.REFUSED, person_id, agreement_id), categories, expressed=expressed, by=by, at=at)


def withdraw(
    tx: Transaction,
    *,
    person_id: UUID,
    agreement_id: UUID,
    categories: Sequence[str],
    expressed: Expressed,
    by: By,
    at: datetime,
) -> ActRecord:
    """Record that a consent is taken back, even where none was given; it governs every decision after the commit."""
    return say(tx, Aim(Kind.WITHDRAWN, person_id, agreement_id), categories, expressed=expressed, by=by, at=at)


def request(
    tx: Transaction,
    *,
    person_id: UUID,
    agreement_id: UUID,
    categories: Sequence[str],
    expressed: Expressed,
    by: By,
    at: datetime,
) -> ActRecord:
    """Record that a consent was asked; it displaces nothing."""
    return say(tx, Aim(Kind.REQUESTED, person_id, agreement_id), categories, expressed=expressed, by=by, at=at)


def defer(
    tx: Transaction,
    *,
    person_id: UUID,
    agreement_id: UUID,
    categories: Sequence[str],
    expressed: Expressed,
    by: By,
    at: datetime,
) -> ActRecord:
    """Record that the person answers later; it displaces nothing."""
    return say(tx, Aim(Kind.DEFERRED, person_id, agreement_id), categories, expressed=expressed, by=by, at=at)


def revoke(
    tx: Transaction,
    *,
    person_id: UUID,
    agreement_id: UUID,
    categories: Sequence[str],
    expressed: Expressed,
    by: By,
    at: datetime,
    cause: str | None = None,
) -> ActRecord:
    """Record that the controller ends what was consented to, and why, by a code where it is told.

    A steward records it of an agreement to which their office is a party, the controller itself or the recipient that it has told.
    """
    guards.party(guards.agreed(tx, agreement_id), by)
    aim = Aim(Kind.REVOKED, person_id, agreement_id)
    return say(tx, aim, categories, expressed=expressed, by=by, at=at, cause=cause)
