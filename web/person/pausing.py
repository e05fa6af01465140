"""The person's own pause of what they agreed to: two clicks, no reason asked, lifted as easily (AMENDMENTS 17)."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from consent.registry import By
from db.engine import Read
from web import pauses
from web.pages.visit import NotThere, Visit
from web.pauses import Pausing
from web.person import consents, own


def consequences(visit: Visit) -> Response:
    """Say what a pause stops, or what lifting it opens."""
    with visit.doors.database.read() as read:
        found, names = named(read, visit), consents.names(read, visit.language)
    return visit.page("person/my_pause.html", here="/me/consents", found=found, names=names)


def change(visit: Visit) -> Response:
    """Pause or lift, as the form says; it governs every decision after this."""
    by = By(user=visit.signed_in.who.subject, role="person")
    with visit.doors.database.transaction() as tx:
        found = named(tx, visit)
        lift = visit.form.one("do") == "lift"
        pauses.change(tx, found, person_id=own.person_id(visit), lift=lift, by=by, at=visit.at)
    return visit.to(f"/me/consents/{found.agreement.agreement_id}")


def choices(visit: Visit) -> Response:
    """Ask what to pause, or to go on with: all, or one source's data."""
    return _choices(visit)


def change_all(visit: Visit) -> Response:
    """Pause or lift by choice; it governs every decision after this."""
    what, do = visit.form.one("what"), visit.form.one("do")
    with visit.doors.database.transaction() as tx:
        person_id = own.person_id(visit)
        found = _standing(tx, visit)
        if what in (pauses.ALL, *pauses.sources(found)) and do in ("pause", "lift"):
            by = By(user=visit.signed_in.who.subject, role="person")
            pauses.change_all(tx, found, what=what, person_id=person_id, lift=do == "lift", by=by, at=visit.at)
            return visit.to("/me/consents")
    return _choices(visit, visit.faults("pause_all", [("what", "no_what")]))


def _choices(visit: Visit, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        found = _standing(read, visit)
        names = consents.names(read, visit.language)
    return visit.page(
        "pause_all.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        here="/me/consents",
        back="/me/consents",
        client=None,
        found=found,
        sources=pauses.sources(found),
        names=names,
        errors=list(errors),
    )


def _standing(read: Read, visit: Visit) -> list[Pausing]:
    """List what is agreed to now, or paused."""
    given = {each.agreement_id for each in consents.in_force(read, visit)}
    listed = pauses.pausing(read, person_id=own.person_id(visit), at=visit.at)
    return [each for each in listed if each.pauses or each.agreement.agreement_id in given]


def named(read: Read, visit: Visit) -> Pausing:
    """Find the agreement that the address names; raises NotThere for one under which the person has said nothing."""
    listed = pauses.pausing(read, person_id=own.person_id(visit), at=visit.at)
    found = next((each for each in listed if str(each.agreement.agreement_id) == visit.path["agreement"]), None)
    if found is None:
        raise NotThere
    return found
