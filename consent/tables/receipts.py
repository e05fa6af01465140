"""Tables of receipts, of who issues them, of how parties are reached, and of scans."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Issuer(TypedColumns):
    """The one row that says under which public address receipts are issued, and which log (its host) holds their events."""

    one: Named[bool] = Column(Boolean, primary_key=True, server_default="true")
    url: Named[str] = Column(Text, nullable=False)
    log: Named[str] = Column(Text, nullable=False)


class _PartyCard(TypedColumns):
    """How a party (Y-tunnus) is called and reached; the last one recorded counts."""

    party: Named[str] = Column(Text, primary_key=True)
    name_fi: Named[str] = Column(Text, nullable=False)
    name_sv: Named[str] = Column(Text, nullable=False)
    name_en: Named[str] = Column(Text, nullable=False)
    email: Named[str] = Column(Text, nullable=False)
    phone: Named[str | None] = Column(Text)
    url: Named[str | None] = Column(Text)
    street: Named[str] = Column(Text, nullable=False)
    postcode: Named[str] = Column(Text, nullable=False)
    town: Named[str] = Column(Text, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, primary_key=True)


class _Receipt(TypedColumns):
    """A signed receipt of one event, whole. ``about``: the act, denial or pause; ``subject``: what it calls the person.

    ``previous_sha256`` is of the former receipt of the same person under the same agreement, or of the same denial.
    """

    jti: Named[Uuid] = Column(UUID, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    event: Named[str] = Column(Text, nullable=False)
    about: Named[Uuid] = Column(UUID, nullable=False, index=True)
    agreement_id: Named[Uuid | None] = Column(UUID)
    subject: Named[Uuid] = Column(UUID, nullable=False)
    jws: Named[str] = Column(Text, nullable=False)
    sha256: Named[bytes] = Column(LargeBinary, nullable=False)
    previous_sha256: Named[bytes | None] = Column(LargeBinary)
    issued_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Evidence(TypedColumns):
    """A scan of the paper behind an act; the encrypted file lies in the store under ``object_key``, ``sha256`` is of it in plain."""

    evidence_id: Named[Uuid] = Column(UUID, primary_key=True)
    act_id: Named[Uuid] = Column(UUID, ForeignKey("consent.act.act_id"), nullable=False, index=True)
    sha256: Named[bytes] = Column(LargeBinary, nullable=False)
    media_type: Named[str] = Column(Text, nullable=False)
    bytes: Named[int] = Column(Integer, nullable=False)
    object_key: Named[str] = Column(Text, nullable=False)
    office: Named[str] = Column(Text, nullable=False)
    recorded_by: Named[str] = Column(Text, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


issuer = Table("issuer", CONSENT, _Issuer)
party_card = Table("party_card", CONSENT, _PartyCard)
receipt = Table("receipt", CONSENT, _Receipt)
evidence = Table("evidence", CONSENT, _Evidence)
