"""A form that was sent after its session had ended: kept for a quarter of an hour, offered back, sent once (PAGES.md 2)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from web import sessions
from web.pages import boxes, forms
from web.pages.visit import Visit
from web.queries import drafts as rows
from web.sessions import digest, fresh_secret

LIFE: Final = timedelta(minutes=15)
FIELD: Final = "late"
"""The field that names it when it is sent after all."""
ASKED_AGAIN: Final = ("hetu",)
"""Fields that are never kept: who has to be named by an identity code is named again."""
IN_WORDS: Final = ("why", "words", "note")
"""Fields in which somebody writes freely; the others hold what was chosen."""
PLACE: Final = "/late/"


def kept(visit: Visit, headers: Mapping[str, str], *, secret: str | None) -> str | None:
    """Keep what was sent, and give where it is offered back.

    None where it is no form of ours, or it is not known any more whose session it was: ``secret`` is what the browser holds of it.
    """
    if secret is None or not forms.is_ours(
        headers, visit.form, origin=visit.doors.origin, token=sessions.form_token(secret)
    ):
        return None
    with visit.doors.database.transaction() as tx:
        if sessions.was(tx, secret) is None:
            return None
        name, session_hash = fresh_secret(), digest(secret)
        box = boxes.sealed(visit.doors.keyring, name, _written(visit))
        rows.put(tx, draft_hash=digest(name), session_hash=session_hash, box=box, ends_at=visit.at + LIFE)
    return f"{PLACE}{name}"


def taken(visit: Visit, name: str) -> bool:
    """Use up what was kept, before it is acted on; False where it is gone: what was sent before is not sent again."""
    with visit.doors.database.transaction() as tx:
        return rows.take(tx, draft_hash=digest(name), session_hash=visit.signed_in.session_hash, at=visit.at)


def offer(visit: Visit) -> Response:
    """Offer back what was written, to be sent or begun anew; or say that it is not there any more."""
    name = visit.path["draft"]
    with visit.doors.database.read() as read:
        box = rows.find(read, draft_hash=digest(name), session_hash=visit.signed_in.session_hash, at=visit.at)
    written = None if box is None else boxes.opened(visit.doors.keyring, name, box)
    return visit.page("late.html", written=written, name=name, in_words=IN_WORDS)


def _written(visit: Visit) -> dict[str, Any]:
    sent = visit.form.fields
    fields = {name: list(values) for name, values in sent.items() if name not in (forms.TOKEN, FIELD, *ASKED_AGAIN)}
    return {"address": visit.address, "fields": fields, "again": [name for name in ASKED_AGAIN if name in sent]}
