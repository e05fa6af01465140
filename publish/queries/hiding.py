"""What a search of the log would pass over: events whose kind is not said to be held by their block (ACCESS-LOG 7, 11)."""

# ruff: noqa: S608 - statements are put together from our own text, every value is bound

from typing import Final

from audit.queries.blocks import DIGEST, SPAN

SEARCH_HIDES: Final = f"""
    WITH known AS MATERIALIZED (SELECT kind, digest FROM audit.event_kind WHERE digest = {DIGEST}),
    marks AS MATERIALIZED (SELECT log, max(block) AS last FROM audit.block GROUP BY log),
    told AS (
        SELECT e.id, e.log, e.t, (e.index / :block)::integer AS block, {DIGEST} AS digest
          FROM audit.event e WHERE e.seq_t >= :since AND e.seq_t < :until
    )
    SELECT min(told.id::text)::uuid AS about, NULL::bytea AS person
      FROM told
      JOIN marks ON marks.log = told.log AND told.block <= marks.last
      LEFT JOIN audit.block b ON b.log = told.log AND b.block = told.block
      LEFT JOIN known ON known.digest = told.digest
      LEFT JOIN audit.kind_blocks k ON k.log = told.log AND k.span = told.block / {SPAN} AND k.kind = known.kind
     WHERE b.block IS NULL OR told.t < b.first_t OR told.t > b.last_t OR k.kind IS NULL
        OR get_bit(k.held, told.block % {SPAN}) = 0
     GROUP BY told.log, told.block
"""
"""One event of each such block. Who can write into the projection could else keep an event out of every auditor's search."""
