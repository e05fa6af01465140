"""The rows that changes of the register append, and the register's number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from consent.tables import agreement, notice, recipient, recipient_user, register, statute
from db.engine import Transaction


def number_register(tx: Transaction) -> int:
    """Give the register its next number; whoever changes it waits here for who did before."""
    return tx.execute(update(register).values(seq=register.c.seq + 1).returning(register.c.seq)).scalar_one()


def append_party(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a party or a further place of one."""
    tx.execute(insert(recipient).values(**values))


def resolve_tasks(tx: Transaction, party: str, *, at: datetime) -> None:
    """Give a party the tasks of everybody who belongs to the places it serves."""
    tx.execute(select(func.consent.resolve_tasks(party, at)))


def append_agreement(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a version of an agreement."""
    tx.execute(insert(agreement).values(**values))


def append_notice(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a text of an agreement."""
    tx.execute(insert(notice).values(**values))


def append_statute(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a version of a statute."""
    tx.execute(insert(statute).values(**values))


def append_coach(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add that a user is a coach."""
    tx.execute(insert(recipient_user).values(**values))
