"""The steward's pages by address."""

from collections.abc import Sequence
from typing import Final

from audit.events import EventType
from publish import importing, scans
from web.pages.routes import Handler, Page, Upload
from web.sessions import Role
from web.steward import (
    adding,
    agreements,
    annulling,
    answering,
    confirming,
    deciding,
    denying,
    done,
    ending,
    feedback,
    impact,
    imports,
    pausing,
    people,
    previewing,
    proving,
    recording,
    renewing,
    restored,
    revoking,
    scanning,
    sources,
)
from web.steward.why import why


def _get(path: str, handle: Handler, *logged: EventType) -> Page:
    return Page(path=path, handle=handle, role=Role.STEWARD, logged=logged)


def _post(path: str, handle: Handler, *logged: EventType) -> Page:
    return Page(path=path, handle=handle, method="POST", role=Role.STEWARD, logged=logged)


RECORD: Final = "/people/{ref}/record/{agreement}"
PAGES: Final[Sequence[Page]] = (
    _get("/people", people.ask),
    _post("/people", people.find, EventType.PERSON_SEARCHED),
    _get("/people/{ref}", people.view, EventType.PERSON_VIEWED),
    _get("/people/{ref}/why/{recipient}/{category}", why, EventType.PERSON_VIEWED),
    _get(RECORD, recording.text),
    _post(RECORD, recording.answer),
    _get(f"{RECORD}/{{draft}}/how", answering.how),
    _post(f"{RECORD}/{{draft}}/how", answering.given),
    _get(f"{RECORD}/{{draft}}/check", recording.check),
    Page(
        path=f"{RECORD}/{{draft}}/check",
        handle=recording.record,
        method="POST",
        role=Role.STEWARD,
        logged=(EventType.CONSENT_GIVEN, EventType.CONSENT_RENEWED, EventType.CONSENT_REFUSED),
        upload=Upload(scans.MOST_BYTES, recording.too_large),
    ),
    _get("/people/{ref}/acts/{act}", done.act, EventType.PERSON_VIEWED),
    _get("/people/{ref}/acts/{act}/receipt", done.receipt, EventType.RECEIPT_ISSUED),
    _get("/people/{ref}/acts/{act}/proof", proving.proof, EventType.PERSON_VIEWED),
    _get("/people/{ref}/acts/{act}/scan", adding.ask, EventType.PERSON_VIEWED),
    Page(
        path="/people/{ref}/acts/{act}/scan",
        handle=adding.add,
        method="POST",
        role=Role.STEWARD,
        logged=(EventType.EVIDENCE_ADDED,),
        upload=Upload(scans.MOST_BYTES, adding.too_large),
    ),
    _get("/people/{ref}/acts/{act}/scans/{scan}", scanning.show, EventType.EVIDENCE_VIEWED),
    _get("/people/{ref}/acts/{act}/invalidate", annulling.mistake, EventType.PERSON_VIEWED),
    _post(
        "/people/{ref}/acts/{act}/invalidate",
        annulling.invalidate,
        EventType.CONSENT_INVALIDATED,
        EventType.CONFIG_CHANGED,
    ),
    _get("/people/{ref}/consents/{agreement}/withdraw", ending.consequences, EventType.PERSON_VIEWED),
    _post("/people/{ref}/consents/{agreement}/withdraw", ending.withdraw, EventType.CONSENT_WITHDRAWN),
    _get("/people/{ref}/consents/{agreement}/renew", renewing.look, EventType.PERSON_VIEWED),
    _post("/people/{ref}/consents/{agreement}/renew", renewing.renew),
    _get("/people/{ref}/consents/{agreement}/revoke", revoking.consequences, EventType.PERSON_VIEWED),
    _post("/people/{ref}/consents/{agreement}/revoke", revoking.revoke, EventType.CONSENT_REVOKED),
    _get("/people/{ref}/consents/{agreement}/pause", pausing.consequences, EventType.PERSON_VIEWED),
    _post(
        "/people/{ref}/consents/{agreement}/pause",
        pausing.change,
        EventType.CONSENT_SUSPENDED,
        EventType.CONSENT_RESUMED,
    ),
    _get("/people/{ref}/pause", pausing.choices, EventType.PERSON_VIEWED),
    _post("/people/{ref}/pause", pausing.change_all, EventType.CONSENT_SUSPENDED, EventType.CONSENT_RESUMED),
    _get("/people/{ref}/deny", denying.ask),
    _post("/people/{ref}/deny", denying.answered),
    _get("/people/{ref}/deny/{draft}", denying.check, EventType.PERSON_VIEWED),
    _post("/people/{ref}/deny/{draft}", denying.record, EventType.DENIAL_RECORDED),
    _get("/people/{ref}/denials/{denial}", proving.denial, EventType.PERSON_VIEWED),
    _get("/people/{ref}/denials/{denial}/lift", denying.lifting),
    _post("/people/{ref}/denials/{denial}/lift", denying.lift, EventType.DENIAL_LIFTED),
    _get("/people/{ref}/denials/{denial}/invalidate", annulling.mistake, EventType.PERSON_VIEWED),
    _post("/people/{ref}/denials/{denial}/invalidate", annulling.invalidate, EventType.CONFIG_CHANGED),
    _get("/proposals/{proposal}", deciding.look, EventType.PERSON_VIEWED),
    _post(
        "/proposals/{proposal}",
        deciding.decide,
        EventType.CONSENT_INVALIDATED,
        EventType.DENIAL_LIFTED,
        EventType.AGREEMENT_CHANGED,
    ),
    _get("/restored/{closing}", restored.look),
    _post("/restored/{closing}", restored.propose, EventType.CONFIG_CHANGED),
    _get("/answers/{feedback}", feedback.look),
    _post("/answers/{feedback}", feedback.answer, EventType.CONFIG_CHANGED),
    _get("/confirm/{act}", confirming.look, EventType.PERSON_VIEWED),
    _post("/confirm/{act}", confirming.decide, EventType.CONSENT_CONFIRMED, EventType.CONSENT_REJECTED),
    _get("/imports", imports.ask),
    Page(
        path="/imports",
        handle=imports.take,
        method="POST",
        role=Role.STEWARD,
        logged=(
            EventType.PERSON_SEARCHED,
            EventType.CONSENT_GIVEN,
            EventType.CONSENT_REFUSED,
            EventType.CONSENT_WITHDRAWN,
        ),
        upload=Upload(importing.MOST_BYTES, imports.too_large),
    ),
    _get("/imports/{draft}", imports.answered),
    _get("/agreements", agreements.listed),
    _get("/agreements/{agreement}", agreements.one),
    _get("/agreements/{agreement}/preview", previewing.preview),
    _get("/agreements/{agreement}/form", agreements.form),
    _get("/agreements/{agreement}/ending", impact.of_ending),
    _post("/agreements/{agreement}/ending", impact.propose_ending, EventType.CONFIG_CHANGED),
    _get("/sources", sources.listed),
    _get("/sources/{batch}", sources.batch),
    _post("/sources/{batch}", sources.release, EventType.BATCH_RELEASED),
    _get("/quarantine/{batch}", sources.rows),
    _post("/quarantine/{batch}", sources.discard, EventType.QUARANTINE_DISCARDED),
)
