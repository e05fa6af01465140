"""One event: what was decided and why, the texts as they read then, the decision made again, and its place in the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from audit import naming, proving
from audit.catalogue import EventType
from audit.proof import Proof
from audit.queries.decided import Decided, decided
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found
from consent.queries import life, then
from consent.queries.life import DenialLine
from consent.queries.then import ActThen, StatuteThen
from db.engine import Read
from publish import looked, replay
from publish.replay import Replay
from web import drafts
from web.auditor import found as searching
from web.auditor import why
from web.lines import Line, line
from web.pages.visit import Visit
from web.pages.words import Words
from web.steward import offices

ROUTE: Final = "GET /audit/found/{draft}/{event}"
MOST_NAMED: Final = 100
"""So many of those whom a feed page told of are named on its page."""
PROOF_TYPE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Why:
    """What an event rested on: its decision, made again, and the texts."""

    made: Decided | None
    again: Replay | None
    statutes: Sequence[StatuteThen]
    acts: Sequence[ActThen]
    denials: Sequence[DenialLine]

    @property
    def unverified(self) -> bool:
        """Whether a rule was used that no authority has confirmed yet (AMENDMENTS 23)."""
        return not all(each.verified for each in self.statutes)


def event(visit: Visit) -> Response:
    """Show an event that a search found, under the reason of that search."""
    return _page(visit, ROUTE)


def as_of_today(visit: Visit) -> Response:
    """Show it with what the same question would be answered now; nothing is decided and nothing given."""
    return _page(visit, f"{ROUTE}/today", today=True)


def _page(visit: Visit, route: str, *, today: bool = False) -> Response:
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        row = searching.event_in(read, visit)
        names = offices.names(read, visit.language)
        doubted = then.doubted(read)
        said = line(row, Words(visit.language), names, doubted=doubted)
        reasons = why_of(read, said.entry.decision_id)
        now = replay.today(read, reasons.made, at=visit.at) if today and reasons.made else None
        proof = proof_of(read, row)
        people = _people_on(read, row, said)
    why.tell(visit, route, answers, count=1, person_id=searching.person_in(answers), ref=row.id)
    return visit.page(
        "auditor/event.html",
        here="/" if answers["door"] == "person" else "/audit/doers",
        back=f"/audit/found/{visit.path['draft']}",
        line=said,
        why=reasons,
        today=now,
        doubted=doubted,
        at=visit.at,
        names=names,
        people=people[:MOST_NAMED],
        more=max(0, len(people) - MOST_NAMED),
        checkpoint=proof.checkpoint,
        witnesses=cosigners(proof),
        path_length=len(proof.path),
    )


def _people_on(read: Read, row: Found, said: Line) -> list[str]:
    """Give the pseudonyms, in events of this class and year, of all whom a feed page told of; of any other event none."""
    if said.entry.type is not EventType.DISCLOSURE_PAGE:
        return []
    return [naming.in_event(read.keyring, row.t, said.entry.class_, each) for each in looked.people_on(read, row)]


def download(visit: Visit) -> Response:
    """Hand out the proof of an event, to keep and to verify without us."""
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        row = searching.event_in(read, visit)
        proof = proof_of(read, row)
    why.tell(visit, f"{ROUTE}/proof", answers, count=1, person_id=searching.person_in(answers), ref=row.id)
    return proof_file(row, proof)


def proof_file(row: Found, proof: Proof) -> Response:
    """Answer with a proof as a file, named by its place in the log."""
    name = f'attachment; filename="luukku-{row.log}-{row.index}.tlog-proof"'
    return Response(str(proof), media_type=PROOF_TYPE, headers={"Content-Disposition": name})


def proof_of(read: Read, row: Found) -> Proof:
    """Prove an event, as an auditor."""
    with reading_as(read, Reader.AUDITOR):
        return proving.proof(read, row)


def cosigners(proof: Proof) -> list[str]:
    """Name the witnesses under the checkpoint of a proof."""
    lines = proof.note.rpartition("\n\n")[2].splitlines()
    names = (each.removeprefix("\u2014 ").partition(" ")[0] for each in lines)
    return [name for name in names if name != proof.checkpoint.origin]


def why_of(read: Read, decision_id: UUID | None) -> Why:
    """Gather what a decision rested on."""
    made = None
    if decision_id is not None:
        with reading_as(read, Reader.AUDITOR):
            made = decided(read, decision_id=decision_id)
    if made is None or "items" not in made.request:
        return Why(None, None, (), (), ())
    statutes, acts = list(_statutes(read, made.results)), list(_acts(read, made.results))
    return Why(made, replay.replay(read, made), statutes, acts, list(_denials(read, made)))


def made_again(read: Read, decision_id: UUID | None) -> Replay | None:
    """Make the decision behind an event again; None where there was none, or nothing of it is kept."""
    if decision_id is None:
        return None
    with reading_as(read, Reader.AUDITOR):
        made = decided(read, decision_id=decision_id)
    return None if made is None or "items" not in made.request else replay.replay(read, made)


def _statutes(read: Read, results: Sequence[Mapping[str, Any]]) -> Iterable[StatuteThen]:
    for id_, version in sorted({(id_, version) for result in results for id_, version in result["statutes"]}):
        text = then.statute_then(read, statute_id=UUID(id_), version=version)
        if text is not None:
            yield text


def _acts(read: Read, results: Sequence[Mapping[str, Any]]) -> Iterable[ActThen]:
    for id_ in sorted({id_ for result in results for id_ in result["acts"]}):
        said = then.act_then(read, act_id=UUID(id_))
        if said is not None:
            yield said


def _denials(read: Read, made: Decided) -> Iterable[DenialLine]:
    named = {id_ for result in made.results for id_ in result["denials"]}
    told = life.denials(read, person_id=made.person_id) if named and made.person_id else []
    return (each for each in told if str(each.denial_id) in named)
