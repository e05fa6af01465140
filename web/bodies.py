"""What the bodies of the calls about people, the feed and the reports hold."""

from typing import Final
from uuid import UUID

from consent.model import EMERGENCY_JUSTIFICATION_MIN, Emergency
from publish import references
from publish.outbox import Done, Report
from publish.references import Prefix
from schemas.identifiers import Hetu
from web import members
from web.members import MOST_LISTED

__all__ = ["LARGEST_NUMBER", "LONGEST_JUSTIFICATION", "MOST_LISTED", "chosen", "emergency", "hetu", "ref", "reports"]

LONGEST_JUSTIFICATION: Final = 2_000
LARGEST_NUMBER: Final = (1 << 63) - 1


def hetu(body: bytes, *, artificial_only: bool) -> Hetu:
    """Read ``{"hetu": "..."}``; raises the problem ``invalid_request``."""
    return members.hetu(members.whole(body, ("hetu",)), "/hetu", artificial_only=artificial_only)


def emergency(body: bytes, *, user: str) -> Emergency:
    """Read ``{"emergency": {"justification": "..."}}``, claimed by this user."""
    claim = members.inner(members.whole(body, ("emergency",))["emergency"], ("justification",), "/emergency")
    text = members.text(claim, "justification", "/emergency/justification").strip()
    if not EMERGENCY_JUSTIFICATION_MIN <= len(text) <= LONGEST_JUSTIFICATION:
        raise members.wrong("/emergency/justification", "length")
    return Emergency(user, text)


def chosen(body: bytes) -> tuple[str, tuple[UUID, ...]]:
    """Read ``{"after": "t_...", "person_refs": ["pr_...", ...]}``: where to go on, and about whom."""
    given = members.whole(body, ("after", "person_refs"))
    refs = members.listed(given, "person_refs")
    after = members.text(given, "after", "/after")
    return after, tuple(ref(text, f"/person_refs/{n}") for n, text in enumerate(refs))


def ref(text: object, pointer: str) -> UUID:
    """Read a reference of a person by its form; whose it is shows later."""
    found = references.read(Prefix.PERSON, text) if isinstance(text, str) else None
    if found is None:
        raise members.wrong(pointer, "form")
    return found


def reports(body: bytes) -> list[Report]:
    """Read ``{"applied": [{"seq": 1, "done": "deleted", "at": "2026-06-04T07:00:00Z"}, ...]}``."""
    given = members.listed(members.whole(body, ("applied",)), "applied")
    return [_report(each, f"/applied/{n}") for n, each in enumerate(given)]


def _report(value: object, pointer: str) -> Report:
    told = members.inner(value, ("seq", "done", "at"), pointer)
    seq = members.number(told, "seq", f"{pointer}/seq", least=1, most=LARGEST_NUMBER)
    done = members.text(told, "done", f"{pointer}/done")
    if done not in set(Done):
        raise members.wrong(f"{pointer}/done", "code")
    return Report(seq, Done(done), members.moment(told, "at", f"{pointer}/at"))
