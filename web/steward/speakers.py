"""Who speaks at the desk: the client, or somebody who may for them, asked about at once (CONSENT.md 4; PAGES.md 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from audit.events import EventType, RequestRef
from consent.errors import ConsentError
from consent.model import RepresentationKind
from consent.queries import voices
from consent.queries.voices import VoiceRow
from db.engine import Read
from publish import representing
from publish.errors import NoAnswers
from publish.representing import Register
from schemas.identifiers import Hetu, InvalidIdentifier
from web.pages.visit import Visit
from web.steward import refusing
from web.steward.clients import by

SELF: Final = "self"
NEW: Final = "new"
PAGE: Final = "common"
"""The texts of this part of a form, which several pages have."""
ROUTE: Final = "POST /people/{ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """Who may be chosen, and what was: ``SELF``, a voice's id or ``NEW``; of a minor nobody is chosen beforehand."""

    known: Mapping[str, VoiceRow]
    kinds: Sequence[RepresentationKind]
    minor: bool
    who: str
    kind: str

    @property
    def spoke(self) -> str:
        """By what right they speak, empty for the client."""
        return self.kind if self.who == NEW else self.known[self.who].kind.value if self.who in self.known else ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Whose word it is (``voice`` None: the client's), by what right; or the errors to show."""

    voice: UUID | None = None
    spoke: str = ""
    errors: Sequence[tuple[str, str]] = ()


def speakers(visit: Visit, person_id: UUID) -> Speakers:
    """Read who was chosen, among those who may be."""
    with visit.doors.database.read() as read:
        minor = representing.minor(read, person_id, visit.at)
        return Speakers(
            known={str(voice.representation_id): voice for voice in _offered(read, person_id, minor=minor)},
            kinds=representing.kinds(read, person_id, visit.at),
            minor=minor,
            who=visit.form.one("who") or ("" if minor else SELF),
            kind=visit.form.one("kind"),
        )


def _offered(read: Read, person_id: UUID, *, minor: bool) -> list[VoiceRow]:
    """List who has spoken for a client, but guardians of somebody of age."""
    found = voices.voices_of(read, person_id)
    return [voice for voice in found if minor or voice.kind is not RepresentationKind.GUARDIAN]


def faults(visit: Visit, said: Speakers) -> list[tuple[str, str]]:
    """Name what is missing or out of form; nobody has been asked yet."""
    found = []
    if said.who not in (SELF, NEW, *said.known):
        found.append(("who", "speaks_nobody"))
    if said.who == NEW:
        if said.kind not in said.kinds:
            found.append(("kind", "speaks_no_kind"))
        if _hetu(visit) is None:
            found.append(("hetu", "speaks_bad_hetu"))
    return visit.faults(PAGE, found)


def heard(visit: Visit, person_id: UUID, said: Speakers) -> Heard:
    """Ask about a representative, and give whose word it is; the identity code goes from the form's body to the register alone."""
    if said.who == SELF:
        return Heard()
    field = "hetu" if said.who == NEW else "who"
    try:
        return Heard(_asked(visit, person_id, said), said.spoke)
    except NoAnswers:
        return Heard(errors=visit.faults(PAGE, [(field, "speaks_no_answer")]))
    except ConsentError as refusal:
        if refusal.field == "kind":
            return Heard(errors=visit.faults("speakers", [("kind", "other_kind")]))
        return Heard(errors=refusing.said(visit, refusal, at=field))


def _asked(visit: Visit, person_id: UUID, said: Speakers) -> UUID:
    """Find a voice that may speak now; somebody who may still by the last answer is not asked about again."""
    register = visit.doors.register
    known = said.known.get(said.who)
    if known is not None and known.holds(visit.at, minor=said.minor):
        return known.representation_id
    if register is None:
        raise NoAnswers("This site reaches no register of mandates.")
    if known is None:
        return _newcomer(visit, register, person_id, RepresentationKind(said.kind))
    representing.speak_again(visit.doors.database, register, known, by=by(visit), at=visit.at)
    return known.representation_id


def _newcomer(visit: Visit, register: Register, person_id: UUID, kind: RepresentationKind) -> UUID:
    hetu = _hetu(visit)
    assert hetu is not None
    _tell_search(visit, person_id)
    database = visit.doors.database
    return representing.come(database, register, person_id=person_id, hetu=hetu, kind=kind, by=by(visit), at=visit.at)


def _tell_search(visit: Visit, person_id: UUID) -> None:
    """Tell the log that somebody was looked for by an identity code, whatever the answer will be (PAGES.md 1)."""
    call = RequestRef(route=ROUTE, trust="page", params={"reason": "representative"})
    with visit.doors.database.transaction() as tx:
        visit.tell(tx, EventType.PERSON_SEARCHED, person_id=person_id, request=call)


def _hetu(visit: Visit) -> Hetu | None:
    try:
        return Hetu.parse(visit.form.one("hetu").upper(), artificial_only=visit.doors.artificial_only)
    except InvalidIdentifier:
        return None
