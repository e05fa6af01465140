"""The consents of a person that name who asks and hold now (API.md 5.3)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from audit.log import Sealer
from consent.decision import decide
from consent.model import PAST, Decision, Facts, Item, Stretch
from consent.queries.noticed import Noticed, noticed
from db.engine import Database
from db.ids import uuid7
from publish import answer, evidence, settled, shown
from publish.asking import Call, Question
from publish.case import Case, asked_categories, case_of
from publish.evidence import Given
from publish.references import Prefix, spell
from publish.settled import Prepared
from schemas.vocabulary import Ground

Acts = tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A consent: what it permits, by which acts, and the time in which they hold."""

    acts: Acts
    categories: tuple[str, ...]
    start: datetime
    until: datetime | None


def consents(
    database: Database, sealer: Sealer, call: Call, question: Callable[[], Question], *, clock: Callable[[], datetime]
) -> bytes | None:
    """List the consents that permit something to who asks, for the purpose of the call, also where nothing is held now.

    What a denial, a pause or a statute keeps from deciding is not listed: only what a read would name as its ground. None when nothing
    is listed and a read would show nothing; raises as ``gate.disclose`` does.
    """

    def prepare() -> Prepared:
        case = _widened(case_of(database, call, question, clock), call)
        with database.read() as read:
            notices = noticed(read, person_id=case.found.person_id, recipient=case.standing.recipient)
        decision = decide(case.request, case.facts, case.at)
        body = _body(case, call, decision, notices)
        given = Given(decision_id=uuid7(case.at), event_id=uuid7(case.at), shown=(), body=body)
        return Prepared(body, evidence.disclosure(call, case, decision, given))

    return settled.settle(sealer, prepare)


def _widened(case: Case, call: Call) -> Case:
    """Ask also for what the agreements of the recipient name and nobody holds."""
    of_agreements = [
        Item(category, agreement.controller)
        for category in asked_categories(call)
        for agreement in case.facts.register.agreements
        if agreement.recipient == case.request.recipient and category in agreement.categories
    ]
    items = tuple(dict.fromkeys([*case.request.items, *of_agreements]))
    return replace(case, request=replace(case.request, items=items))


def _body(case: Case, call: Call, decision: Decision, notices: Mapping[UUID, Noticed]) -> bytes | None:
    listed = list(_listed(case.facts, decision, case.at))
    ref = case.found.ref
    if ref is None or not (listed or shown.sections(case, decision)):
        return None
    told = {
        "person_ref": spell(Prefix.PERSON, ref),
        "consents": [_line(each, call.purpose, notices.get(each.acts[-1])) for each in listed],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _listed(facts: Facts, decision: Decision, at: datetime) -> Iterator[_Listed]:
    """Join what the same acts permit; acts are UUIDv7, so the last of them is the newest."""
    permitted: dict[Acts, list[str]] = {}
    for result in decision.results:
        if result.ground is Ground.CONSENT and isinstance(result.item, Item):
            permitted.setdefault(tuple(sorted(result.matched.acts)), []).append(result.item.category)
    for acts, categories in permitted.items():
        holding = [
            stretch for stretch in _stretches(facts) if stretch.act_id in acts and stretch.start <= at < stretch.end
        ]
        start = min((stretch.start for stretch in holding), default=PAST)
        yield _Listed(acts, tuple(dict.fromkeys(categories)), start, shown.until(facts, acts, at))


def _stretches(facts: Facts) -> Iterator[Stretch]:
    for will in facts.wills.values():
        yield from (*will.adult, *(will.minor or ()))


def _line(each: _Listed, purpose: str, notice: Noticed | None) -> dict[str, object]:
    line: dict[str, object] = {
        "ref": spell(Prefix.CONSENT, shown.reference(each.acts)),
        "purpose": purpose,
        "categories": each.categories,
        "from": answer.first_day(each.start),
    }
    if each.until is not None:
        line["until"] = answer.last_day(each.until)
    if notice is not None:
        line["notice"] = {"id": str(notice.agreement_id), "version": notice.n, "language": notice.language}
    return line
