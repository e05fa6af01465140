"""Why a recipient is, or was, shown a category or not, told to the authority whose data it is (API.md 5.4, CONSENT.md 8)."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from audit.events import Outcome
from audit.log import Disclosure, Sealer
from consent import queries as consents
from consent.decision import explain
from consent.model import PAST, Explanation, Facts, Item, Request, Result, Tried
from consent.queries import digests, wills
from db.engine import Database, Read
from db.ids import uuid7
from publish import answer, evidence, recipients, settled
from publish.asking import Call, Subject
from publish.case import NATIONAL, Case, asked_categories
from publish.errors import NotEntitled, Refusal
from publish.evidence import Given
from publish.queries import reading
from publish.queries.reading import Standing
from publish.references import Prefix, spell
from publish.settled import Prepared
from schemas.vocabulary import Category, PartyKind, Reason, Source

CONTROLLERS: Final[Mapping[Source, PartyKind]] = {**NATIONAL, Source.SOTE: PartyKind.COUNTY}
"""Whose data each source holds."""
_CONSENT, _TASK = "a consent in force", "a task for the person"
WOULD_PERMIT: Final[Mapping[Reason, str]] = {
    Reason.NO_TASK: _TASK,
    Reason.DENIED: "the lifting of the denial",
    Reason.NO_AGREEMENT: "an agreement between the two, and a consent",
    Reason.AGREEMENT_INVALID: "an agreement in force, and a consent",
    **dict.fromkeys((Reason.NO_CONSENT, Reason.INVALIDATED, Reason.REFUSED, Reason.REVOKED), _CONSENT),
    **dict.fromkeys((Reason.WITHDRAWN, Reason.EXPIRED), _CONSENT),
    Reason.NOT_YET_VALID: "the day on which the consent begins",
    Reason.PENDING_VERIFICATION: "the confirmation by a second steward",
    Reason.CONFLICT: "voices that agree",
    Reason.SUSPENDED: "the end of the pause",
    Reason.REPRESENTATION_LAPSED: "a fresh answer on the representative's authority",
    Reason.NOTICE_OUTDATED: "a consent to the text in force",
    Reason.OUTSIDE_DATA_PERIOD: "a consent that covers the period",
}
"""What would turn a refusal; nothing would where a reason is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """About whom and which recipient (Y-tunnus); ``at`` is asked about, as known at ``known_at``: None is now."""

    subject: Subject
    recipient: str
    at: datetime | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """The case as known at ``known_at``; ``concerned``: whether the authority may hear of the person, as of ``now``."""

    case: Case
    known_at: datetime
    concerned: bool
    now: datetime


def ask(
    database: Database, sealer: Sealer, call: Call, question: Callable[[], Question], *, clock: Callable[[], datetime]
) -> bytes | None:
    """Tell how each category of the call was decided, with every candidate; None: not about this person, whatever the cause.

    Of a person of whom the authority neither holds anything nor was ever spoken to it is told nothing, nor of a protected one: the
    reasons would say where they live. Raises NotEntitled for data that are not the asker's own, and as ``gate.disclose`` does.
    """

    def prepare() -> Prepared:
        looked = _looked(database, call, question, clock)
        case = looked.case
        found = explain(case.request, case.facts, case.at)
        decision_id = uuid7(looked.now)
        body = _body(decision_id, case, found) if looked.concerned else None
        given = Given(decision_id=decision_id, event_id=uuid7(looked.now), shown=(), body=body)
        return Prepared(body, _kept(evidence.disclosure(call, case, found.decision, given), call, looked, body))

    return settled.settle(sealer, prepare)


def _looked(database: Database, call: Call, question: Callable[[], Question], clock: Callable[[], datetime]) -> _Looked:
    """Let the authority in, then read the question, then what holds and what was known then; the same for everybody."""
    with database.read(snapshot=True) as read:
        at = clock()
        standing = _let_in(read, call, at)
        asked = question()
        found = asked.subject(read, standing.recipient)
        live = consents.facts(read, person_id=found.person_id, recipient=asked.recipient)
        _see_own(call.categories, standing, live)
        now = max(at, live.person.changed_at) if live.person else at
        known_at = asked.known_at or now
        facts = _known(read, found.person_id, asked.recipient, known_at)
        held = reading.held(read, person_id=found.person_id)
        case = Case(
            standing=standing,
            found=found,
            facts=facts,
            held=held,
            digests=digests.of(read, facts),
            request=Request(
                person_id=found.person_id,
                recipient=asked.recipient,
                purpose=call.purpose,
                items=tuple(Item(category, standing.recipient) for category in asked_categories(call)),
            ),
            at=asked.at or now,
        )
    return _Looked(case=case, known_at=known_at, concerned=_concerned(case, live, now), now=now)


def _known(read: Read, person_id: UUID, recipient: str, known_at: datetime) -> Facts:
    """Read what was known then; of nobody, too, what they said is asked for, so that nothing tells who is known."""
    facts = consents.facts(read, person_id=person_id, recipient=recipient, known_at=known_at)
    if facts.person is None:
        agreements = [each.agreement_id for each in facts.register.agreements if each.recipient == recipient]
        wills.said(read, person_id=person_id, known_at=known_at, agreements=agreements)
    return facts


def _let_in(read: Read, call: Call, at: datetime) -> Standing:
    return recipients.let_in(
        read, system=call.system, scope=call.scope, token_scopes=call.token_scopes, purpose=call.purpose, at=at
    )


def _see_own(categories: Sequence[Category], standing: Standing, facts: Facts) -> None:
    """Refuse data that the asker does not control; it never depends on the person."""
    kind = facts.register.parties.get(standing.recipient)
    if any(CONTROLLERS[category.source] is not kind for category in categories):
        raise NotEntitled(Refusal.CATEGORY_NOT_GRANTED, standing.recipient)


def _concerned(case: Case, live: Facts, now: datetime) -> bool:
    """Tell whether the authority holds something of the person, or they have said a word on its data; never of a protected one."""
    authority, person = case.standing.recipient, live.person
    if person is None or any(period.holds(now) for period in person.protected):
        return False
    own = {each.agreement_id for each in live.register.agreements if each.controller == authority}
    spoken = any(agreement_id in own for agreement_id, _ in live.wills)
    return spoken or any(section.controller == authority for section in case.held)


def _body(decision_id: UUID, case: Case, found: Explanation) -> bytes:
    results = zip(found.decision.results, found.tried, strict=True)
    told = {
        "decision_id": spell(Prefix.DECISION, decision_id),
        "decided_at": answer.instant(case.at),
        "explained": [_explained(case, result, tried, found.decision.policy) for result, tried in results],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _explained(case: Case, result: Result, tried: Sequence[Tried], policy: str) -> dict[str, object]:
    assert isinstance(result.item, Item)
    explained: dict[str, object] = {
        "category": result.item.category,
        "recipient": case.request.recipient,
        "verdict": "permit" if result.permitted else "deny",
        "reason": result.reason,
        "policy": policy,
        "candidates": list(_candidates(case, result.item.category, tried)),
    }
    laws = [row for row in case.facts.register.statutes if (row.statute_id, row.version) in result.matched.statutes]
    if result.permitted and not all(law.verified for law in laws):
        explained["unverified"] = True
    if result.reason in WOULD_PERMIT:
        explained["would_permit"] = WOULD_PERMIT[result.reason]
    return explained


def _candidates(case: Case, category: str, tried: Sequence[Tried]) -> Iterator[dict[str, object]]:
    """Say of each consent that could have permitted how far it came, by which act, and since when that was so."""
    minor = case.facts.stance(case.request.recipient, case.at).minor
    for each in tried:
        candidate: dict[str, object] = {"step": each.step.reason}
        if each.act_id is not None:
            candidate["act"] = str(each.act_id)
        since = case.facts.said(each.agreement_id, category, case.at, minor=minor).start
        if since != PAST:
            candidate["at"] = answer.instant(since)
        yield candidate


def _kept(sealed: Disclosure, call: Call, looked: _Looked, body: bytes | None) -> Disclosure:
    """Keep what was answered; the event is of now, whatever moment was asked about, and no permit: nothing was given by it."""
    kept = settled.kept(sealed, system=call.system, scope=call.scope, answer=body, known_at=looked.known_at)
    outcome = Outcome.DENY if body is None else Outcome.OK
    return replace(kept, event=replace(kept.event, at=looked.now, outcome=outcome))
