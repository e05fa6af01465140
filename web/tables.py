"""The tables of schema web: sessions, sign-ins on their way, forms begun, feedback; of each secret only its SHA-256."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.metadata import Schema, Timestamp, metadata_of

WEB = metadata_of(Schema.WEB)


class _Session(TypedColumns):
    """Somebody signed in, in one role: `subject` is the provider's name for them, `office` (Y-tunnus) whom they work for.

    It ends at `ends_at`, and `idle_s` seconds after `seen_at`. A person's own session names who they are by `person_id`, if known.
    `signed_in_at`: when they last proved who they are, as far as the provider says.
    """

    session_hash: Named[bytes] = Column(LargeBinary, primary_key=True)
    role: Named[str] = Column(Text, nullable=False)
    subject: Named[str] = Column(Text, nullable=False)
    office: Named[str | None] = Column(Text)
    person_id: Named[Uuid | None] = Column(UUID)
    opened_at: Named[datetime] = Column(Timestamp, nullable=False)
    seen_at: Named[datetime] = Column(Timestamp, nullable=False)
    idle_s: Named[int] = Column(Integer, nullable=False)
    ends_at: Named[datetime] = Column(Timestamp, nullable=False, index=True)
    signed_in_at: Named[datetime | None] = Column(Timestamp)


class _SignIn(TypedColumns):
    """A browser sent to the provider and not yet back; used once. `back_to` is the page asked for, a path of ours.

    `renews`: the session that whoever has it signs in anew for, none when they sign in.
    """

    state_hash: Named[bytes] = Column(LargeBinary, primary_key=True)
    browser_hash: Named[bytes] = Column(LargeBinary, nullable=False)
    nonce: Named[str] = Column(Text, nullable=False)
    verifier: Named[str] = Column(Text, nullable=False)
    back_to: Named[str] = Column(Text, nullable=False)
    long_idle: Named[bool] = Column(Boolean, nullable=False)
    ends_at: Named[datetime] = Column(Timestamp, nullable=False, index=True)
    renews: Named[bytes | None] = Column(LargeBinary)


class _Draft(TypedColumns):
    """What was answered in the steps of a form before its last one, encrypted."""

    draft_hash: Named[bytes] = Column(LargeBinary, primary_key=True)
    session_hash: Named[bytes] = Column(
        LargeBinary,
        ForeignKey("web.session.session_hash", onupdate="CASCADE", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )
    box: Named[bytes] = Column(LargeBinary, nullable=False)
    ends_at: Named[datetime] = Column(Timestamp, nullable=False, index=True)


class _Feedback(TypedColumns):
    """What a visitor told of the pages, encrypted, and the answer, found by the reference that only they were given."""

    feedback_id: Named[Uuid] = Column(UUID, primary_key=True)
    reference_hash: Named[bytes] = Column(LargeBinary, nullable=False, unique=True)
    box: Named[bytes] = Column(LargeBinary, nullable=False)
    sent_at: Named[datetime] = Column(Timestamp, nullable=False, index=True)
    answer: Named[bytes | None] = Column(LargeBinary)
    answered_by: Named[str | None] = Column(Text)
    answered_at: Named[datetime | None] = Column(Timestamp)


class _SavedSearch(TypedColumns):
    """A search that an auditor named: `asked` holds codes and a number of days, and nothing that names anybody."""

    saved_id: Named[Uuid] = Column(UUID, primary_key=True)
    subject: Named[str] = Column(Text, nullable=False)
    name: Named[str] = Column(Text, nullable=False)
    asked: Named[dict[str, str]] = Column(JSONB, nullable=False)
    used_at: Named[datetime] = Column(Timestamp, nullable=False)


session = Table("session", WEB, _Session)
sign_in = Table("sign_in", WEB, _SignIn)
draft = Table("draft", WEB, _Draft)
feedback = Table("feedback", WEB, _Feedback)
saved_search = Table("saved_search", WEB, _SavedSearch, UniqueConstraint("subject", "name"))
