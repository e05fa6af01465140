"""Cases of the auditors' queue held against the events that tell of them, in both directions (ACCESS-LOG 4, 10)."""

# ruff: noqa: S608 - statements are put together from our own text, every value is bound

from typing import Final

_WINDOW: Final = "e.seq_t >= :since AND e.seq_t < :until"
_SAID: Final = "CROSS JOIN LATERAL (SELECT convert_from(e.entry, 'UTF8')::jsonb -> 'change' AS said) s"
_OPENING: Final = "('review.opened', 'finding.opened', 'dispute.opened')"
_CLOSING: Final = "('review.closed', 'finding.closed', 'dispute.answered')"


def _digest(json: str) -> str:
    """Count what an event says of a case, from the case's own row (``audit.cases.change_of``)."""
    return f"encode(sha256(convert_to({json}, 'UTF8')), 'hex')"


_OPENED: Final = _digest("""'{"about": "' || r.about || '", "rule": "' || r.rule || '"}'""")
_CLOSED: Final = _digest("""'{"outcome": "' || c.outcome || '"}'""")

CASE_UNTOLD: Final = f"""
    SELECT r.review_id AS about, r.person
      FROM audit.review r
     WHERE r.opened_at >= :since AND r.opened_at < :until
       AND NOT EXISTS (
           SELECT FROM audit.event e {_SAID}
            WHERE e.id = r.opening AND said ->> 'id' = r.review_id::text AND said ->> 'digest' = {_OPENED})
       AND NOT EXISTS (SELECT FROM audit.inbox i WHERE i.id = r.opening)
     UNION ALL
    SELECT c.review_id, NULL
      FROM audit.review_end c
     WHERE c.closed_at >= :since AND c.closed_at < :until
       AND NOT EXISTS (
           SELECT FROM audit.event e {_SAID}
            WHERE e.id = c.closing AND said ->> 'id' = c.review_id::text
              AND (said ->> 'digest' = {_CLOSED} OR e.type = 'correction.answered'))
       AND NOT EXISTS (SELECT FROM audit.inbox i WHERE i.id = c.closing)
     UNION ALL
    SELECT e.id, e.person
      FROM audit.event e {_SAID}
     WHERE {_WINDOW} AND e.type IN {_OPENING} AND said ->> 'table' = 'audit.review'
       AND NOT EXISTS (SELECT FROM audit.review r WHERE r.opening = e.id)
     UNION ALL
    SELECT e.id, e.person
      FROM audit.event e {_SAID}
     WHERE {_WINDOW} AND e.type IN {_CLOSING}
       AND NOT EXISTS (SELECT FROM audit.review_end c WHERE c.closing = e.id)
"""
"""A case that was opened or closed without its event, sealed or waiting to be, or otherwise than it says; an event whose case is gone."""
