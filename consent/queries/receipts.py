"""What a receipt is made of, and the receipts: read by their person or their act, added, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from consent.model import FUTURE
from consent.queries.wills import selves
from consent.tables import (
    act,
    act_item,
    agreement,
    confirmation,
    denial,
    denial_lift,
    invalidation,
    issuer,
    notice,
    party_card,
    receipt,
    representation,
    suspension,
)
from db.engine import Read, Transaction


class Issuer(NamedTuple):
    """Under which public address receipts are issued, and the host of the log that holds their events."""

    url: str
    log: str


class Former(NamedTuple):
    """The last receipt of the same matter."""

    subject: UUID
    sha256: bytes


class Kept(NamedTuple):
    """A receipt as kept."""

    jti: UUID
    person_id: UUID
    event: str
    about: UUID
    agreement_id: UUID | None
    jws: str
    issued_at: datetime


def issuing(read: Read) -> Issuer:
    """Tell who issues."""
    return Issuer(*read.execute(select(issuer.c.url, issuer.c.log)).one())


def name_issuer(tx: Transaction, *, url: str, log: str) -> None:
    """Say under which public address (without a slash at the end) receipts are issued, and in which log their events stand."""
    tx.execute(update(issuer).values(url=url, log=log))


def cards(read: Read, parties: Sequence[str]) -> dict[str, Row[*tuple[Any, ...]]]:
    """Give how parties are called and reached, those that somebody has described."""
    of = party_card.c
    rows = read.execute(
        select(party_card)
        .where(of.party.in_(parties))
        .ext(distinct_on(of.party))
        .order_by(of.party, of.recorded_at.desc())
    )
    return {row.party: row for row in rows}


def append_card(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add how a party is called and reached from now on."""
    tx.execute(insert(party_card).values(**values))


def act_of(read: Read, act_id: UUID) -> Mapping[str, Any]:
    """Give an act with the text that was shown, the kind of its voice, and what a second steward said of it."""
    of, text = act.c, notice.c
    row = read.execute(
        select(act, text.text_fi, text.text_sv, text.text_en, representation.c.kind, confirmation.c.accepted)
        .outerjoin(notice, (text.agreement_id == of.agreement_id) & (text.n == of.notice_n))
        .outerjoin(representation, representation.c.representation_id == of.voice)
        .outerjoin(confirmation, confirmation.c.act_id == of.act_id)
        .where(of.act_id == act_id)
    )
    return _named(row.one())


def items_of(read: Read, act_id: UUID) -> list[Mapping[str, Any]]:
    """Give what an act does to each category, in their order."""
    of = act_item.c
    return [_named(row) for row in read.execute(select(act_item).where(of.act_id == act_id).order_by(of.category))]


def denial_of(read: Read, denial_id: UUID) -> Mapping[str, Any]:
    """Give a standing no with the kind of its voice; of a lifted one, who lifted it how and when, of an annulled one, when."""
    of, end, error = denial.c, denial_lift.c, invalidation.c
    row = read.execute(
        select(
            denial,
            representation.c.kind,
            func.coalesce(end.signed_at, error.recorded_at).label("lift_signed_at"),
            func.coalesce(end.effective_from, error.recorded_at).label("lift_effective_from"),
            func.coalesce(end.recorded_at, error.recorded_at).label("lift_recorded_at"),
            func.coalesce(end.channel, of.channel).label("lift_channel"),
        )
        .outerjoin(denial_lift, end.denial_id == of.denial_id)
        .outerjoin(invalidation, error.denial_id == of.denial_id)
        .outerjoin(representation, representation.c.representation_id == func.coalesce(end.voice, of.voice))
        .where(of.denial_id == denial_id)
    )
    return _named(row.one())


def pause_of(read: Read, suspension_id: UUID) -> Mapping[str, Any]:
    """Give the last row of a pause."""
    of = suspension.c
    rows = select(suspension).where(of.suspension_id == suspension_id).order_by(of.recorded_at.desc()).limit(1)
    return _named(read.execute(rows).one())


def annulled(read: Read, invalidation_id: UUID) -> tuple[UUID | None, UUID | None]:
    """Tell which act an invalidation is of, or which denial."""
    of = invalidation.c
    row = read.execute(select(of.act_id, of.denial_id).where(of.invalidation_id == invalidation_id)).one()
    return row.act_id, row.denial_id


def terms_of(read: Read, agreement_id: UUID) -> Mapping[str, Any]:
    """Give the last version of an agreement, all of its columns."""
    of = agreement.c
    rows = select(agreement).where(of.agreement_id == agreement_id).order_by(of.version.desc()).limit(1)
    return _named(read.execute(rows).one())


def former(read: Read, *, person_id: UUID, agreement_id: UUID | None, about: UUID) -> Former | None:
    """Find a person's last receipt under an agreement; of a denial, which has none, the last about it."""
    of = receipt.c
    same = of.about == about if agreement_id is None else of.agreement_id == agreement_id
    row = read.execute(
        select(of.subject, of.sha256).where(_own(person_id), same).order_by(of.issued_at.desc(), of.jti.desc()).limit(1)
    ).one_or_none()
    return None if row is None else Former(*row)


def append(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a receipt."""
    tx.execute(insert(receipt).values(**values))


def of_person(read: Read, person_id: UUID) -> list[Kept]:
    """List a person's receipts, the newest first, those of whoever turned out to be them too."""
    return _kept(read, _own(person_id))


def about(read: Read, about_id: UUID) -> list[Kept]:
    """List the receipts of an act, a denial or a pause, the newest first."""
    return _kept(read, receipt.c.about == about_id)


def by_jti(read: Read, jti: UUID) -> Kept | None:
    """Find a receipt by the id it bears."""
    return next(iter(_kept(read, receipt.c.jti == jti)), None)


def _own(person_id: UUID) -> ColumnElement[bool]:
    return selves(receipt.c.person_id, person_id, known_at=FUTURE)


def _kept(read: Read, wanted: ColumnElement[bool]) -> list[Kept]:
    of = receipt.c
    rows = read.execute(
        select(of.jti, of.person_id, of.event, of.about, of.agreement_id, of.jws, of.issued_at)
        .where(wanted)
        .order_by(of.issued_at.desc(), of.jti.desc())
    )
    return [Kept(*row) for row in rows]


def _named(row: Row[*tuple[Any, ...]]) -> Mapping[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name begins so
