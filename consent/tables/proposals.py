"""Tables of what a steward proposes and another decides."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Proposal(TypedColumns):
    """That an act or a denial be annulled, an agreement ended, or sharing opened after a restore (``about``).

    ``cause``: a code, of an annulment alone; ``words``: encrypted, of an opening alone.
    """

    proposal_id: Named[Uuid] = Column(UUID, primary_key=True)
    kind: Named[str] = Column(Text, nullable=False)
    about: Named[Uuid] = Column(UUID, nullable=False, index=True)
    cause: Named[str | None] = Column(Text)
    office: Named[str] = Column(Text, nullable=False)
    proposed_by: Named[str] = Column(Text, nullable=False)
    proposed_at: Named[datetime] = Column(Timestamp, nullable=False)
    words: Named[bytes | None] = Column(LargeBinary)


class _ProposalEnd(TypedColumns):
    """The second steward's word on a proposal."""

    proposal_id: Named[Uuid] = Column(UUID, ForeignKey("consent.proposal.proposal_id"), primary_key=True)
    accepted: Named[bool] = Column(Boolean, nullable=False)
    decided_by: Named[str] = Column(Text, nullable=False)
    decided_at: Named[datetime] = Column(Timestamp, nullable=False)


proposal = Table("proposal", CONSENT, _Proposal)
proposal_end = Table("proposal_end", CONSENT, _ProposalEnd)

Index("proposal_office_idx", proposal.c.office, proposal.c.proposed_at)
