"""What stewards propose to one another: found while it waits, added, never changed."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, select

from consent.tables import proposal, proposal_end
from db.engine import Read, Transaction


class ProposalKind(StrEnum):
    """What a second steward decides."""

    ANNUL_ACT = "annul_act"
    ANNUL_DENIAL = "annul_denial"
    END_AGREEMENT = "end_agreement"
    REOPEN = "reopen"


class Proposal(NamedTuple):
    """What an office's steward proposes about an act, a denial, an agreement or a closing; ``cause``: why it was an error, by code.

    ``words``: what was done about what a restore lost, encrypted.
    """

    proposal_id: UUID
    kind: ProposalKind
    about: UUID
    cause: str | None
    office: str
    proposed_by: str
    proposed_at: datetime
    words: bytes | None


def waiting(read: Read, *, office: str, since: datetime, limit: int) -> list[Proposal]:
    """List what was proposed at an office since a moment and is not decided, the oldest first."""
    of = proposal.c
    return _read(read, _open(of.office == office, of.proposed_at >= since).limit(limit))


def one(read: Read, proposal_id: UUID, *, office: str, since: datetime) -> Proposal | None:
    """Find a proposal of an office that waits."""
    of = proposal.c
    asked = _open(of.proposal_id == proposal_id, of.office == office, of.proposed_at >= since)
    return next(iter(_read(read, asked)), None)


def about(read: Read, what: UUID, *, office: str, since: datetime) -> Proposal | None:
    """Find what an office has proposed about an act, a denial or an agreement, and has still to decide."""
    of = proposal.c
    return next(iter(_read(read, _open(of.about == what, of.office == office, of.proposed_at >= since))), None)


def append(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a proposal."""
    tx.execute(insert(proposal).values(**values))


def end(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a second steward's word."""
    tx.execute(insert(proposal_end).values(**values))


def _open(*among: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    of = proposal.c
    undecided = ~select(proposal_end.c.proposal_id).where(proposal_end.c.proposal_id == of.proposal_id).exists()
    return select(proposal).where(*among, undecided).order_by(of.proposed_at, of.proposal_id)


def _read(read: Read, asked: Select[*tuple[Any, ...]]) -> list[Proposal]:
    return [Proposal(row[0], ProposalKind(row[1]), *row[2:]) for row in read.execute(asked)]
