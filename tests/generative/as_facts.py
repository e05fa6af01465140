"""Recorded rows as the facts and the bulk rows that the product decides on: what its loader does, row for row."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from consent.model import (
    FUTURE,
    Act,
    Check,
    Coach,
    Denial,
    Facts,
    Period,
    Person,
    Register,
    Representation,
    Suspension,
    Task,
)
from consent.will import Said, will
from tests.generative.reference_rule.rows import DenialRow, History


def facts(history: History | None, register: Register, known_at: datetime) -> Facts | None:
    """The facts as known at a moment; None when they cannot be read."""
    if history is None:
        return None
    held = history.known(known_at)
    return Facts(
        register=register,
        person=_person(held),
        tasks=tuple(Task(row.recipient, row.ground, Period(row.from_at, row.until_at)) for row in held.tasks),
        coaches=tuple(Coach(row.recipient, row.user, Period(row.from_at, row.until_at)) for row in held.coaches),
        denials=tuple(_denial(row, held) for row in held.denials),
        wills=_wills(held),
    )


def _person(held: History) -> Person | None:
    if held.person_id is None:
        return None
    return Person(
        person_id=held.person_id,
        consent_seq=held.person_id.int,
        deceased_at=min((row.died_at for row in held.deaths), default=FUTURE),
        protected=tuple(Period(row.from_at, row.until_at) for row in held.protections),
        of_age_at=held.of_age_at,
    )


def _denial(row: DenialRow, held: History) -> Denial:
    lifted = [max(lift.effective_from, lift.recorded_at) for lift in held.lifts if lift.denial_id == row.denial_id]
    void = [mistake.recorded_at for mistake in held.invalidations if mistake.of == row.denial_id]
    return Denial(
        denial_id=row.denial_id,
        source=row.source,
        controller=row.controller,
        category=row.category,
        recipient=row.recipient,
        purpose=row.purpose,
        data=Period(row.data_from, row.data_until),
        allow_emergency=row.allow_emergency,
        during=Period(row.effective_from, max(row.effective_from, min(lifted + void, default=FUTURE))),
    )


def _wills(held: History):
    acts: dict[tuple[UUID, str], list[Act]] = defaultdict(list)
    confirmed = {row.act_id: row.recorded_at for row in held.confirmations}
    void = {row.of: row.recorded_at for row in held.invalidations}
    for row in held.acts:
        acts[row.agreement_id, row.category].append(
            Act(
                act_id=row.act_id,
                seq=row.seq,
                kind=row.kind,
                signed_at=row.signed_at,
                effective_from=row.effective_from,
                recorded_at=row.recorded_at,
                voice=row.voice,
                valid_until=row.valid_until,
                data=Period(row.data_from, row.data_until),
                notice_n=row.notice_n,
                needs_second=row.needs_second,
                confirmed_at=confirmed.get(row.act_id),
                voided_at=void.get(row.act_id),
            )
        )
    speakers = {row.representation_id: _speaker(row, held) for row in held.representations}
    return {
        key: will(Said(acts=rows, representations=speakers, suspensions=_pauses(key[0], held)))
        for key, rows in acts.items()
    }


def _speaker(row, held: History) -> Representation:
    checks = sorted(
        (Check(check.recorded_at, check.allowed) for check in held.checks if check[0] == row.representation_id),
        key=lambda check: check.checked_at,
    )
    return Representation(row.representation_id, row.kind, tuple(checks))


def _pauses(agreement_id: UUID, held: History) -> list[Suspension]:
    return [Suspension(row.from_at, row.until_at) for row in held.suspensions if row.agreement_id == agreement_id]
