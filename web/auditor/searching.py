"""The two doors into the log: a person, and who looked; a user or an organisation, and whom they looked at."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.responses import Response

from audit.words import TYPES
from consent.queries import offices as parties
from publish.people import person_of
from schemas.identifiers import Hetu, InvalidIdentifier
from web import drafts
from web.auditor import saved, why
from web.auditor.found import Filter
from web.pages.languages import HELSINKI
from web.pages.visit import Visit
from web.steward import offices

LONGEST_NAME: Final = 120
WEEK: Final = timedelta(days=7)
LONGEST_SEARCH: Final = timedelta(days=366)
_WHO: Final = ("org", "user", "system", "of_case", "run", "reference")


def by_person(visit: Visit) -> Response:
    """Ask whose data, and why."""
    return _person_form(visit)


def find_person(visit: Visit) -> Response:
    """Take a HETU and a reason, and lead to who looked; an unknown person is answered like one at whom nobody looked."""
    hetu = _hetu(visit.form.one("hetu"), artificial_only=visit.doors.artificial_only)
    errors = [("hetu", "bad_hetu")] if hetu is None else []
    errors += why.faults(visit)
    if errors or hetu is None:
        return _person_form(visit, errors=errors)
    with visit.doors.database.read() as read:
        person_id = person_of(read, hetu)
    answers = {"door": "person", "person": str(person_id) if person_id else ""} | why.given(visit)
    return visit.to(f"/audit/found/{drafts.keep(visit, answers)}")


def by_doer(visit: Visit) -> Response:
    """Ask who looked, when, and why the auditor wants to know; a saved search fills in all but the reason."""
    return _doer_form(visit)


def find_doer(visit: Visit) -> Response:
    """Take who it was, or in which case or run, and a time, and lead to whom they looked at; in a run, to all that it did.

    Nobody named is anybody: what was done is then narrowed where it is shown.
    """
    who = {name: visit.form.one(name) for name in _WHO}
    since, until = _midnight(visit.form.one("since")), _midnight(visit.form.one("until"))
    errors = [] if all(len(each) <= LONGEST_NAME for each in who.values()) else [("org", "bad_who")]
    errors += [("reference", "bad_reference")] if who["reference"] and not _is_id(who["reference"]) else []
    if since is None or until is None or not since <= until <= since + LONGEST_SEARCH:
        errors.append(("since", "bad_times"))
    errors += why.faults(visit)
    if errors or since is None or until is None:
        return _doer_form(visit, errors=errors)
    times = {"since": since.isoformat(), "until": (until + timedelta(days=1)).isoformat()}
    answers = {"door": "doer"} | who | times | why.given(visit)
    narrowed = _narrowed(visit) or ("?kind=all" if who["run"] else "")
    return visit.to(f"/audit/found/{drafts.keep(visit, answers)}{narrowed}")


def _person_form(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    """Show the form, its input kept but for the HETU."""
    return visit.page(
        "auditor/search.html",
        status=_status(errors),
        here="/",
        errors=visit.faults("search", errors),
        causes=why.CAUSES,
        kept=_kept(visit, "why", "case"),
    )


def _doer_form(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        names = offices.names(read, visit.language)
        known = {row.party: names[row.party] for row in parties.parties(read)}
        mine, again = (
            saved.own(read, visit),
            saved.chosen(read, visit, visit.form.one("saved") or visit.query.get("saved", "")),
        )
    kept = _kept(visit, *_WHO, "since", "until", "why", "case")
    kept |= saved.filled(again, visit.at) if again and not errors else {}
    today = visit.at.astimezone(HELSINKI).date()
    kept |= {"since": kept["since"] or (today - WEEK).isoformat(), "until": kept["until"] or today.isoformat()}
    return visit.page(
        "auditor/doers.html",
        status=_status(errors),
        here="/audit/doers",
        errors=visit.faults("doers", errors),
        causes=why.CAUSES,
        parties=sorted(known.items(), key=lambda each: each[1]),
        kept=kept,
        saved=mine,
        again=again,
        types=TYPES,
        narrowed=Filter.of(again.asked if again else {}),
        names=names,
    )


def _narrowed(visit: Visit) -> str:
    """Narrow what was found as the saved search says that is asked again."""
    with visit.doors.database.transaction() as tx:
        again = saved.chosen(tx, visit, visit.form.one("saved"))
        if again is None:
            return ""
        saved.used(tx, visit, again)
    address = Filter.of(again.asked).address
    return f"?{address}" if address else ""


def _kept(visit: Visit, *names: str) -> dict[str, str]:
    return {name: visit.form.one(name) for name in names}


def _status(errors: Sequence[tuple[str, str]]) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def _midnight(text: str) -> datetime | None:
    """Read a date of a form as the moment it begins in Helsinki."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), HELSINKI)
    except ValueError:
        return None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _hetu(text: str, *, artificial_only: bool) -> Hetu | None:
    try:
        return Hetu.parse(text.upper(), artificial_only=artificial_only)
    except InvalidIdentifier:
        return None
