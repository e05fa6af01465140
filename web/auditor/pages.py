"""The auditor's pages by address."""

from collections.abc import Sequence
from typing import Final

from audit.events import EventType
from web.auditor import (
    exporting,
    found,
    integrity,
    letter,
    retention,
    revealing,
    reviewing,
    rhythm,
    sampling,
    saved,
    searching,
    trace,
)
from web.pages.routes import Handler, Page
from web.sessions import Role


def _get(path: str, handle: Handler, *logged: EventType) -> Page:
    return Page(path=path, handle=handle, role=Role.AUDITOR, logged=logged)


def _post(path: str, handle: Handler, *logged: EventType) -> Page:
    return Page(path=path, handle=handle, method="POST", role=Role.AUDITOR, logged=logged)


PAGES: Final[Sequence[Page]] = (
    _get("/audit", searching.by_person),
    _post("/audit", searching.find_person),
    _get("/audit/doers", searching.by_doer),
    _post("/audit/doers", searching.find_doer),
    _get("/audit/found/{draft}", found.found, EventType.LOG_READ),
    _get("/audit/found/{draft}/rhythm", rhythm.rhythm, EventType.LOG_READ),
    _get("/audit/found/{draft}/sample", sampling.sample, EventType.LOG_READ),
    _get("/audit/found/{draft}/save", saved.ask),
    _post("/audit/found/{draft}/save", saved.save),
    _post("/audit/saved/{saved}/forget", saved.forget),
    _get("/audit/found/{draft}/export", exporting.ask, EventType.LOG_READ),
    _post("/audit/found/{draft}/export", exporting.export, EventType.LOG_EXPORTED, EventType.LOG_READ),
    _get("/audit/found/{draft}/{event}", trace.event, EventType.LOG_READ),
    _get("/audit/found/{draft}/{event}/today", trace.as_of_today, EventType.LOG_READ),
    _get("/audit/found/{draft}/{event}/reveal", revealing.ask, EventType.LOG_READ),
    _post("/audit/found/{draft}/{event}/reveal", revealing.reveal, EventType.LOG_REVEALED, EventType.LOG_READ),
    _get("/audit/found/{draft}/{event}/proof", trace.download, EventType.LOG_READ),
    _get("/audit/reviews", reviewing.listed, EventType.LOG_READ),
    _post("/audit/reviews", reviewing.look, EventType.REVIEW_OPENED),
    _get("/audit/reviews/{review}", reviewing.case, EventType.LOG_REVEALED),
    _post(
        "/audit/reviews/{review}",
        reviewing.close,
        EventType.REVIEW_CLOSED,
        EventType.FINDING_CLOSED,
        EventType.DISPUTE_ANSWERED,
        EventType.LOG_REVEALED,
    ),
    Page(path="/letters/{day}", handle=letter.letter, role=Role.STEWARD, logged=(EventType.LOG_READ,)),
    _get("/audit/integrity", integrity.integrity, EventType.LOG_READ),
    _get("/audit/integrity/{year}/checkpoint", integrity.checkpoint),
    _get("/audit/retention", retention.classes, EventType.LOG_READ),
    _get("/audit/retention/{event}/proof", retention.download, EventType.LOG_READ),
)
