"""Searches that auditors named, each of one auditor alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from db.engine import Read, Transaction
from web.tables import saved_search


class Saved(NamedTuple):
    """A saved search: ``asked`` holds codes and a number of days."""

    saved_id: UUID
    name: str
    asked: Mapping[str, str]


def listed(read: Read, *, subject: str) -> list[Saved]:
    """List an auditor's own searches by name."""
    of = saved_search.c
    rows = read.execute(select(of.saved_id, of.name, of.asked).where(of.subject == subject).order_by(of.name))
    return [Saved(*row) for row in rows]


def find(read: Read, *, subject: str, saved_id: UUID) -> Saved | None:
    """Give one of an auditor's own searches."""
    return next((each for each in listed(read, subject=subject) if each.saved_id == saved_id), None)


def put(tx: Transaction, *, subject: str, saved: Saved, at: datetime) -> None:
    """Keep a search; one of the same name gives way."""
    row = saved._asdict() | {"subject": subject, "used_at": at}
    anew = {"asked": saved.asked, "used_at": at}
    tx.execute(insert(saved_search).values(row).on_conflict_do_update(index_elements=["subject", "name"], set_=anew))


def used(tx: Transaction, *, subject: str, saved_id: UUID, at: datetime) -> None:
    """Note that a search was used: it is kept from then on anew."""
    of = saved_search.c
    tx.execute(update(saved_search).where(of.subject == subject, of.saved_id == saved_id).values(used_at=at))


def forget(tx: Transaction, *, subject: str, saved_id: UUID) -> bool:
    """Take a search away; tell whether there was one."""
    of = saved_search.c
    return tx.execute(delete(saved_search).where(of.subject == subject, of.saved_id == saved_id)).rowcount > 0
