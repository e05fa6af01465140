"""Faults on a page before it is written: repeated, reordered, running in a circle, its window moved, its rows broken."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from simulators.broken import break_rows
from simulators.faults.catalogue import Fault, FaultName
from simulators.wire import Page

A_DAY = 86_400.0
A_SHARE = 0.01
VERSION = re.compile(rb'("versio":|<versio>)(\d+)')
CHANGED_AT = re.compile(rb'("muokattuAika":"|<muokattuAika>|"lastUpdated":")\d{4}')


@dataclass(slots=True)
class Followed:
    """What one fault remembers of one list, from page to page."""

    pages: int = 0
    cursor: str | None = None
    kept: tuple[bytes, ...] = field(default=())


def strike(fault: Fault, page: Page, followed: Followed) -> Page:
    """Give the page as the fault leaves it."""
    struck = _STRIKES[fault.name](fault, page, followed)
    followed.pages += 1
    if page.next is None and fault.name is not FaultName.CURSOR_SEEN:
        followed.pages, followed.kept = 0, ()
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


def _lead_away(_: Fault, page: Page, __: Followed) -> Page:
    return replace(page, next=page.next and page.next.replace("/fhir-r4/", "/hallinta/"))


def _move_stamp(_: Fault, page: Page, followed: Followed) -> Page:
    return replace(page, stamp=_later(page.stamp, float(followed.pages)))


def _stamp_in_future(fault: Fault, page: Page, _: Followed) -> Page:
    return replace(page, stamp=_later(page.stamp, A_DAY if fault.amount is None else fault.amount))


def _break(fault: Fault, page: Page, _: Followed) -> Page:
    return break_rows(page, fault.detail, A_SHARE if fault.amount is None else fault.amount)


def _empty(_: Fault, page: Page, __: Followed) -> Page:
    return replace(page, records=(), next=None)


def _age(_: Fault, page: Page, __: Followed) -> Page:
    older = (VERSION.sub(_one_lower, record) for record in page.records)
    again = tuple(aged for record, aged in zip(page.records, older, strict=True) if aged != record)
    return replace(page, records=page.records + again)


def _one_lower(found: re.Match[bytes]) -> bytes:
    return found[1] + b"%d" % max(int(found[2]) - 1, 1)


def _contradict(_: Fault, page: Page, __: Followed) -> Page:
    changed = tuple(CHANGED_AT.sub(rb"\g<1>1999", record) for record in page.records)
    return replace(page, records=page.records + changed)


def _damage(_: Fault, page: Page, __: Followed) -> Page:
    if not page.records:
        return page
    first = page.records[0]
    damaged = first.replace(b"</", b"<", 1) if first.startswith(b"<") else b'"' + first[2:8].replace(b'"', b"") + b'"'
    return replace(page, records=(damaged, *page.records[1:]))


def _later(stamp: str, seconds: float) -> str:
    moved = datetime.fromisoformat(stamp) + timedelta(seconds=seconds)
    return moved.isoformat(timespec="seconds").replace("+00:00", "Z")


_STRIKES: dict[FaultName, Callable[[Fault, Page, Followed], Page]] = {
    FaultName.REPEATED_PAGE: _repeat,
    FaultName.REORDERED_PAGES: _reorder,
    FaultName.CURSOR_SEEN: _circle,
    FaultName.FOREIGN_LINK: _lead_away,
    FaultName.STAMP_MOVED: _move_stamp,
    FaultName.STAMP_IN_FUTURE: _stamp_in_future,
    FaultName.EMPTY_LIST: _empty,
    FaultName.OLDER_VERSION: _age,
    FaultName.VERSION_CONFLICT: _contradict,
    FaultName.MALFORMED_RECORD: _damage,
    FaultName.BROKEN_ROWS: _break,
}
