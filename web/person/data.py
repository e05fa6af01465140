"""The person's data as held: a page, and a file to take along (GDPR 15 and 20; AMENDMENTS 17)."""

from functools import partial

from starlette.responses import Response

from audit.events import EventType, RequestRef
from db.engine import Read
from publish import own_data
from publish.own_data import OwnSection
from web.pages.visit import Visit
from web.person import consents, fields, own


def shown(visit: Visit) -> Response:
    """Show what is held."""
    with visit.doors.database.read() as read:
        sections = _held(read, visit, "GET /me/data")
        names = consents.names(read, visit.language)
    in_words = partial(fields.pairs, language=visit.language)
    return visit.page("person/my_data.html", here="/me/data", sections=sections, names=names, pairs=in_words)


def file(visit: Visit) -> Response:
    """Hand out what is held as a file."""
    with visit.doors.database.read() as read:
        own.person_id(visit)
        body = own_data.as_file(_held(read, visit, "GET /me/data/file"), at=visit.at)
    headers = {"Content-Disposition": 'attachment; filename="luukku-own-data.json"'}
    return Response(body, media_type="application/json", headers=headers)


def _held(read: Read, visit: Visit, route: str) -> list[OwnSection]:
    """Read the sections; the look is sealed before they are shown."""
    person_id = visit.signed_in.who.person_id
    if person_id is None:
        return []
    visit.looked(EventType.PERSON_VIEWED, person_id=person_id, request=RequestRef(route=route, trust="page"))
    return own_data.own_sections(read, person_id=person_id)
