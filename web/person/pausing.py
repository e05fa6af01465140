"""The person's own pause of what they agreed to: two clicks, no reason asked, lifted as easily (AMENDMENTS 17)."""

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


def named(read: Read, visit: Visit) -> Pausing:
    """Find the agreement that the address names; raises NotThere for one under which the person has said nothing."""
    listed = pauses.pausing(read, person_id=own.person_id(visit), at=visit.at)
    found = next((each for each in listed if str(each.agreement.agreement_id) == visit.path["agreement"]), None)
    if found is None:
        raise NotThere
    return found
