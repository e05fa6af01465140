"""The texts people consent to, for everybody: version by version with their hashes, and two of them compared (CONSENT.md 10)."""

from itertools import pairwise
from typing import Final

from starlette.responses import Response

from consent.model import Agreement
from consent.notices import difference
from consent.queries.notices import Version
from consent.queries.register import register
from db.engine import Read
from web.pages.languages import Language
from web.pages.visit import NotThere, Visit
from web.register import Open, opened, published
from web.steward import offices

HERE: Final = "/notices"


def listed(visit: Visit) -> Response:
    """List the agreements under which consent is asked and a text is out, those in force first."""
    with visit.doors.database.read() as read:
        found = [each for each in opened(register(read).agreements, visit.at) if _is_out(each, visit)]
        names = offices.names(read, visit.language)
    return visit.page("public/notices.html", here=HERE, found=found, names=names)


def one(visit: Visit) -> Response:
    """Show the texts of an agreement, the newest first, in three languages side by side."""
    with visit.doors.database.read() as read:
        found, texts = _texts(read, visit)
        names = offices.names(read, visit.language)
    return visit.page(
        "public/notice.html", here=HERE, found=found, texts=texts[::-1], names=names, tongues=tuple(Language)
    )


def compare(visit: Visit) -> Response:
    """Show two texts as one, with what was taken out and what was put in; without a choice, the last two."""
    with visit.doors.database.read() as read:
        found, texts = _texts(read, visit)
        names = offices.names(read, visit.language)
    older, newer = _two(visit, texts)
    return visit.page(
        "public/compare.html",
        here=HERE,
        found=found,
        names=names,
        texts=texts,
        older=older,
        newer=newer,
        difference=difference(older, newer),
        tongues=tuple(Language),
    )


def _is_out(each: Open, visit: Visit) -> bool:
    assert isinstance(each.rule, Agreement)
    return any(notice.published_at <= visit.at for notice in each.rule.notices)


def _texts(read: Read, visit: Visit) -> tuple[Open, list[Version]]:
    """Find the agreement that the address names, with its texts that are out; raises NotThere where there is none."""
    for each in opened(register(read).agreements, visit.at):
        assert isinstance(each.rule, Agreement)
        if str(each.rule.agreement_id) == visit.path["agreement"] and _is_out(each, visit):
            return each, published(read, each.rule, visit.at)
    raise NotThere


def _two(visit: Visit, texts: list[Version]) -> tuple[Version, Version]:
    """Pick the two texts asked for, the older one first; raises NotThere when there are none such."""
    by_number = {str(each.n): each for each in texts}
    asked = visit.query.get("older"), visit.query.get("newer")
    if asked == (None, None):
        last = list(pairwise(texts))[-1:]
        if not last:
            raise NotThere
        return last[0]
    older, newer = (by_number.get(each or "") for each in asked)
    if older is None or newer is None:
        raise NotThere
    return (older, newer) if older.n <= newer.n else (newer, older)
