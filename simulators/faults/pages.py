"""Faults on a page before it is written: repeated, reordered, running in a circle, its window moved, its rows broken."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from simulators.faults.catalogue import Fault, FaultName
from simulators.wire import Page

A_DAY = 86_400.0
A_SHARE = 0.01

Breaking = Callable[[Page, str, float], Page]


@dataclass(slots=True)
class Followed:
    """What one fault remembers of one list, from page to page."""

    pages: int = 0
    cursor: str | None = None
    kept: tuple[bytes, ...] = field(default=())


def strike(fault: Fault, page: Page, followed: Followed, breaking: Breaking) -> Page:
    """Give the page as the fault leaves it."""
    if fault.name is FaultName.BROKEN_ROWS:
        return breaking(page, fault.detail, A_SHARE if fault.amount is None else fault.amount)
    struck = _STRIKES[fault.name](fault, page, followed)
    followed.pages += 1
    return struck


def _repeat(_: Fault, page: Page, followed: Followed) -> Page:
    again = followed.kept if followed.pages else ()
    followed.kept = page.records
    if not followed.pages and page.next is None:
        again = page.records
    return replace(page, records=again + page.records)


def _reorder(_: Fault, page: Page, followed: Followed) -> Page:
    backwards = page.records[::-1]
    if page.next is None:
        return replace(page, records=backwards + followed.kept)
    if followed.pages:
        return replace(page, records=backwards)
    followed.kept = backwards
    return replace(page, records=())


def _circle(_: Fault, page: Page, followed: Followed) -> Page:
    if followed.cursor is None:
        followed.cursor = page.next
        return page
    return replace(page, next=followed.cursor)


def _move_stamp(_: Fault, page: Page, followed: Followed) -> Page:
    return replace(page, stamp=_later(page.stamp, float(followed.pages)))


def _stamp_in_future(fault: Fault, page: Page, _: Followed) -> Page:
    return replace(page, stamp=_later(page.stamp, A_DAY if fault.amount is None else fault.amount))


def _empty(_: Fault, page: Page, __: Followed) -> Page:
    return replace(page, records=(), next=None)


def _later(stamp: str, seconds: float) -> str:
    moved = datetime.fromisoformat(stamp) + timedelta(seconds=seconds)
    return moved.isoformat(timespec="seconds").replace("+00:00", "Z")


_STRIKES: dict[FaultName, Callable[[Fault, Page, Followed], Page]] = {
    FaultName.REPEATED_PAGE: _repeat,
    FaultName.REORDERED_PAGES: _reorder,
    FaultName.CURSOR_SEEN: _circle,
    FaultName.STAMP_MOVED: _move_stamp,
    FaultName.STAMP_IN_FUTURE: _stamp_in_future,
    FaultName.EMPTY_LIST: _empty,
}
