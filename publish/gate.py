"""The one place where personal data leaves: decide per section, cut the view, seal one event, then return.

A refusal walks the same path: the same statements, the same single event, and no body.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from audit.errors import LogUnavailable, Stale
from audit.log import Sealer
from consent.decision import decide
from db.engine import Database
from db.ids import uuid7
from publish import answer, evidence, shown
from publish.answer import Shown
from publish.asking import Call, Form, Question
from publish.case import Case, case_of
from publish.evidence import Given

MOST_TRIES: Final = 3
"""How often a decision is made because what it rested on changed before it was sealed (ACCESS-LOG 5)."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A body whose event is sealed, the ETag of what of it concerns the person, and when it was decided."""

    body: bytes
    etag: str
    at: datetime


def disclose(
    database: Database,
    sealer: Sealer,
    call: Call,
    question: Callable[[], Question],
    *,
    clock: Callable[[], datetime],
) -> Disclosed | None:
    """Answer one call about one person; None is the one refusal, whatever its cause.

    Raises NotEntitled when the asker may not ask this of anybody, what ``question`` raises about its body, LogUnavailable when the log
    cannot take the event, Replayed when the call was made before. Nothing leaves with any of them.
    """
    for _ in range(MOST_TRIES):
        case = case_of(database, call, question, clock)
        decision = decide(case.request, case.facts, case.at)
        sections = shown.sections(case, decision)
        given, etag = _given(call, case, sections)
        try:
            sealer.seal(evidence.disclosure(call, case, decision, given))
        except Stale:
            continue
        return Disclosed(given.body, etag, case.at) if given.body is not None else None
    raise LogUnavailable("What the answer rests on keeps changing; ask again.")


def _given(call: Call, case: Case, sections: Sequence[Shown]) -> tuple[Given, str]:
    """Make the body; without a section, or a name for the person, there is none."""
    ref, decision_id, event_id = case.found.ref, uuid7(case.at), uuid7(case.at)
    if ref is None or not sections:
        return Given(decision_id=decision_id, event_id=event_id, shown=(), body=None), ""
    text, etag = answer.visible(ref, call.purpose, sections)
    body = answer.reference(ref)
    if call.form is Form.VIEW:
        body = answer.view(ref, call.purpose, text, decision_id=decision_id, at=case.at)
    return Given(decision_id=decision_id, event_id=event_id, shown=sections, body=body), etag
