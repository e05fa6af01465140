"""Notices of the outbox held against the events that tell of them, in both directions (ACCESS-LOG 10, R8)."""

# ruff: noqa: S608 - statements are put together from our own text, every value is bound

from typing import Final

_DIGEST: Final = "encode(sha256(convert_to(o.notice_id || ' ' || o.recipient || ' ' || o.seq, 'UTF8')), 'hex')"
"""What an event says of a notice, from the notice's own row (``publish.outbox``)."""

NOTICE_UNTOLD: Final = f"""
    WITH said AS MATERIALIZED (
        SELECT e.id, e.person, e.type, e.seq_t, change ->> 'id' AS notice, change ->> 'digest' AS digest
          FROM audit.event e CROSS JOIN LATERAL (SELECT convert_from(e.entry, 'UTF8')::jsonb -> 'change' AS change) c
         WHERE e.type IN ('ended.told', 'ended.applied') AND e.t >= CAST(:since AS timestamptz) - :slack
    )
    SELECT o.notice_id AS about, NULL::bytea AS person
      FROM publish.outbox o
     WHERE o.told_at >= :since AND o.told_at < :until
       AND NOT EXISTS (
           SELECT FROM said WHERE said.type = 'ended.told' AND said.notice = o.notice_id::text AND said.digest = {_DIGEST})
     UNION ALL
    SELECT o.notice_id, NULL
      FROM publish.outbox o
     WHERE o.applied_at >= :since AND o.applied_at < :until
       AND NOT EXISTS (SELECT FROM said WHERE said.type = 'ended.applied' AND said.notice = o.notice_id::text)
     UNION ALL
    SELECT told.id, told.person
      FROM said told
     WHERE told.type = 'ended.told' AND told.seq_t >= :since AND told.seq_t < :until
       AND NOT EXISTS (SELECT FROM publish.outbox o WHERE o.notice_id::text = told.notice)
       AND NOT EXISTS (SELECT FROM said applied WHERE applied.type = 'ended.applied' AND applied.notice = told.notice)
"""
"""A notice that nobody told of, or otherwise; one called applied that no recipient reported; one told that is gone before it was applied.

What was applied is erased in its time (``publish.keeping``).
"""
