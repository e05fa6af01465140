"""What a read would show now, without showing it: the categories with their grounds (API.md 5.4)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.log import Sealer
from consent.decision import decide
from db.engine import Database
from db.ids import uuid7
from publish import answer, evidence, settled, shown
from publish.answer import Shown
from publish.asking import Call, Question
from publish.case import case_of
from publish.evidence import Given
from publish.references import Prefix, spell
from publish.settled import Prepared


@dataclass(frozen=True, slots=True)
class _Permitted:
    """A category that would be shown, and why."""

    category: str
    ground: dict[str, object]


def ask(
    database: Database, sealer: Sealer, call: Call, question: Callable[[], Question], *, clock: Callable[[], datetime]
) -> bytes | None:
    """Name the categories of the call that a read would show now; None when there are none, whatever the cause.

    The same is read, decided and cut as for a view, so nothing tells the two refusals apart; raises as ``gate.disclose`` does.
    """

    def prepare() -> Prepared:
        case = case_of(database, call, question, clock)
        decision = decide(case.request, case.facts, case.at)
        sections = shown.sections(case, decision) if case.found.ref is not None else []
        decision_id = uuid7(case.at)
        body = _body(decision_id, case.at, sections) if sections else None
        given = Given(decision_id=decision_id, event_id=uuid7(case.at), shown=sections, body=body)
        sealed = evidence.disclosure(call, case, decision, given)
        return Prepared(body, settled.kept(sealed, system=call.system, scope=call.scope, answer=body))

    return settled.settle(sealer, prepare)


def _body(decision_id: UUID, at: datetime, sections: list[Shown]) -> bytes:
    """Name each category once for each of its grounds: that several controllers hold it is not told."""
    permitted: list[_Permitted] = []
    for section in sections:
        each = _Permitted(section.category, answer.ground(section.why))
        if each not in permitted:
            permitted.append(each)
    told = {
        "decision_id": spell(Prefix.DECISION, decision_id),
        "decided_at": answer.instant(at),
        "permitted": [{"category": each.category, "ground": each.ground} for each in permitted],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
