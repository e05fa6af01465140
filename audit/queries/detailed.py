"""What verification asks of the details beside the entries: the boxes by pages, and the entries whose box is gone."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text as sql  # noqa: TID251 - what is not there reads best as SQL

from audit.details import Box
from audit.queries.verification import MAX_ROWS
from db.engine import Read


@dataclass(frozen=True, slots=True)
class DetailCopy:
    """An encrypted detail with the entry that commits to it; the key is None when it was erased."""

    index: int
    event_id: UUID
    entry: bytes
    box: Box | None


_DETAILS = sql("""
    SELECT e.index, e.id, e.entry, d.key_id, k.wrapped, d.nonce, d.box
      FROM audit.event e JOIN audit.detail d ON d.event_id = e.id LEFT JOIN audit.detail_key k ON k.key_id = d.key_id
     WHERE e.log = :log AND e.index >= :index ORDER BY e.index LIMIT :most
""")


def details_from(read: Read, log: int, index: int, most: int) -> list[DetailCopy]:
    """Return up to ``most`` details of a log from an index on."""
    return [
        DetailCopy(index_, id_, bytes(entry), None if wrapped is None else Box(key_id, wrapped, nonce, box))
        for index_, id_, entry, key_id, wrapped, nonce, box in read.execute(
            _DETAILS, {"log": log, "index": index, "most": most}
        )
    ]


_WITHOUT_DETAIL = sql("""
    SELECT e.index FROM audit.event e
     WHERE e.log = :log AND position('"detail":"'::bytea IN e.entry) > 0
       AND NOT EXISTS (SELECT FROM audit.detail d WHERE d.event_id = e.id)
       AND NOT EXISTS (
           SELECT FROM audit.unlinked u WHERE u.year = extract(year FROM e.t AT TIME ZONE 'UTC') AND u.class = e.class)
     ORDER BY e.index LIMIT :most
""")


def without_detail(read: Read, log: int) -> list[int]:
    """Return the events whose detail is gone though their class has not ended: what is erased by right loses its key, not its box."""
    return list(read.execute(_WITHOUT_DETAIL, {"log": log, "most": MAX_ROWS}).scalars())
