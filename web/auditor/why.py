"""Why an auditor looks: asked before anything is shown, and told to the log with each look (PAGES.md 1)."""

from collections.abc import Mapping
from typing import Any, Final

from audit.events import EventType, RequestRef, Result
from web.pages.visit import Visit

CAUSES: Final = ("complaint", "supervision", "authority", "incident")
LONGEST_CASE: Final = 60


def faults(visit: Visit) -> list[tuple[str, str]]:
    """Name what is missing of the reason in a form, as (field, key of the message)."""
    found = []
    if visit.form.one("why") not in CAUSES:
        found.append(("why", "bad_why"))
    if not 0 < len(visit.form.one("case")) <= LONGEST_CASE:
        found.append(("case", "bad_case"))
    return found


def given(visit: Visit) -> dict[str, str]:
    """Take the reason out of a form."""
    return {"why": visit.form.one("why"), "case": visit.form.one("case")}


def tell_plainly(visit: Visit, route: str, *, count: int, **named: object) -> None:
    """Tell the log of a look at what every auditor has to look at, for which no reason is asked."""
    call = RequestRef(route=route, trust="page")
    visit.looked(EventType.LOG_READ, request=call, result=Result(count=count), **named)


def tell(visit: Visit, route: str, reason: Mapping[str, Any], *, count: int, **named: object) -> None:
    """Tell the log of a look at it, under which reason and how much it showed."""
    call = RequestRef(
        route=route,
        trust="page",
        case=str(reason["case"]),
        params={key: value for key, value in reason.items() if key not in ("case", "person") and value},
    )
    visit.looked(EventType.LOG_READ, request=call, result=Result(count=count), **named)
