"""What was answered in the first steps of a form, kept encrypted for its last one, under a name that says nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from web.pages import boxes
from web.pages.visit import NotThere, Visit
from web.queries import drafts as rows
from web.sessions import digest, fresh_secret

LIFE: Final = timedelta(hours=1)

Answers = Mapping[str, str | list[str]]


def keep(visit: Visit, answers: Answers) -> str:
    """Keep answers, and return the name to find them by."""
    name = fresh_secret()
    box = boxes.sealed(visit.doors.keyring, name, answers)
    with visit.doors.database.transaction() as tx:
        rows.put(
            tx,
            draft_hash=digest(name),
            session_hash=visit.signed_in.session_hash,
            box=box,
            ends_at=visit.at + LIFE,
        )
    return name


def kept(visit: Visit) -> Answers:
    """Give the answers that the address names; raises NotThere when they are another session's, or too old."""
    name = visit.path["draft"]
    with visit.doors.database.read() as read:
        box = rows.find(read, draft_hash=digest(name), session_hash=visit.signed_in.session_hash, at=visit.at)
    if box is None:
        raise NotThere
    return boxes.opened(visit.doors.keyring, name, box)
