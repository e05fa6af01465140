"""A random sample of what a search found: drawn by a seed that the log keeps, so that anybody draws the same again."""

import re
import secrets
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from audit.queries import search
from audit.queries.readers import Reader, reading_as
from consent.queries import then
from web import drafts
from web.auditor import trace, why
from web.auditor.exporting import address_of, asked_of
from web.auditor.found import person_in
from web.lines import lines
from web.pages.visit import Visit
from web.pages.words import Words
from web.steward import offices

ROUTE: Final = "GET /audit/found/{draft}/sample"
AMOUNTS: Final = (10, 20, 50, 100)
_SEED: Final = re.compile(r"[0-9A-Za-z-]{8,64}")
_SEED_BYTES: Final = 8


def sample(visit: Visit) -> Response:
    """Ask how many to draw and by which seed, or draw; what is drawn is told to the log with its seed before it is shown."""
    seed, amount = visit.query.get("seed", ""), visit.query.get("amount", "")
    if not seed:
        return _form(visit, secrets.token_hex(_SEED_BYTES))
    if not _SEED.fullmatch(seed) or amount not in map(str, AMOUNTS):
        return _form(visit, seed, errors=[("seed", "bad_seed")])
    return _drawn(visit, seed, int(amount))


def _form(visit: Visit, seed: str, *, errors: list[tuple[str, str]] | None = None) -> Response:
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        asked = asked_of(read, visit, answers)
    return visit.page(
        "auditor/sample.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        here="/" if answers["door"] == "person" else "/audit/doers",
        errors=visit.faults("sample", errors or ()),
        answers=answers,
        seed=seed,
        amounts=AMOUNTS,
        sizes=asked.sizes,
        hidden=[each.partition("=")[::2] for each in address_of(asked).split("&")],
        rows=None,
        back=f"/audit/found/{visit.path['draft']}",
    )


def _drawn(visit: Visit, seed: str, amount: int) -> Response:
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        asked = asked_of(read, visit, answers)
        with reading_as(read, Reader.AUDITOR):
            rows = (
                []
                if asked.wanted is None or not asked.sizes
                else search.sample(read, asked.wanted, sizes=asked.sizes, seed=seed, limit=amount)
            )
        names, doubted = offices.names(read, visit.language), then.doubted(read)
        drawn = lines(rows, Words(visit.language), names, doubted=doubted)
        again = {each.id: trace.made_again(read, each.entry.decision_id) for each in drawn}
    told = {**answers, "seed": seed, "amount": str(amount), "at": address_of(asked)}
    why.tell(visit, ROUTE, told, count=len(rows), person_id=person_in(answers))
    return visit.page(
        "auditor/sample.html",
        here="/" if answers["door"] == "person" else "/audit/doers",
        answers=answers,
        seed=seed,
        sizes=asked.sizes,
        rows=drawn,
        again=again,
        draft=visit.path["draft"],
        back=f"/audit/found/{visit.path['draft']}",
    )
