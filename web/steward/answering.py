"""How an answer was given: who spoke, at the desk, by phone or on paper, when it was signed, and until when it holds (PAGES.md 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from starlette.responses import Response

from consent.queries import voices
from consent.queries.terms import Shown, notice_at
from consent.registry import Channel
from web import drafts
from web.drafts import Answers
from web.pages.visit import Visit
from web.steward import days
from web.steward.recording import Asked, asked_of, page

CHANNELS: Final = (Channel.COUNTER, Channel.PHONE, Channel.PAPER)
SELF: Final = "self"


@dataclass(frozen=True, slots=True)
class _Sent:
    """The form of this step, its fields read as far as they can be; ``voices``: kind by id of who may be asked instead of the client."""

    chosen: tuple[str, ...]
    channel: str
    signed_on: str
    until: str
    who: str
    voices: Mapping[str, str]

    @property
    def paper(self) -> bool:
        """Whether it was signed."""
        return self.channel == Channel.PAPER


def how(visit: Visit) -> Response:
    """Ask how the answer was given, and of a part which."""
    kept = drafts.kept(visit)
    asked = asked_of(visit, str(kept["language"]))
    return _form(visit, asked, kept, _Sent((), "", "", "", SELF, _voices(visit, asked)))


def given(visit: Visit) -> Response:
    """Keep how it was given; on paper the day of signing is asked, and the answer is bound to the text of that day."""
    kept = drafts.kept(visit)
    asked = asked_of(visit, str(kept["language"]))
    sent = _sent(visit, kept, asked)
    signed = days.past(days.day_of(sent.signed_on), visit.at) if sent.paper else None
    shown = _shown_on(visit, asked, signed) if signed else asked.notice.shown
    faults = _faults(sent, signed, shown) + _bad_until(visit, asked, sent, signed)
    if faults or shown is None:
        return _form(visit, asked, kept, sent, faults)
    until = days.day_of(sent.until)
    answers: dict[str, str | list[str]] = {
        **kept,
        "categories": list(sent.chosen),
        "channel": sent.channel,
        "signed_on": signed.isoformat() if signed else "",
        "until": until.isoformat() if until else "",
        "voice": "" if sent.who == SELF else sent.who,
        "spoke": sent.voices.get(sent.who, ""),
    }
    if signed:
        answers |= {"n": str(shown.n), "sha256": shown.sha256.hex()}
    return visit.to(f"{asked.base}/{drafts.keep(visit, answers)}/check")


def _sent(visit: Visit, kept: Answers, asked: Asked) -> _Sent:
    form = visit.form
    return _Sent(
        chosen=_chosen(visit, kept, asked),
        channel=form.one("channel"),
        signed_on=form.one("signed_on"),
        until="" if kept["answer"] == "no" else form.one("until"),
        who=form.one("who") or SELF,
        voices=_voices(visit, asked),
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
    if sent.who not in (SELF, *sent.voices):
        faults.append(("who", "no_who"))
    return faults


def _bad_until(visit: Visit, asked: Asked, sent: _Sent, signed: date | None) -> list[tuple[str, str]]:
    """Name the last day where it is none, is before the answer, or later than the agreement lets a consent last."""
    if not sent.until:
        return []
    last, begins = days.day_of(sent.until), days.noon_of(signed) if signed else visit.at
    longest = begins + timedelta(days=asked.terms.max_days)
    return [] if last is not None and begins < days.end_of(last) <= longest else [("until", "bad_until")]


def _chosen(visit: Visit, kept: Answers, asked: Asked) -> tuple[str, ...]:
    """Name the categories answered about: all, or of a part those ticked."""
    if kept["answer"] != "part":
        return tuple(asked.categories)
    ticked = set(visit.form.many("categories"))
    return tuple(category for category in asked.categories if category in ticked)


def _voices(visit: Visit, asked: Asked) -> Mapping[str, str]:
    """List who is noted as one who may speak for the client; whether they may today, the rule says."""
    with visit.doors.database.read() as read:
        found = voices.voices_of(read, asked.client.person_id)
    return {str(voice.representation_id): voice.kind.value for voice in found}


def _shown_on(visit: Visit, asked: Asked, day: date) -> Shown | None:
    """Find the text that was valid on the day a paper was signed (CONSENT.md 11), whichever is shown today."""
    at = min(visit.at, days.noon_of(day))
    with visit.doors.database.read() as read:
        return notice_at(read, asked.terms.agreement_id, language=asked.notice.shown.language, at=at)


def _form(visit: Visit, asked: Asked, kept: Answers, sent: _Sent, faults: Sequence[tuple[str, str]] = ()) -> Response:
    return page(visit, "record_how", asked, faults, kept=kept, sent=sent, me=SELF)
