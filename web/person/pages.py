"""The person's pages by address."""

from collections.abc import Sequence
from typing import Final

from audit.events import EventType
from web.pages.routes import Handler, Page
from web.person import (
    agreed,
    answering,
    consents,
    data,
    looking,
    looking_back,
    noes,
    pausing,
    questions,
    requests,
    saying_no,
    seen,
)
from web.sessions import Role


def _get(path: str, handle: Handler, *logged: EventType) -> Page:
    return Page(path=path, handle=handle, role=Role.PERSON, logged=logged)


def _post(path: str, handle: Handler, *logged: EventType) -> Page:
    return Page(path=path, handle=handle, method="POST", role=Role.PERSON, logged=logged)


PAGES: Final[Sequence[Page]] = (
    _get("/me/log", looking.listed, EventType.LOG_READ),
    _get("/me/log/older", looking_back.ask),
    _post("/me/log/older", looking_back.asked),
    _get("/me/log/older/{draft}", looking_back.listed, EventType.LOG_READ),
    _get("/me/log/{event}", looking.look, EventType.LOG_READ),
    _get("/me/log/{event}/proof", looking.proof, EventType.LOG_READ),
    _get("/me/log/{event}/question", questions.ask),
    _post("/me/log/{event}/question", questions.dispute, EventType.DISPUTE_OPENED),
    _get("/me/seen-by", seen.page, EventType.PERSON_VIEWED),
    _get("/me/requests", requests.listed),
    _get("/me/requests/{agreement}", answering.text),
    _post("/me/requests/{agreement}", answering.answer, EventType.CONSENT_DEFERRED),
    _get("/me/requests/{agreement}/{draft}", answering.check),
    _post(
        "/me/requests/{agreement}/{draft}",
        answering.record,
        EventType.CONSENT_GIVEN,
        EventType.CONSENT_RENEWED,
        EventType.CONSENT_REFUSED,
    ),
    _get("/me/consents", consents.listed),
    _get("/me/consents/{agreement}", agreed.one),
    _get("/me/consents/{agreement}/withdraw", consents.consequences),
    _post("/me/consents/{agreement}/withdraw", consents.withdraw, EventType.CONSENT_WITHDRAWN),
    _get("/me/pause", pausing.choices),
    _post("/me/pause", pausing.change_all, EventType.CONSENT_SUSPENDED, EventType.CONSENT_RESUMED),
    _get("/me/consents/{agreement}/pause", pausing.consequences),
    _post("/me/consents/{agreement}/pause", pausing.change, EventType.CONSENT_SUSPENDED, EventType.CONSENT_RESUMED),
    _get("/me/no", noes.listed),
    _get("/me/no/new", saying_no.ask),
    _post("/me/no/new", saying_no.answered),
    _get("/me/no/new/{draft}", saying_no.check),
    _post("/me/no/new/{draft}", saying_no.record, EventType.DENIAL_RECORDED),
    _get("/me/no/{denial}", noes.one),
    _get("/me/no/{denial}/lift", noes.lifting),
    _post("/me/no/{denial}/lift", noes.lift, EventType.DENIAL_LIFTED),
    _get("/me/receipts/{jti}", agreed.receipt, EventType.RECEIPT_ISSUED),
    _get("/me/data", data.shown, EventType.PERSON_VIEWED),
    _get("/me/data/file", data.file, EventType.PERSON_VIEWED),
    _get("/me/correction", questions.correction, EventType.PERSON_VIEWED),
    _post("/me/correction", questions.correct, EventType.DISPUTE_OPENED, EventType.PERSON_VIEWED),
)
