"""Recording what a client answers: the exact text, a check, and the record; how it was given is asked between (PAGES.md 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Final
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
from web.steward import clients, days, refusing, scanning, standing
from web.steward.clients import Client, by

ANSWERS: Final = ("all", "part", "no")
RENEW: Final = "renew"
"""The answer of a consent that is given again, asked on a page of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client is asked: the agreement, and its text as it reads in one language."""

    client: Client
    terms: Terms
    notice: NoticeShown

    @property
    def base(self) -> str:
        """The address under which this agreement is asked."""
        return f"/people/{self.client.ref}/record/{self.terms.agreement_id}"

    @property
    def again(self) -> str:
        """The address at which a consent under it is renewed."""
        return f"/people/{self.client.ref}/consents/{self.terms.agreement_id}/renew"

    @property
    def categories(self) -> Sequence[str]:
        """What the text is about, in a lasting order."""
        return sorted(self.terms.categories)


def text(visit: Visit) -> Response:
    """Show the exact text, in the language chosen for the client, and the three answers."""
    asked = asked_of(visit, visit.query.get("text", visit.language))
    return page(visit, "record_text", asked, languages_of_text=tuple(Language))


def answer(visit: Visit) -> Response:
    """Keep the answer and the text it was given to."""
    asked = asked_of(visit, visit.form.one("language"))
    said = visit.form.one("answer")
    if said not in ANSWERS or visit.form.one("sha256") != asked.notice.shown.sha256.hex():
        return page(visit, "record_text", asked, [("answer", "changed")], languages_of_text=tuple(Language))
    kept = {"answer": said, "language": asked.notice.shown.language, "n": str(asked.notice.shown.n)}
    name = drafts.keep(visit, kept | {"sha256": asked.notice.shown.sha256.hex()})
    return visit.to(f"{asked.base}/{name}/how")


def check(visit: Visit) -> Response:
    """Show what is about to be recorded."""
    return _check(visit)


def record(visit: Visit) -> Response:
    """Record it, once however often it is sent; a refusal of the rule is shown as it is written."""
    kept = drafts.kept(visit)
    if faults := scanning.faults(visit, needed=_needs_scan(kept)):
        return _check(visit, faults)
    try:
        done = _recorded(visit, _asked_then(visit, kept), kept)
    except ConsentError as refusal:
        status = HTTPStatus.CONFLICT if refusal.fault is Fault.NOTICE_MISMATCH else HTTPStatus.UNPROCESSABLE_ENTITY
        return _check(visit, said=refusing.said(visit, refusal, at="record"), status=status)
    return visit.to(f"/people/{visit.path['ref']}/acts/{done.act_id}")


def too_large(visit: Visit) -> Response:
    """Say that a scan is too large; it was not read."""
    return _check(visit, [("scan", "bad_scan")])


def _check(
    visit: Visit,
    faults: Sequence[tuple[str, str]] = (),
    *,
    said: Sequence[tuple[str, str]] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    kept = drafts.kept(visit)
    return page(
        visit,
        "record_check",
        _asked_then(visit, kept),
        faults,
        said=said,
        status=status,
        kept=kept,
        signed_at=_signed_at(kept, visit.at),
        until=date.fromisoformat(str(kept["until"])) if kept["until"] else None,
        needs_scan=_needs_scan(kept),
    )


def _asked_then(visit: Visit, kept: Answers) -> Asked:
    """Find what was asked, with its text as of the day of the answer."""
    return asked_of(visit, str(kept["language"]), at=_signed_at(kept, visit.at))


def _needs_scan(kept: Answers) -> bool:
    """Say whether the paper has to be added: of a yes; a no on paper waits for no scanner."""
    return kept["channel"] == Channel.PAPER and kept["answer"] != "no"


def _recorded(visit: Visit, asked: Asked, kept: Answers) -> ActRecord:
    """Record the answer with its paper, both or neither."""
    with scanning.keeping(visit) as keep, visit.doors.database.transaction() as tx:
        done = _said(tx, visit, asked, kept)
        keep(tx, done.act_id, by(visit))
    return done


def _said(tx: Transaction, visit: Visit, asked: Asked, kept: Answers) -> ActRecord:
    expressed = Expressed(
        channel=Channel(str(kept["channel"])),
        voice=UUID(str(kept["voice"])) if kept["voice"] else None,
        signed_at=_signed_at(kept, visit.at),
        command=visit.path["draft"],
    )
    common = {"person_id": asked.client.person_id, "agreement_id": asked.terms.agreement_id}
    categories = [str(category) for category in kept["categories"]]
    if kept["answer"] == "no":
        return changes_of_will.refuse(
            tx, **common, categories=categories, expressed=expressed, by=by(visit), at=visit.at
        )
    shown = Shown(int(str(kept["n"])), str(kept["language"]), bytes.fromhex(str(kept["sha256"])))
    until = days.end_of(date.fromisoformat(str(kept["until"]))) if kept["until"] else None
    if kept["answer"] == RENEW:
        items = standing.again(clients.client_of(tx, visit), asked.terms.agreement_id, categories, until=until)
    else:
        items = [Given(category=category, valid_until=until) for category in categories]
    consent = Consent(items=items, notice=shown, competence_note=str(kept["note"]) or None)
    yes = changes_of_will.renew if kept["answer"] == RENEW else changes_of_will.grant
    return yes(tx, **common, consent=consent, expressed=expressed, by=by(visit), at=visit.at)


def asked_of(visit: Visit, language: str, *, at: datetime | None = None) -> Asked:
    """Find what the address asks, the text as of ``at`` (now); raises NotThere when the office may not ask it of this person."""
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
        found = _terms(read, visit)
        notice = notice_shown(read, found.agreement_id, language=_known(language), at=at or visit.at)
    if notice is None:
        raise NotThere
    return Asked(client, found, notice)


def _known(language: str) -> str:
    return language if language in set(Language) else Language.FI


def _terms(read: Read, visit: Visit) -> Terms:
    try:
        found = terms(read, UUID(visit.path["agreement"]))
    except ValueError:
        raise NotThere from None
    if found is None or found.recipient != visit.office or not found.in_force.holds(visit.at):
        raise NotThere
    return found


def _signed_at(kept: Answers, at: datetime) -> datetime:
    """Give when the will was expressed: now, or at noon of the day on the paper."""
    signed_on = str(kept.get("signed_on", ""))
    return min(at, days.noon_of(date.fromisoformat(signed_on))) if signed_on else at


def page(
    visit: Visit,
    name: str,
    asked: Asked,
    faults: Sequence[tuple[str, str]] = (),
    *,
    said: Sequence[tuple[str, str]] = (),
    status: HTTPStatus = HTTPStatus.OK,
    **values: object,
) -> Response:
    """Show a step of the record, with what was wrong with its form."""
    errors = [*visit.faults(name, faults), *said]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors and status is HTTPStatus.OK else status
    return visit.page(
        f"steward/{name}.html",
        status=status,
        office_name=asked.client.names[visit.office],
        here="/people",
        asked=asked,
        client=asked.client,
        errors=errors,
        **values,
    )
