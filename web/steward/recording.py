"""Recording what a client answers: the exact text, how it was given, a check, and the record (PAGES.md 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.responses import Response

from consent.errors import ConsentError, Fault
from consent.queries.reading_aloud import NoticeShown, notice_shown
from consent.queries.terms import Shown, Terms, notice_at, terms
from consent.registry import ActRecord, By, Channel, Consent, Expressed, Given
from db.engine import Read
from publish import changes_of_will
from web import drafts
from web.drafts import Answers
from web.pages.languages import HELSINKI, Language
from web.pages.visit import NotThere, Visit
from web.steward import clients
from web.steward.clients import Client

ANSWERS: Final = ("all", "part", "no")
CHANNELS: Final = (Channel.COUNTER, Channel.PHONE, Channel.PAPER)
NOON: Final = time(12)


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
    def categories(self) -> Sequence[str]:
        """What the text is about, in a lasting order."""
        return sorted(self.terms.categories)


def text(visit: Visit) -> Response:
    """Show the exact text, in the language chosen for the client, and the three answers."""
    asked = _asked(visit, visit.query.get("text", visit.language))
    return _page(visit, "record_text", asked, languages_of_text=tuple(Language))


def answer(visit: Visit) -> Response:
    """Keep the answer and the text it was given to."""
    asked = _asked(visit, visit.form.one("language"))
    said = visit.form.one("answer")
    if said not in ANSWERS or visit.form.one("sha256") != asked.notice.shown.sha256.hex():
        return _page(visit, "record_text", asked, [("answer", "changed")], languages_of_text=tuple(Language))
    kept = {"answer": said, "language": asked.notice.shown.language, "n": str(asked.notice.shown.n)}
    name = drafts.keep(visit, kept | {"sha256": asked.notice.shown.sha256.hex()})
    return visit.to(f"{asked.base}/{name}/how")


def how(visit: Visit) -> Response:
    """Ask how the answer was given, and of a part which."""
    kept = drafts.kept(visit)
    return _page(visit, "record_how", _asked(visit, str(kept["language"])), kept=kept, chosen=(), signed_on="")


def given(visit: Visit) -> Response:
    """Keep how it was given; on paper the day of signing is asked, and the answer is bound to the text of that day."""
    kept = drafts.kept(visit)
    asked = _asked(visit, str(kept["language"]))
    chosen, channel = _chosen(visit, kept, asked), visit.form.one("channel")
    signed_on = visit.form.one("signed_on") if channel == Channel.PAPER else ""
    day = _day(signed_on, visit.at)
    shown = _shown_on(visit, asked, day) if day else asked.notice.shown
    faults = _faults(chosen, channel, day, shown)
    if faults or shown is None:
        return _page(visit, "record_how", asked, faults, kept=kept, chosen=chosen, signed_on=signed_on)
    answers = {**kept, "categories": list(chosen), "channel": channel, "signed_on": day.isoformat() if day else ""}
    if day:
        answers |= {"n": str(shown.n), "sha256": shown.sha256.hex()}
    return visit.to(f"{asked.base}/{drafts.keep(visit, answers)}/check")


def _faults(chosen: Sequence[str], channel: str, day: date | None, shown: Shown | None) -> list[tuple[str, str]]:
    """Name the fields that are missing or cannot be."""
    faults = [] if chosen else [("categories", "none_chosen")]
    if channel not in set(CHANNELS):
        faults.append(("channel", "no_channel"))
    if channel == Channel.PAPER and day is None:
        faults.append(("signed_on", "bad_day"))
    if shown is None:
        faults.append(("signed_on", "no_text"))
    return faults


def check(visit: Visit) -> Response:
    """Show what is about to be recorded."""
    kept = drafts.kept(visit)
    signed_at = _signed_at(kept, visit.at)
    asked = _asked(visit, str(kept["language"]), at=signed_at)
    return _page(visit, "record_check", asked, kept=kept, signed_at=signed_at)


def record(visit: Visit) -> Response:
    """Record it, once however often it is sent; a refusal of the rule is shown as it is written."""
    kept = drafts.kept(visit)
    asked = _asked(visit, str(kept["language"]), at=_signed_at(kept, visit.at))
    try:
        done = _recorded(visit, asked, kept)
    except ConsentError as refusal:
        said = [("record", getattr(refusal.fault.text, visit.language.value))]
        status = HTTPStatus.CONFLICT if refusal.fault is Fault.NOTICE_MISMATCH else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(visit, "record_check", asked, said=said, status=status, kept=kept, signed_at=visit.at)
    return visit.to(f"/people/{asked.client.ref}/acts/{done.act_id}")


def by(visit: Visit) -> By:
    """Say who records."""
    return By(user=visit.signed_in.who.subject, role="steward", office=visit.office)


def _recorded(visit: Visit, asked: Asked, kept: Answers) -> ActRecord:
    expressed = Expressed(
        channel=Channel(str(kept["channel"])), signed_at=_signed_at(kept, visit.at), command=visit.path["draft"]
    )
    common = {"person_id": asked.client.person_id, "agreement_id": asked.terms.agreement_id}
    categories = [str(category) for category in kept["categories"]]
    with visit.doors.database.transaction() as tx:
        if kept["answer"] == "no":
            return changes_of_will.refuse(
                tx, **common, categories=categories, expressed=expressed, by=by(visit), at=visit.at
            )
        shown = Shown(int(str(kept["n"])), str(kept["language"]), bytes.fromhex(str(kept["sha256"])))
        consent = Consent(items=[Given(category=category) for category in categories], notice=shown)
        return changes_of_will.grant(tx, **common, consent=consent, expressed=expressed, by=by(visit), at=visit.at)


def _shown_on(visit: Visit, asked: Asked, day: date) -> Shown | None:
    """Find the text that was valid on the day a paper was signed (CONSENT.md 11), whichever is shown today."""
    at = min(visit.at, datetime.combine(day, NOON, HELSINKI))
    with visit.doors.database.read() as read:
        return notice_at(read, asked.terms.agreement_id, language=asked.notice.shown.language, at=at)


def _asked(visit: Visit, language: str, *, at: datetime | None = None) -> Asked:
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


def _chosen(visit: Visit, kept: Answers, asked: Asked) -> tuple[str, ...]:
    """Name the categories answered about: all, or of a part those ticked."""
    if kept["answer"] != "part":
        return tuple(asked.categories)
    ticked = set(visit.form.many("categories"))
    return tuple(category for category in asked.categories if category in ticked)


def _signed_at(kept: Answers, at: datetime) -> datetime:
    """Give when the will was expressed: now, or at noon of the day on the paper."""
    signed_on = str(kept.get("signed_on", ""))
    return min(at, datetime.combine(date.fromisoformat(signed_on), NOON, HELSINKI)) if signed_on else at


def _day(text_: str, at: datetime) -> date | None:
    """Read a day that has been: as a browser's field sends it, or as it is written here."""
    parts = text_.split(".")
    try:
        day = date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(text_)  # noqa: PLR2004 - day, month, year
    except ValueError:
        return None
    return day if day <= at.astimezone(HELSINKI).date() else None


def _page(
    visit: Visit,
    name: str,
    asked: Asked,
    faults: Sequence[tuple[str, str]] = (),
    *,
    said: Sequence[tuple[str, str]] = (),
    status: HTTPStatus = HTTPStatus.OK,
    **values: object,
) -> Response:
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
