"""Ends of keeping: what was said and has ended long ago, and people of whom nothing is left, taken out some at a time (AMENDMENTS 11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text  # noqa: TID251 - set-based deletions over several tables, clearer as SQL; every value is bound

from consent.model import Step
from db.engine import Transaction

_KEYS: Final = """
    CREATE TEMPORARY TABLE ended_act ON COMMIT DROP AS
    SELECT a.act_id, a.person_id, a.agreement_id
      FROM consent.act a
      JOIN (SELECT a.person_id, a.agreement_id FROM consent.act a
              JOIN consent.person p ON p.person_id = a.person_id AND NOT p.stale
             GROUP BY a.person_id, a.agreement_id
            HAVING max(greatest(a.recorded_at, a.effective_from)) < :before
               AND {scanned} EXISTS (SELECT FROM consent.evidence e JOIN consent.act y USING (act_id)
                                      WHERE (y.person_id, y.agreement_id) = (a.person_id, a.agreement_id))
               AND NOT EXISTS (SELECT FROM consent.current c
                                WHERE (c.person_id, c.agreement_id) = (a.person_id, a.agreement_id)
                                  AND c.step > :ended AND (c.until_at IS NULL OR c.until_at >= :before))
             LIMIT :most) ended ON (ended.person_id, ended.agreement_id) = (a.person_id, a.agreement_id)
"""
"""All acts of keys (a person under an agreement) on which nothing stands and nothing was said since, with scans or without any; what
stands for a stale person is not known."""


def _proposals(ended: str, key: str) -> tuple[str, str]:
    """Take out what was proposed about acts or denials that are taken out."""
    ends = f"""
        DELETE FROM consent.proposal_end x USING consent.proposal p, {ended} e
         WHERE p.proposal_id = x.proposal_id AND p.about = e.{key}
    """  # noqa: S608 - named here
    return ends, f"DELETE FROM consent.proposal x USING {ended} e WHERE x.about = e.{key}"  # noqa: S608 - named here


_ACTS: Final = (
    "DELETE FROM consent.current c USING ended_act e WHERE (c.person_id, c.agreement_id) = (e.person_id, e.agreement_id)",
    *_proposals("ended_act", "act_id"),
    "DELETE FROM consent.invalidation x USING ended_act e WHERE x.act_id = e.act_id",
    "DELETE FROM consent.confirmation x USING ended_act e WHERE x.act_id = e.act_id",
    "DELETE FROM consent.act_item x USING ended_act e WHERE x.act_id = e.act_id",
)
_DENIALS: Final = """
    CREATE TEMPORARY TABLE ended_denial ON COMMIT DROP AS
    SELECT d.denial_id FROM consent.denial d
      LEFT JOIN consent.denial_lift l ON l.denial_id = d.denial_id
      LEFT JOIN consent.invalidation i ON i.denial_id = d.denial_id
     WHERE greatest(l.effective_from, l.recorded_at) < :before OR i.recorded_at < :before
     LIMIT :most
"""
_PAUSES: Final = """
    DELETE FROM consent.suspension WHERE suspension_id IN (
        SELECT suspension_id
          FROM (SELECT DISTINCT ON (suspension_id) suspension_id, until_at FROM consent.suspension
                 ORDER BY suspension_id, recorded_at DESC) newest
         WHERE until_at < :before LIMIT :most)
"""
_RECEIPTS: Final = """
    DELETE FROM consent.receipt WHERE jti IN (
        SELECT r.jti FROM consent.receipt r
         WHERE r.issued_at < :before
           AND NOT EXISTS (SELECT FROM consent.act a WHERE a.act_id = r.about)
           AND NOT EXISTS (SELECT FROM consent.denial d WHERE d.denial_id = r.about)
           AND NOT EXISTS (SELECT FROM consent.suspension s WHERE s.suspension_id = r.about)
         LIMIT :most)
"""
_VOICES: Final = """
    CREATE TEMPORARY TABLE ended_voice ON COMMIT DROP AS
    SELECT r.representation_id AS voice FROM consent.representation r
     WHERE r.recorded_at < :before
       AND NOT EXISTS (SELECT FROM consent.representation_check k
                        WHERE k.representation_id = r.representation_id AND k.checked_at >= :before)
       AND NOT EXISTS (SELECT FROM consent.act a WHERE a.voice = r.representation_id)
       AND NOT EXISTS (SELECT FROM consent.denial d WHERE d.voice = r.representation_id)
       AND NOT EXISTS (SELECT FROM consent.denial_lift l WHERE l.voice = r.representation_id)
     LIMIT :most
"""


def forget_scans(tx: Transaction, *, before: datetime, most: int) -> list[str]:
    """Take out the rows of scanned forms of keys that ended before a moment; gives where in the store each scan lies."""
    _run(tx, _KEYS.format(scanned=""), before=before, most=most, ended=int(Step.EXPIRED))
    gone = tx.execute(
        text("DELETE FROM consent.evidence x USING ended_act e WHERE x.act_id = e.act_id RETURNING x.object_key")
    )
    keys = [str(key) for (key,) in gone]
    _run(tx, "DROP TABLE ended_act")
    return keys


def forget_receipts(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out receipts issued before a moment of acts, denials and pauses that are gone; gives how many."""
    return _run(tx, _RECEIPTS, before=before, most=most)


def forget_acts(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out the acts of at most so many keys that ended before a moment, their scans being gone; gives how many acts."""
    _run(tx, _KEYS.format(scanned="NOT"), before=before, most=most, ended=int(Step.EXPIRED))
    for statement in _ACTS:
        _run(tx, statement)
    return _drained(tx, "DELETE FROM consent.act x USING ended_act e WHERE x.act_id = e.act_id", "ended_act")


def forget_denials(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out denials that were lifted or invalidated before a moment; gives how many."""
    _run(tx, _DENIALS, before=before, most=most)
    for statement in _proposals("ended_denial", "denial_id"):
        _run(tx, statement)
    for table in ("denial_lift", "invalidation"):
        _run(tx, f"DELETE FROM consent.{table} x USING ended_denial e WHERE x.denial_id = e.denial_id")  # noqa: S608 - named here
    return _drained(
        tx, "DELETE FROM consent.denial x USING ended_denial e WHERE x.denial_id = e.denial_id", "ended_denial"
    )


def forget_pauses(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out pauses that ended before a moment; gives how many rows."""
    return _run(tx, _PAUSES, before=before, most=most)


def forget_voices(tx: Transaction, *, before: datetime, most: int) -> int:
    """Take out who might speak for a person, where nothing that was said by them is left; gives how many."""
    _run(tx, _VOICES, before=before, most=most)
    _run(tx, "DELETE FROM consent.representation_check x USING ended_voice e WHERE x.representation_id = e.voice")
    return _drained(
        tx,
        "DELETE FROM consent.representation x USING ended_voice e WHERE x.representation_id = e.voice",
        "ended_voice",
    )


def forget_people(tx: Transaction, *, people: Sequence[UUID]) -> int:
    """Take out what decisions read of people of whom nothing else is left; gives how many rows."""
    statements = (
        "DELETE FROM consent.person_fact WHERE person_id = ANY (:people)",
        "DELETE FROM consent.task WHERE person_id = ANY (:people)",
        "DELETE FROM consent.merged WHERE person_id = ANY (:people) OR into_id = ANY (:people)",
        "DELETE FROM consent.person WHERE person_id = ANY (:people)",
    )
    return sum(_run(tx, statement, people=list(people)) for statement in statements)


def _drained(tx: Transaction, statement: str, named: str) -> int:
    gone = _run(tx, statement)
    _run(tx, f"DROP TABLE {named}")
    return gone


def _run(tx: Transaction, statement: str, **parameters: object) -> int:
    return tx.execute(text(statement), parameters).rowcount
