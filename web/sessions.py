"""Sessions of people on the pages: a secret in a cookie, its SHA-256 in the database, two ends (PAGES.md 2)."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from db.engine import Database, Read, Transaction
from web.queries import drafts
from web.queries import sessions as rows
from web.queries.sessions import SessionRow

SECRET_BYTES: Final = 32
"""256 bits, spelled in hex: no chance spelling of it has the shape of a HETU."""
IDLE: Final = timedelta(minutes=30)
LONG_IDLE: Final = timedelta(hours=8)
LIFE: Final = timedelta(hours=8)
FRESH_FOR: Final = timedelta(minutes=5)
"""Where four eyes are asked for, who acts has proved who they are this lately (PAGES.md 2)."""
SEEN_EVERY: Final = timedelta(seconds=60)
"""A session's last use is noted this exactly, so that most pages write nothing of it."""


class Role(StrEnum):
    """What somebody does here; one session has one (PAGES.md 2)."""

    PERSON = "person"
    CASE_WORKER = "case_worker"
    STEWARD = "steward"
    AUDITOR = "auditor"

    @property
    def in_office(self) -> bool:
        """Whether they work for one office and see only its own."""
        return self in (Role.CASE_WORKER, Role.STEWARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody whom the provider vouches for: ``subject`` is its lasting name for them, ``office`` a Y-tunnus."""

    role: Role
    subject: str = field(repr=False)
    office: str | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, with the hash of the session's secret and the token that its forms carry."""

    who: Who
    session_hash: bytes = field(repr=False)
    form_token: str = field(repr=False)
    opened_at: datetime
    ends_at: datetime
    signed_in_at: datetime | None = None

    def fresh(self, at: datetime) -> bool:
        """Say whether they proved who they are lately enough to be one of two pairs of eyes."""
        return self.signed_in_at is not None and at - self.signed_in_at <= FRESH_FOR


def digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def fresh_secret() -> str:
    """Make a secret for a cookie."""
    return secrets.token_hex(SECRET_BYTES)


def open_(
    tx: Transaction,
    who: Who,
    *,
    long_idle: bool,
    signed_in_at: datetime | None,
    at: datetime,
    former: str | None = None,
) -> str:
    """Begin a session and return its secret; a new one at each sign-in, so none can be planted beforehand.

    ``signed_in_at``: when the provider says that they proved who they are, None when it does not say. ``former``: the secret that the
    browser still holds of a session that has ended; forms begun in it go on where it was the same person's.
    """
    secret = fresh_secret()
    idle = LONG_IDLE if long_idle else IDLE
    rows.open_session(
        tx,
        SessionRow(
            session_hash=digest(secret),
            role=who.role,
            subject=who.subject,
            office=who.office,
            person_id=who.person_id,
            opened_at=at,
            seen_at=at,
            idle_s=int(idle.total_seconds()),
            ends_at=at + LIFE,
            signed_in_at=signed_in_at,
        ),
    )
    if former is not None and was(tx, former) == who:
        drafts.move(tx, from_hash=digest(former), to_hash=digest(secret))
    rows.sweep(tx, at=at, idle=LONG_IDLE)
    return secret


def was(read: Read, secret: str) -> Who | None:
    """Say whose session a secret opened, though it may have ended; None where nobody knows any more."""
    row = rows.former_session(read, session_hash=digest(secret))
    return None if row is None else _who(row)


def find(database: Database, secret: str, *, at: datetime) -> Session | None:
    """Give the session of a cookie's secret, None when there is none or it has ended."""
    with database.read() as read:
        row = rows.find_session(read, session_hash=digest(secret), at=at)
    if row is None:
        return None
    if at - row.seen_at > SEEN_EVERY:
        with database.transaction() as tx:
            rows.see_session(tx, session_hash=row.session_hash, at=at)
    return Session(_who(row), row.session_hash, form_token(secret), row.opened_at, row.ends_at, row.signed_in_at)


def _who(row: SessionRow) -> Who:
    return Who(role=Role(row.role), subject=row.subject, office=row.office, person_id=row.person_id)


def renew(tx: Transaction, session: Session, *, signed_in_at: datetime, at: datetime) -> str:
    """Note that its holder proved anew who they are, and return its new secret; what was begun in it stays, and its end too."""
    secret = fresh_secret()
    rows.renew_session(
        tx, session_hash=session.session_hash, renewed_hash=digest(secret), signed_in_at=signed_in_at, at=at
    )
    return secret


def close(tx: Transaction, session: Session) -> None:
    """End a session."""
    rows.close_session(tx, session_hash=session.session_hash)


def form_token(secret: str) -> str:
    """Derive what each form of a session carries: it shows that the form is ours, and nothing of the cookie."""
    return hashlib.sha256(b"form" + secret.encode()).hexdigest()
