"""The digests that the events of acts and denials carry too, of all that a decision may cite."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, func, select, union_all

from consent.model import Facts
from consent.queries.asked import AGREEMENTS, KNOWN_AT, PERSON_ID
from consent.queries.wills import selves
from consent.tables import act, current, denial
from db.engine import Read

_HEX = "hex"


def kept() -> Select[*tuple[Any, ...]]:
    """Ask for the digest, in hex, of each act behind what is kept of a person, and of each of their denials."""
    of = current.c
    behind = select(of.act_id).where(of.person_id == PERSON_ID, of.agreement_id == any_(AGREEMENTS))
    said = select(act.c.act_id, func.encode(act.c.digest, _HEX)).where(act.c.act_id.in_(behind))
    own = selves(denial.c.person_id, PERSON_ID, known_at=KNOWN_AT)
    both = union_all(said, select(denial.c.denial_id, func.encode(denial.c.digest, _HEX)).where(own)).subquery()
    return select(*both.c)


def of(read: Read, facts: Facts) -> dict[UUID, str]:
    """Give the digests, in hex, of the acts and denials of these facts."""
    said = select(act.c.act_id, act.c.digest).where(act.c.act_id.in_(_acts(facts)))
    denied = select(denial.c.denial_id, denial.c.digest).where(
        denial.c.denial_id.in_([each.denial_id for each in facts.denials])
    )
    return {id_: digest.hex() for id_, digest in read.execute(union_all(said, denied)).all()}


def _acts(facts: Facts) -> list[UUID]:
    stretches = (stretch for will in facts.wills.values() for stretch in (*will.adult, *(will.minor or ())))
    return sorted({stretch.act_id for stretch in stretches if stretch.act_id})
