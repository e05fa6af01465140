"""Answering what one is asked, in two clicks: the exact text with four answers of one size, then what the answer does (PAGES.md 5)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from consent.errors import ConsentError, Fault
from consent.queries.reading_aloud import NoticeShown, notice_shown
from consent.queries.terms import Shown, Terms, terms
from consent.registry import ActRecord, Channel, Consent, Expressed, Given
from db.engine import Read, Transaction
from publish import changes_of_will
from web import drafts
from web.drafts import Answers
from web.pages.languages import Language
from web.pages.visit import NotThere, Visit
from web.person import consents, noes, own, requests
from web.person.myself import myself
from web.person.requests import Waiting
from web.steward import refusing, standing

ANSWERS: Final = ("all", "part", "no", "later")


def text(visit: Visit) -> Response:
    """Show the exact text, in the language chosen, and the four answers."""
    return _text(visit, visit.query.get("text", visit.language))


def answer(visit: Visit) -> Response:
    """Keep the answer and the text it was given to; "later" is recorded at once. A text that has changed is shown anew."""
    said, language = visit.form.one("answer"), visit.form.one("language")
    with visit.doors.database.read() as read:
        asked = requests.named(read, visit)
        notice = _notice(read, visit, asked.agreement.agreement_id, language)
    if said not in ANSWERS or visit.form.one("sha256") != notice.shown.sha256.hex():
        return _text(visit, language, visit.faults("my_request", [("answer", "changed")]))
    if said == "later":
        return _later(visit, asked)
    return visit.to(f"{requests.HERE}/{visit.path['agreement']}/{drafts.keep(visit, _answers(visit, asked, notice))}")


def _answers(visit: Visit, asked: Waiting, notice: NoticeShown) -> Answers:
    """Put together what the last step is to find."""
    return {
        "answer": visit.form.one("answer"),
        "n": str(notice.shown.n),
        "language": notice.shown.language,
        "sha256": notice.shown.sha256.hex(),
        "agreement": str(asked.agreement.agreement_id),
        "categories": list(asked.categories),
        "held": sorted(asked.held),
    }


def check(visit: Visit) -> Response:
    """Show what is about to be recorded, and of a part ask which."""
    return _check(visit, _kept(visit))


def record(visit: Visit) -> Response:
    """Record the answer, once however often it is sent; a refusal of the rule is shown as it is written."""
    kept = _kept(visit)
    chosen = _chosen(visit, kept)
    if not chosen:
        return _check(visit, kept, visit.faults("my_request_check", [("categories", "none_chosen")]))
    try:
        with visit.doors.database.transaction() as tx:
            done = _said(tx, visit, kept, chosen)
    except ConsentError as refusal:
        if refusal.fault is Fault.NOTICE_MISMATCH:
            return visit.to(f"{requests.HERE}/{visit.path['agreement']}")
        return _check(visit, kept, refusing.said(visit, refusal, at="record"))
    return visit.to(f"{requests.HERE}?done={done.act_id}")


def _later(visit: Visit, asked: Waiting) -> Response:
    with visit.doors.database.transaction() as tx:
        done = changes_of_will.defer(
            tx,
            person_id=own.person_id(visit),
            agreement_id=asked.agreement.agreement_id,
            categories=asked.categories,
            expressed=Expressed(channel=Channel.ONLINE),
            by=noes.by(visit),
            at=visit.at,
        )
    return visit.to(f"{requests.HERE}?done={done.act_id}")


def _said(tx: Transaction, visit: Visit, kept: Answers, chosen: Sequence[str]) -> ActRecord:
    """Record a no, a yes given again within the scope it has, or a yes."""
    expressed = Expressed(channel=Channel.ONLINE, command=visit.path["draft"])
    common: dict[str, Any] = {"person_id": own.person_id(visit), "agreement_id": UUID(str(kept["agreement"]))}
    common |= {"expressed": expressed, "by": noes.by(visit), "at": visit.at}
    if kept["answer"] == "no":
        return changes_of_will.refuse(tx, categories=chosen, **common)
    shown = Shown(int(str(kept["n"])), str(kept["language"]), bytes.fromhex(str(kept["sha256"])))
    if set(chosen) <= set(kept["held"]) and _terms(tx, common["agreement_id"]).extension_allowed:
        items = standing.again(myself(tx, visit), common["agreement_id"], chosen, until=None)
        return changes_of_will.renew(tx, consent=Consent(items=items, notice=shown), **common)
    items = [Given(category=category) for category in chosen]
    return changes_of_will.grant(tx, consent=Consent(items=items, notice=shown), **common)


def _chosen(visit: Visit, kept: Answers) -> list[str]:
    """Name the categories answered about: all that were asked, or of a part those ticked."""
    ticked = visit.form.many("categories") if kept["answer"] == "part" else kept["categories"]
    return [category for category in kept["categories"] if category in ticked]


def _kept(visit: Visit) -> Answers:
    """Give the answer that the address names; raises NotThere for one to another agreement's text."""
    kept = drafts.kept(visit)
    if kept.get("agreement") != visit.path["agreement"]:
        raise NotThere
    return kept


def _text(visit: Visit, language: str, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        asked = requests.named(read, visit)
        return visit.page(
            "person/my_request.html",
            status=_status(errors),
            here=requests.HERE,
            asked=asked,
            terms=_terms(read, asked.agreement.agreement_id),
            notice=_notice(read, visit, asked.agreement.agreement_id, language),
            names=consents.names(read, visit.language),
            languages_of_text=tuple(Language),
            at=visit.at,
            errors=list(errors),
        )


def _check(visit: Visit, kept: Answers, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        return visit.page(
            "person/my_request_check.html",
            status=_status(errors),
            here=requests.HERE,
            kept=kept,
            ticked=visit.form.many("categories"),
            terms=_terms(read, UUID(visit.path["agreement"])),
            names=consents.names(read, visit.language),
            errors=list(errors),
        )


def _terms(read: Read, agreement_id: UUID) -> Terms:
    found = terms(read, agreement_id)
    if found is None:
        raise NotThere
    return found


def _notice(read: Read, visit: Visit, agreement_id: UUID, language: str) -> NoticeShown:
    known = language if language in set(Language) else Language.FI
    found = notice_shown(read, agreement_id, language=known, at=visit.at)
    if found is None:
        raise NotThere
    return found


def _status(errors: Sequence[tuple[str, str]]) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
