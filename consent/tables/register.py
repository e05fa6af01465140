"""Tables of what holds for everybody: agreements, notices, statutes and parties, each change a row more."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Register(TypedColumns):
    """The one row that numbers the register's changes; every change locks it."""

    one: Named[bool] = Column(Boolean, primary_key=True, server_default="true")
    seq: Named[int] = Column(BigInteger, nullable=False)


class _Recipient(TypedColumns):
    """A party (Y-tunnus), controller or recipient, its kind and the places it serves, in ``[valid_from, valid_until)``."""

    recipient_id: Named[Uuid] = Column(UUID, primary_key=True)
    recipient: Named[str] = Column(Text, nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    area: Named[str | None] = Column(Text)
    municipality: Named[str | None] = Column(Text)
    county: Named[str | None] = Column(Text)
    valid_from: Named[datetime | None] = Column(Timestamp)
    valid_until: Named[datetime | None] = Column(Timestamp)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Agreement(TypedColumns):
    """An agreement under which consents are asked; its last version is the one that counts.

    Other parties, purpose or categories make a new agreement. ``special``: a steward's record of a consent needs a second steward.
    """

    agreement_id: Named[Uuid] = Column(UUID, primary_key=True)
    version: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    state: Named[str] = Column(Text, nullable=False)
    controller: Named[str] = Column(Text, nullable=False)
    source: Named[str] = Column(Text, nullable=False)
    categories: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    recipient: Named[str] = Column(Text, nullable=False)
    recipient_system: Named[str | None] = Column(Text)
    purpose: Named[str] = Column(Text, nullable=False)
    task_ground: Named[str | None] = Column(Text)
    special: Named[bool] = Column(Boolean, nullable=False)
    max_days: Named[int] = Column(Integer, nullable=False, server_default="365")
    extension_allowed: Named[bool] = Column(Boolean, nullable=False, server_default="true")
    signature_to_grant: Named[bool] = Column(Boolean, nullable=False, server_default="false")
    signature_to_withdraw: Named[bool] = Column(Boolean, nullable=False, server_default="false")
    own_act_age: Named[int] = Column(Integer, nullable=False, server_default="18")
    max_grace_days: Named[int] = Column(Integer, nullable=False, server_default="30")
    retention_days: Named[int | None] = Column(Integer)
    onward: Named[bool] = Column(Boolean, nullable=False, server_default="false")
    storage_place: Named[str | None] = Column(Text)
    jurisdiction: Named[str | None] = Column(Text)
    withdrawal_url: Named[str | None] = Column(Text)
    rights_url: Named[str | None] = Column(Text)
    authority: Named[str | None] = Column(Text)
    dpia_ref: Named[str | None] = Column(Text)
    approved_by: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    valid_from: Named[datetime] = Column(Timestamp, nullable=False)
    valid_until: Named[datetime | None] = Column(Timestamp)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Notice(TypedColumns):
    """The n-th text shown before a consent under an agreement, in three languages."""

    agreement_id: Named[Uuid] = Column(UUID, primary_key=True)
    n: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    text_fi: Named[str] = Column(Text, nullable=False)
    text_sv: Named[str] = Column(Text, nullable=False)
    text_en: Named[str] = Column(Text, nullable=False)
    sha256_fi: Named[bytes] = Column(LargeBinary, nullable=False)
    sha256_sv: Named[bytes] = Column(LargeBinary, nullable=False)
    sha256_en: Named[bytes] = Column(LargeBinary, nullable=False)
    change: Named[str] = Column(Text, nullable=False)
    approved_by: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    published_at: Named[datetime] = Column(Timestamp, nullable=False)
    grace_until: Named[datetime] = Column(Timestamp, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Statute(TypedColumns):
    """A right given by law; a higher version takes over from a lower one at its ``valid_from``."""

    statute_id: Named[Uuid] = Column(UUID, primary_key=True)
    version: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    key: Named[str] = Column(Text, nullable=False)
    law_ref: Named[str] = Column(Text, nullable=False)
    text_fi: Named[str] = Column(Text, nullable=False)
    text_sv: Named[str] = Column(Text, nullable=False)
    text_en: Named[str] = Column(Text, nullable=False)
    verified: Named[bool] = Column(Boolean, nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    controller_kind: Named[str] = Column(Text, nullable=False)
    categories: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    recipient_kind: Named[str] = Column(Text, nullable=False)
    purpose: Named[str] = Column(Text, nullable=False)
    task_ground: Named[str | None] = Column(Text)
    overrides_denial: Named[bool] = Column(Boolean, nullable=False, server_default="true")
    dpia_ref: Named[str | None] = Column(Text)
    approved_by: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    valid_from: Named[datetime] = Column(Timestamp, nullable=False)
    valid_until: Named[datetime | None] = Column(Timestamp)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


register = Table("register", CONSENT, _Register)
recipient = Table("recipient", CONSENT, _Recipient)
agreement = Table("agreement", CONSENT, _Agreement)
notice = Table("notice", CONSENT, _Notice)
statute = Table("statute", CONSENT, _Statute)

Index("recipient_area_idx", recipient.c.area, postgresql_where=recipient.c.area.is_not(None))
Index("recipient_municipality_idx", recipient.c.municipality, postgresql_where=recipient.c.municipality.is_not(None))
