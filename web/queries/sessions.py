"""Sessions and sign-ins by the hashes of their secrets."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from db.engine import Read, Transaction
from web.tables import draft, session, sign_in


class SessionRow(NamedTuple):
    """A session as it rests."""

    session_hash: bytes
    role: str
    subject: str
    office: str | None
    person_id: UUID | None
    opened_at: datetime
    seen_at: datetime
    idle_s: int
    ends_at: datetime
    signed_in_at: datetime | None = None


class SignInRow(NamedTuple):
    """A sign-in under way."""

    state_hash: bytes
    browser_hash: bytes
    nonce: str
    verifier: str
    back_to: str
    long_idle: bool
    ends_at: datetime
    renews: bytes | None = None


def open_session(tx: Transaction, row: SessionRow) -> None:
    """Add a session."""
    tx.execute(insert(session).values(row._asdict()))


def find_session(read: Read, *, session_hash: bytes, at: datetime) -> SessionRow | None:
    """Give a session that has not ended and was seen lately enough."""
    of = session.c
    idle = func.make_interval(0, 0, 0, 0, 0, 0, of.idle_s)
    row = read.execute(
        select(session).where(of.session_hash == session_hash, of.ends_at > at, of.seen_at + idle > at)
    ).one_or_none()
    return None if row is None else SessionRow(*row)


def former_session(read: Read, *, session_hash: bytes) -> SessionRow | None:
    """Give a session whether it has ended or not, as long as it has not been swept away."""
    row = read.execute(select(session).where(session.c.session_hash == session_hash)).one_or_none()
    return None if row is None else SessionRow(*row)


def see_session(tx: Transaction, *, session_hash: bytes, at: datetime) -> None:
    """Note that a session was used."""
    tx.execute(update(session).where(session.c.session_hash == session_hash).values(seen_at=at))


def renew_session(
    tx: Transaction, *, session_hash: bytes, renewed_hash: bytes, signed_in_at: datetime, at: datetime
) -> None:
    """Put a session under a new secret, with the forms begun in it."""
    anew = {"session_hash": renewed_hash, "signed_in_at": signed_in_at, "seen_at": at}
    tx.execute(update(session).where(session.c.session_hash == session_hash).values(anew))


def close_session(tx: Transaction, *, session_hash: bytes) -> None:
    """Take a session away, with the forms begun in it."""
    tx.execute(delete(session).where(session.c.session_hash == session_hash))


def begin_sign_in(tx: Transaction, row: SignInRow) -> None:
    """Add a sign-in."""
    tx.execute(insert(sign_in).values(row._asdict()))


def take_sign_in(tx: Transaction, *, state_hash: bytes, at: datetime) -> SignInRow | None:
    """Give a sign-in once: it is gone afterwards, whatever comes of it."""
    taken = delete(sign_in).where(sign_in.c.state_hash == state_hash).returning(sign_in)
    row = tx.execute(taken).mappings().one_or_none()
    return None if row is None or row["ends_at"] <= at else SignInRow(**row)


def sweep(tx: Transaction, *, at: datetime, idle: timedelta) -> None:
    """Take away what has ended; ``idle``: the longest that any session may rest."""
    tx.execute(delete(session).where((session.c.ends_at <= at) | (session.c.seen_at <= at - idle)))
    tx.execute(delete(sign_in).where(sign_in.c.ends_at <= at))
    tx.execute(delete(draft).where(draft.c.ends_at <= at))
