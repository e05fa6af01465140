"""What a search found, page by page; each page shown is told to the log before it is shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from audit import naming
from audit.events import EventType, Outcome, RetentionClass
from audit.looks import LOOKS
from audit.queries import retention, search, witnessing
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found, Key, Wanted
from audit.words import TYPES
from consent.queries import offices as parties
from consent.queries import then
from db.engine import Read
from publish import looked
from schemas.identifiers import BusinessId, InvalidIdentifier
from schemas.vocabulary import Category, PartyKind, Purpose, Reason
from web import drafts
from web.auditor import why
from web.lines import lines
from web.pages.visit import NotThere, Visit
from web.pages.words import Words
from web.steward import offices

ROWS: Final = 50
YEARS: Final = 13
"""As many years of pseudonyms as the longest class is kept, and this one (ACCESS-LOG 14)."""
ROUTE: Final = "GET /audit/found/{draft}"
ALL: Final = "all"
ROLES: Final = ("person", "representative", "case_worker", "steward", "auditor", "operator", "system")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the search is shown: codes as the address gives them, None where it gives none that there is."""

    outcome: str | None
    purpose: str | None
    category: str | None
    reason: str | None
    role: str | None
    controller: str | None
    class_: str | None
    kind: str | None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filter":
        """Read the address."""
        return cls(
            outcome=_known(query, "outcome", tuple(Outcome)),
            purpose=_known(query, "purpose", tuple(Purpose)),
            category=_known(query, "category", tuple(Category)),
            reason=_known(query, "reason", tuple(Reason)),
            role=_known(query, "role", ROLES),
            controller=_business_id(query.get("controller", "")),
            class_=_known(query, "class", tuple(RetentionClass)),
            kind=_known(query, "kind", (ALL, *EventType)),
        )

    @property
    def address(self) -> str:
        """Write it as an address."""
        return "&".join(f"{name}={value}" for name, value in self.codes.items())

    @property
    def codes(self) -> dict[str, str]:
        """Write it as the address names it, part by part."""
        given = {"outcome": self.outcome, "purpose": self.purpose, "category": self.category, "reason": self.reason}
        given |= {"role": self.role, "controller": self.controller, "class": self.class_, "kind": self.kind}
        return {name: value for name, value in given.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether only a part of the events of these kinds is asked for."""
        return bool(self.codes.keys() - {"kind"})

    @property
    def everything(self) -> bool:
        """Whether events of all kinds are asked for, and not looks alone."""
        return self.kind == ALL

    @property
    def types(self) -> tuple[str, ...]:
        """Name the kinds of event that are asked for; none: all."""
        if self.kind is None:
            return LOOKS
        return () if self.everything else (self.kind,)


def found(visit: Visit) -> Response:
    """Show a page of what was found."""
    answers = drafts.kept(visit)
    chosen = Filter.of(visit.query)
    with visit.doors.database.read() as read:
        wanted = wanted_of(read, answers, chosen, at=visit.at)
        rows = [] if wanted is None else _search(read, replace(wanted, before=before(visit.query)), limit=ROWS + 1)
        names, doubted = offices.names(read, visit.language), then.doubted(read)
        controllers = _controllers(read, names)
        sizes = _sizes(read)
    shown = rows[:ROWS]
    why.tell(visit, ROUTE, {**answers, "filter": chosen.address}, count=len(shown), person_id=person_in(answers))
    return visit.page(
        "auditor/found.html",
        here="/" if answers["door"] == "person" else "/audit/doers",
        answers=answers,
        doer=_doer(answers, names),
        rows=lines(shown, Words(visit.language), names, doubted=doubted),
        more=after(shown[-1]) if len(rows) > ROWS else "",
        chosen=chosen,
        draft=visit.path["draft"],
        outcomes=tuple(Outcome),
        roles=ROLES,
        kinds=_kinds(Words(visit.language)),
        purposes=tuple(Purpose),
        categories=tuple(Category),
        reasons=tuple(Reason),
        controllers=controllers,
        classes=tuple(RetentionClass),
        sizes=sizes,
        savable=is_savable(answers),
        since=_moment(answers, "since"),
        until=_moment(answers, "until"),
    )


def wanted_of(read: Read, answers: Mapping[str, Any], chosen: Filter, *, at: datetime) -> Wanted | None:
    """Say what a search asks of the log; None where nobody is meant. A feed page is a look at each of whom it told."""
    wanted = Wanted(
        types=chosen.types,
        role=chosen.role,
        outcome=chosen.outcome,
        purpose=chosen.purpose,
        category=chosen.category,
        reason=chosen.reason,
        controller=chosen.controller,
        class_=chosen.class_,
        since=_moment(answers, "since"),
        until=_moment(answers, "until"),
    )
    years = range(at.year - YEARS + 1, at.year + 1)
    if answers["door"] == "person":
        person_id = person_in(answers)
        if person_id is None:
            return None
        names = _raw(naming.of_person(read.keyring, years, person_id))
        return replace(wanted, persons=names, pages=looked.telling_of(read, person_id))
    if answers.get("reference"):
        return Wanted(reference=UUID(str(answers["reference"])))
    users = _raw(naming.of_user(read.keyring, years, str(answers["user"]))) if answers["user"] else ()
    cases = _raw(naming.of_case(read.keyring, years, str(answers["of_case"]))) if answers.get("of_case") else ()
    org, system, run = (answers.get(name) or None for name in ("org", "system", "run"))
    return replace(wanted, users=users, cases=cases, org=org, system=system, run=run)


def is_savable(answers: Mapping[str, Any]) -> bool:
    """Say whether a search asks for nobody in person, so that it may be kept."""
    return answers["door"] == "doer" and not any(answers.get(name) for name in ("user", "of_case", "reference"))


def person_in(answers: Mapping[str, Any]) -> UUID | None:
    """Give the person that a search is about."""
    return UUID(str(answers["person"])) if answers.get("person") else None


def event_in(read: Read, visit: Visit) -> Found:
    """Give the event that the address names; raises NotThere."""
    try:
        id_ = UUID(visit.path["event"])
    except ValueError:
        raise NotThere from None
    with reading_as(read, Reader.AUDITOR):
        row = search.event(read, id_=id_)
    if row is None:
        raise NotThere
    return row


def _kinds(words: Words) -> list[tuple[str, str]]:
    """Name all kinds of event in the reader's language, by the name."""
    named = [(each.value, words.of(TYPES[each])) for each in EventType]
    return sorted(named, key=lambda each: each[1].casefold())


def _search(read: Read, wanted: Wanted, *, limit: int) -> list[Found]:
    with reading_as(read, Reader.AUDITOR):
        return search.events(read, wanted, limit=limit)


def _sizes(read: Read) -> dict[int, int]:
    """Say of each log how many of its events are signed: a search reads no others."""
    with reading_as(read, Reader.AUDITOR):
        return {log: witnessing.newest_size(read, log) for log in retention.logs(read)}


def _doer(answers: Mapping[str, Any], names: Mapping[str, str]) -> str:
    org = names.get(str(answers.get("org", "")), answers.get("org", ""))
    told = (org, *(answers.get(name) for name in ("user", "system", "of_case", "run", "reference")))
    return ", ".join(str(each) for each in told if each)


def _controllers(read: Read, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Name those who may hold data, by the name."""
    holding = {each.party for each in parties.parties(read) if each.kind is not PartyKind.EMPLOYMENT_AUTHORITY}
    return sorted(((each, names[each]) for each in holding), key=lambda each: each[1])


def after(last: Found) -> str:
    """Write where a page ended."""
    return f"{last.t.timestamp():.6f}-{last.index}"


def before(query: Mapping[str, str]) -> Key | None:
    """Read where the page before ended; anything else is the first page."""
    moment, _, index = query.get("before", "").partition("-")
    try:
        return Key(_utc(moment), int(index))
    except (ValueError, OverflowError, OSError):
        return None


def _utc(seconds: str) -> datetime:
    whole, _, micro = seconds.partition(".")
    return datetime.fromtimestamp(int(whole), UTC).replace(microsecond=int(micro))


def _moment(answers: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(str(answers[name])) if answers.get(name) else None


def _raw(names: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(name) for name in names)


def _business_id(text: str) -> str | None:
    try:
        return str(BusinessId.parse(text))
    except InvalidIdentifier:
        return None


def _known(query: Mapping[str, str], name: str, codes: Collection[str]) -> str | None:
    value = query.get(name)
    return value if value in {str(code) for code in codes} else None
