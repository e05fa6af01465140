"""An agreement's text as a person will see it, in three languages at once, before it is out as well as after (CONSENT.md 10)."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from consent.queries.notices import Version, versions
from consent.queries.reading_aloud import NoticeShown
from consent.queries.terms import Shown, terms
from db.engine import Read
from web.pages.languages import Language
from web.pages.texts import Texts
from web.pages.visit import NotThere, Visit
from web.pages.words import Words
from web.steward import agreements, offices

AS_ASKED = "my_request"
"""The page on which a person answers, whose words these are."""


@dataclass(frozen=True, slots=True)
class AsSeen:
    """The question in one language: the words of the page, those of the domain, the parties' names, and the text."""

    language: Language
    say: Texts
    words: Words
    names: Mapping[str, str]
    notice: NoticeShown


def preview(visit: Visit) -> Response:
    """Show the newest text, or the one whose number is asked, as it will be answered; nothing here can be answered."""
    with visit.doors.database.read() as read:
        found = agreements.agreement_of(read, visit)
        texts = versions(read, found.agreement.agreement_id)
        chosen = _chosen(visit, texts)
        seen = [_seen(read, chosen, language) for language in Language]
        known = terms(read, found.agreement.agreement_id)
        name = offices.names(read, visit.language)[visit.office]
    return visit.page(
        "steward/preview.html",
        office_name=name,
        here=agreements.HERE,
        found=found,
        terms=known,
        texts=texts[::-1],
        chosen=chosen,
        out=chosen.published_at <= visit.at,
        seen=seen,
    )


def _chosen(visit: Visit, texts: list[Version]) -> Version:
    """Pick a text by its number, the last one without one; raises NotThere."""
    wanted = visit.query.get("n")
    found = next((each for each in texts[::-1] if wanted in (None, str(each.n))), None)
    if found is None:
        raise NotThere
    return found


def _seen(read: Read, version: Version, language: Language) -> AsSeen:
    code = language.value
    shown = Shown(version.n, code, bytes.fromhex(getattr(version.sha256, code)))
    notice = NoticeShown(shown, getattr(version.text, code))
    return AsSeen(language, Texts(AS_ASKED, language), Words(language), offices.names(read, language), notice)
