"""The body of a question about who has looked at a person (API.md 5.9)."""

from typing import Final

from publish.usage import Wanted
from schemas.identifiers import Hetu
from web import members
from web.members import Members

MOST: Final = 1_000
FURTHEST: Final = 1_000_000
_OPTIONAL: Final = ("periodStart", "periodEnd", "offset", "limit")


def read(body: bytes, *, artificial_only: bool) -> Wanted:
    """Read ``{"asker": {"hetu": "..."}, "subject": {"hetu": "..."}, "periodStart": "...", "offset": 0, "limit": 1000}``."""
    given = members.whole(body, ("asker", "subject"), optional=_OPTIONAL)
    since, until = (
        members.moment(given, name, f"/{name}") if name in given else None for name in ("periodStart", "periodEnd")
    )
    if since is not None and until is not None and until <= since:
        raise members.wrong("/periodEnd", "order")
    return Wanted(
        asker=_hetu(given, "asker", artificial_only=artificial_only),
        subject=_hetu(given, "subject", artificial_only=artificial_only),
        since=since,
        until=until,
        offset=members.number(given, "offset", "/offset", least=0, most=FURTHEST) if "offset" in given else 0,
        limit=members.number(given, "limit", "/limit", least=1, most=MOST) if "limit" in given else MOST,
    )


def _hetu(given: Members, name: str, *, artificial_only: bool) -> Hetu:
    who = members.inner(given[name], ("hetu",), f"/{name}")
    return members.hetu(who, f"/{name}/hetu", artificial_only=artificial_only)
