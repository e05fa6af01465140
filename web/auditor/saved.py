"""Searches that an auditor named, to be asked again: codes and a length of time, never a person, and each time for a new reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from audit.entry import refuse_personal
from audit.errors import EventRejected
from db.engine import Read, Transaction
from db.ids import uuid7
from web import drafts
from web.auditor.found import Filter, is_savable
from web.pages.languages import HELSINKI
from web.pages.visit import NotThere, Visit
from web.queries import saved_searches
from web.queries.saved_searches import Saved

LONGEST_NAME: Final = 60
MOST: Final = 50
_WHO: Final = ("org", "system", "run")


def ask(visit: Visit) -> Response:
    """Ask what a search shall be called."""
    return _form(visit)


def save(visit: Visit) -> Response:
    """Keep a search under a name, in place of one of that name."""
    name = visit.form.one("name").strip()
    asked = _asked(drafts.kept(visit), Filter.of(visit.query))
    errors = [] if _is_name(name) else [("name", "bad_name")]
    errors += [] if _holds_nobody("\n".join((name, *asked.values()))) else [("name", "somebody")]
    if errors:
        return _form(visit, errors=errors)
    with visit.doors.database.transaction() as tx:
        if not _has_room(tx, visit, name):
            return _form(visit, errors=[("name", "too_many")])
        saved = Saved(uuid7(visit.at), name, asked)
        saved_searches.put(tx, subject=_mine(visit), saved=saved, at=visit.at)
    return visit.to("/audit/doers")


def forget(visit: Visit) -> Response:
    """Take a search away."""
    with visit.doors.database.transaction() as tx:
        if not saved_searches.forget(tx, subject=_mine(visit), saved_id=_named(visit.path["saved"])):
            raise NotThere
    return visit.to("/audit/doers")


def own(read: Read, visit: Visit) -> list[Saved]:
    """List the auditor's own searches."""
    return saved_searches.listed(read, subject=_mine(visit))


def chosen(read: Read, visit: Visit, text: str) -> Saved | None:
    """Give the search that an address or a form names, None where it names none; raises NotThere for one of somebody else."""
    if not text:
        return None
    found = saved_searches.find(read, subject=_mine(visit), saved_id=_named(text))
    if found is None:
        raise NotThere
    return found


def used(tx: Transaction, visit: Visit, saved: Saved) -> None:
    """Note that a search was asked again."""
    saved_searches.used(tx, subject=_mine(visit), saved_id=saved.saved_id, at=visit.at)


def filled(saved: Saved, at: datetime) -> dict[str, str]:
    """Fill the form in: who, and as many days as then, until today."""
    today = at.astimezone(HELSINKI).date()
    since = today - timedelta(days=int(saved.asked["days"]) - 1)
    who = {name: saved.asked.get(name, "") for name in _WHO}
    return who | {"since": since.isoformat(), "until": today.isoformat()}


def _asked(answers: Mapping[str, Any], chosen_: Filter) -> dict[str, str]:
    if not is_savable(answers):
        raise NotThere
    since, until = (datetime.fromisoformat(str(answers[name])) for name in ("since", "until"))
    who = {name: str(answers[name]) for name in _WHO if answers.get(name)}
    return who | chosen_.codes | {"days": str((until.date() - since.date()).days)}


def _form(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    answers, narrowed = drafts.kept(visit), Filter.of(visit.query)
    if not is_savable(answers):
        raise NotThere
    return visit.page(
        "auditor/save.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        here="/audit/doers",
        errors=visit.faults("save", errors),
        name=visit.form.one("name") if errors and errors[0][1] != "somebody" else "",
        action=f"?{narrowed.address}",
        back=f"/audit/found/{visit.path['draft']}?{narrowed.address}",
    )


def _has_room(read: Read, visit: Visit, name: str) -> bool:
    mine = own(read, visit)
    return len(mine) < MOST or name in {each.name for each in mine}


def _is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def _holds_nobody(text: str) -> bool:
    try:
        refuse_personal(text.encode())
    except EventRejected:
        return False
    return True


def _mine(visit: Visit) -> str:
    return visit.signed_in.who.subject


def _named(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotThere from None
