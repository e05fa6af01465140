"""How an answer was given: who spoke, at the desk, by phone or on paper, when it was signed, and until when it holds (PAGES.md 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from starlette.responses import Response

from consent.queries import people
from consent.queries.terms import Shown, notice_at
from consent.registry import Channel
from web import drafts
from web.drafts import Answers
from web.pages.visit import Visit
from web.steward import days, speakers
from web.steward.recording import RENEW, Asked, asked_of, page
from web.steward.speakers import SELF, Heard, Speakers

CHANNELS: Final = (Channel.COUNTER, Channel.PHONE, Channel.PAPER)
MOST_NOTE: Final = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """The form of this step, its fields read as far as they can be; ``note``: why somebody so young decides alone."""

    chosen: tuple[str, ...]
    channel: str
    signed_on: str
    until: str
    said: Speakers
    note: str
    needs_note: bool

    @property
    def paper(self) -> bool:
        """Whether it was signed."""
        return self.channel == Channel.PAPER


def how(visit: Visit) -> Response:
    """Ask how the answer was given, and of a part which."""
    kept = drafts.kept(visit)
    asked = asked_of(visit, str(kept["language"]))
    return _form(visit, asked, kept, _sent(visit, kept, asked))


def given(visit: Visit) -> Response:
    """Keep how it was given; on paper the day of signing is asked, and the answer is bound to the text of that day."""
    kept = drafts.kept(visit)
    asked = asked_of(visit, str(kept["language"]))
    sent = _sent(visit, kept, asked)
    signed = days.past(days.day_of(sent.signed_on), visit.at) if sent.paper else None
    shown = _shown_on(visit, asked, signed) if signed else asked.notice.shown
    faults = _faults(sent, signed, shown) + _bad_until(visit, asked, sent, signed)
    errors = speakers.faults(visit, sent.said)
    if faults or errors or shown is None:
        return _form(visit, asked, kept, sent, faults=faults, said=errors)
    heard = speakers.heard(visit, asked.client.person_id, sent.said)
    if heard.errors:
        return _form(visit, asked, kept, sent, said=heard.errors)
    answers = _answers(kept, sent, signed, heard)
    if signed:
        answers |= {"n": str(shown.n), "sha256": shown.sha256.hex()}
    return visit.to(f"{asked.base}/{drafts.keep(visit, answers)}/check")


def _answers(kept: Answers, sent: _Sent, signed: date | None, heard: Heard) -> dict[str, str | list[str]]:
    """Put together what the last step is to find."""
    until = days.day_of(sent.until)
    return {
        **kept,
        "categories": list(sent.chosen),
        "channel": sent.channel,
        "signed_on": signed.isoformat() if signed else "",
        "until": until.isoformat() if until else "",
        "voice": str(heard.voice or ""),
        "spoke": heard.spoke,
        "note": sent.note if sent.needs_note and heard.voice is None else "",
    }


def _sent(visit: Visit, kept: Answers, asked: Asked) -> _Sent:
    form = visit.form
    return _Sent(
        chosen=_chosen(visit, kept, asked),
        channel=form.one("channel"),
        signed_on=form.one("signed_on"),
        until="" if kept["answer"] == "no" else form.one("until"),
        said=speakers.speakers(visit, asked.client.person_id),
        note=form.one("note"),
        needs_note=kept["answer"] != "no" and _alone_too_young(asked, visit.at),
    )


def _faults(sent: _Sent, signed: date | None, shown: Shown | None) -> list[tuple[str, str]]:
    """Name the fields that are missing or cannot be."""
    faults = [] if sent.chosen else [("categories", "none_chosen")]
    if sent.channel not in set(CHANNELS):
        faults.append(("channel", "no_channel"))
    if sent.paper and signed is None:
        faults.append(("signed_on", "bad_day"))
    if sent.signed_on and not sent.paper:
        # The Enter key in the field sends the form's first button, which is another channel's.
        faults.append(("signed_on", "paper_only"))
    if shown is None:
        faults.append(("signed_on", "no_text"))
    if sent.needs_note and sent.said.who == SELF and not 0 < len(sent.note) <= MOST_NOTE:
        faults.append(("note", "no_note"))
    return faults


def _bad_until(visit: Visit, asked: Asked, sent: _Sent, signed: date | None) -> list[tuple[str, str]]:
    """Name the last day where it is none, is before the answer, or later than the agreement lets a consent last."""
    if not sent.until:
        return []
    last, begins = days.day_of(sent.until), days.noon_of(signed) if signed else visit.at
    longest = begins + timedelta(days=asked.terms.max_days)
    return [] if last is not None and begins < days.end_of(last) <= longest else [("until", "bad_until")]


def _chosen(visit: Visit, kept: Answers, asked: Asked) -> tuple[str, ...]:
    """Name the categories answered about: all, of a part those ticked, of a renewal those that are kept."""
    if kept["answer"] == RENEW:
        return tuple(str(category) for category in kept["categories"])
    if kept["answer"] != "part":
        return tuple(asked.categories)
    ticked = set(visit.form.many("categories"))
    return tuple(category for category in asked.categories if category in ticked)


def _alone_too_young(asked: Asked, at: datetime) -> bool:
    """Say whether the client may agree alone only where somebody noted why: under the agreement's age, or of unknown age (CONSENT.md 4)."""
    born = asked.client.born
    return born is None or at < people.of_age_at(born, years=asked.terms.own_act_age)


def _shown_on(visit: Visit, asked: Asked, day: date) -> Shown | None:
    """Find the text that was valid on the day a paper was signed (CONSENT.md 11), whichever is shown today."""
    at = min(visit.at, days.noon_of(day))
    with visit.doors.database.read() as read:
        return notice_at(read, asked.terms.agreement_id, language=asked.notice.shown.language, at=at)


def _form(
    visit: Visit,
    asked: Asked,
    kept: Answers,
    sent: _Sent,
    *,
    faults: Sequence[tuple[str, str]] = (),
    said: Sequence[tuple[str, str]] = (),
) -> Response:
    return page(visit, "record_how", asked, faults, said=said, kept=kept, sent=sent)
