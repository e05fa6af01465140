"""Looks that stand out one by one: at whom, and after what."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, Select, exists, func, literal, or_, select

from audit import tables
from audit.queries.search import array

READS: Final = ("disclosure.read", "disclosure.exported", "query.decided", "person.viewed", "receipt.issued")
AFTER_NO: Final = timedelta(days=7)
"""A request so soon after a no is looked at."""
_THEMSELVES: Final = ("person", "representative")
"""People on their own pages are nobody's workers."""
_NOES: Final = ("consent.withdrawn", "consent.refused", "denial.recorded")

Found = Select[UUID, bytes | None]
"""The events that a rule names, each with the pseudonym of whom it is about."""


def looks(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Ask for the looks of named workers in ``[since, until)``."""
    of = tables.event.c
    return of.t >= since, of.t < until, of.type.in_(READS), of.actor_user.is_not(None), by_workers()


def by_workers() -> ColumnElement[bool]:
    """Leave out what people do on their own pages."""
    return func.coalesce(tables.event.c.role, "").not_in(_THEMSELVES)


def no_relation(since: datetime, until: datetime) -> Found:
    """Find who asked about somebody with whom their organisation has no open task."""
    return _with_reason("no_task", since, until)


def protected(since: datetime, until: datetime) -> Found:
    """Find who asked about a protected person and was refused; what the named coach saw is found beside the identities."""
    return _with_reason("protected", since, until)


def emergency(since: datetime, until: datetime) -> Found:
    """Find every use of the rule for emergencies."""
    return _with_reason("emergency", since, until)


def _with_reason(reason: str, since: datetime, until: datetime) -> Found:
    of = tables.event.c
    return select(of.id, of.person).where(*looks(since, until), array(of.reasons).contains([reason])).order_by(of.t)


def after_no(since: datetime, until: datetime) -> Found:
    """Find who asked for what the person had said no to in the days before, given or not, where the log calls the person alike in both.

    It calls one person otherwise in each retention class; the rest is found by whom a decision was about (``publish.relations``).
    """
    of, no = tables.event.c, tables.event.alias("no").c
    said_no = exists().where(
        no.person == of.person,
        no.type.in_(_NOES),
        no.t <= of.t,
        no.t > of.t - literal(AFTER_NO, Interval()),
        or_(no.categories.is_(None), array(no.categories).overlap(array(of.categories))),
    )
    return select(of.id, of.person).where(*looks(since, until), said_no).order_by(of.t)
