"""A consent given again: what its text has become since, what of its scope is kept; how it was said is asked as of any answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from consent.model import Kind, Stretch
from consent.notices import Difference, difference
from consent.queries import life
from consent.queries.life import ActLine
from consent.queries.notices import Version, versions
from db.engine import Read
from web import drafts
from web.pages.languages import Language
from web.pages.visit import Visit
from web.steward import clients, standing
from web.steward.recording import RENEW, Asked, asked_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What is asked again: the scope that holds, from which text to which; ``waiting``: it was renewed, and a colleague has to confirm."""

    asked: Asked
    held: Mapping[str, Stretch]
    given: ActLine | None
    older: int | None
    changed: Difference | None
    waiting: bool

    @property
    def open(self) -> bool:
        """Whether there is something to renew, and it may be."""
        return bool(self.held) and self.asked.terms.extension_allowed and not self.waiting


def look(visit: Visit) -> Response:
    """Show what has changed and what is kept; the look is logged."""
    with visit.doors.database.read() as read:
        clients.opened(read, visit, route="/people/{ref}/consents/{agreement}/renew")
    return _page(visit, _renewal(visit, visit.query.get("text", "")))


def renew(visit: Visit) -> Response:
    """Keep that it is given again, with the text and the scope; how it was said is asked next."""
    found = _renewal(visit, visit.form.one("language"))
    shown = found.asked.notice.shown
    if not found.open:
        return _page(visit, found)
    if visit.form.one("sha256") != shown.sha256.hex():
        return _page(visit, found, visit.faults("renew", [("renew", "changed")]))
    kept = {"answer": RENEW, "language": shown.language, "n": str(shown.n), "sha256": shown.sha256.hex()}
    name = drafts.keep(visit, {**kept, "categories": list(found.held)})
    return visit.to(f"{found.asked.base}/{name}/how")


def _renewal(visit: Visit, language: str) -> Renewal:
    """Find what the address names; raises NotThere when the office may not ask it of this person."""
    asked = asked_of(visit, language or visit.language)
    held = standing.standing(asked.client, asked.terms.agreement_id)
    with visit.doors.database.read() as read:
        said = [
            line
            for line in life.acts(read, person_id=asked.client.person_id)
            if line.agreement_id == asked.terms.agreement_id
        ]
        older = min((stretch.notice_n for stretch in held.values()), default=None)
        changed = _changed(read, asked, older)
    given = next((line for line in said if line.act_id in {stretch.act_id for stretch in held.values()}), None)
    if not language and given is not None and given.notice_language not in (None, asked.notice.shown.language):
        return _renewal(visit, str(given.notice_language))
    waiting = any(line.waiting and Kind(line.kind).yes for line in said)
    return Renewal(asked=asked, held=held, given=given, older=older, changed=changed, waiting=waiting)


def _changed(read: Read, asked: Asked, older: int | None) -> Difference | None:
    """Compare the text that was agreed to with the one asked about now; None where it is the same one."""
    now = asked.notice.shown.n
    texts: Mapping[int, Version] = {each.n: each for each in versions(read, asked.terms.agreement_id)}
    if older is None or older == now or not {older, now} <= texts.keys():
        return None
    return difference(texts[older], texts[now])


def _page(visit: Visit, found: Renewal, errors: Sequence[tuple[str, str]] = ()) -> Response:
    client = found.asked.client
    facts = client.facts[found.asked.terms.recipient]
    terms = next(each for each in facts.register.agreements if each.agreement_id == found.asked.terms.agreement_id)
    asks_anew = [standing.due(terms, stretch, client.at) for stretch in found.held.values()]
    return visit.page(
        "steward/renew.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        asked=found.asked,
        found=found,
        ends=min((standing.ends(facts, found.given, stretch) for stretch in found.held.values()), default=None)
        if found.given
        else None,
        due=min((each for each in asks_anew if each), default=None),
        languages_of_text=tuple(Language),
        errors=list(errors),
    )
