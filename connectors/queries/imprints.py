"""Full batches known again: the imprint of the newest of each shard, as long as staging is as that one left it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, update

from connectors.queries.bulk import ask, run
from connectors.tables import batch
from db.engine import Read, Transaction
from schemas.vocabulary import Source

_FORMER: Final = """
    SELECT n.batch_id, f.batch_id, encode(f.imprint, 'hex'), f.pulled, f.quarantined, f.dropped
      FROM staging.batch n
      JOIN LATERAL (
           SELECT b.batch_id, b.run_id, b.imprint, b.connection_id, b.merged_at,
                  coalesce(CAST(b.counts->>'pulled' AS integer), 0) AS pulled,
                  coalesce(CAST(b.counts->>'quarantined' AS integer), 0) AS quarantined,
                  coalesce(CAST(b.counts->>'dropped' AS integer), 0) AS dropped
             FROM staging.batch b
            WHERE b.connection_id = n.connection_id AND b.shard = n.shard AND b.state = 'merged' AND b.batch_id <> n.batch_id
              AND b.since IS NULL AND (b.people IS NULL) = (n.people IS NULL)
            ORDER BY b.merged_at DESC, b.batch_id DESC
            LIMIT 1) f ON f.imprint IS NOT NULL
     WHERE n.batch_id = ANY (:batches) AND n.since IS NULL AND NOT n.accepted_as_is
       AND NOT EXISTS (
           SELECT FROM staging.batch l
            WHERE l.connection_id = f.connection_id AND l.merged_at >= f.merged_at AND l.run_id <> f.run_id
              AND CAST(l.counts->>'pulled' AS integer) > 0)
       AND f.quarantined = (SELECT count(*) FROM staging.quarantine q WHERE q.batch_id = f.batch_id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """The newest full batch of a shard, after which nothing else came over the connection; what it refused is in quarantine still."""

    batch_id: UUID
    imprint: bytes
    pulled: int
    quarantined: int
    dropped: int


def formers(read: Read, *, batch_ids: Iterable[UUID]) -> dict[UUID, Former]:
    """Give, by batch, the one that it may repeat; none where staging has been written since, or some of it was erased."""
    rows = ask(read, _FORMER, batches=list(batch_ids))
    return {UUID(batch_id): _former(*former) for batch_id, *former in (map(str, row) for row in rows)}


def _former(batch_id: str, imprint: str, pulled: str, quarantined: str, dropped: str) -> Former:
    return Former(
        batch_id=UUID(batch_id),
        imprint=bytes.fromhex(imprint),
        pulled=int(pulled),
        quarantined=int(quarantined),
        dropped=int(dropped),
    )


def note(tx: Transaction, *, imprints: Mapping[UUID, bytes]) -> None:
    """Write what merged batches are known again by."""
    rows = [{"of_batch": batch_id, "known_by": imprint} for batch_id, imprint in imprints.items()]
    if rows:
        statement = update(batch).where(batch.c.batch_id == bindparam("of_batch"))
        tx.execute(statement.values(imprint=bindparam("known_by")), rows)


def forget(tx: Transaction, *, source: Source) -> None:
    """Have all of a source read again: some of what its batches brought was taken out of staging, or is another person's now."""
    tx.execute(update(batch).where(batch.c.source == source, batch.c.imprint.is_not(None)).values(imprint=None))


def came_again(tx: Transaction, *, repeated: Mapping[UUID, UUID], at: datetime) -> None:
    """Count the refused rows of former batches once more, as those that repeat them brought them; closed ones are open again."""
    if repeated:
        run(tx, _CAME_AGAIN, formers=_texts(repeated), batches=_texts(repeated.values()), at=at)


_CAME_AGAIN: Final = """
    UPDATE staging.quarantine q
       SET batch_id = r.batch_id, last_at = :at, times = q.times + 1,
           state = CASE WHEN q.closed_at IS NULL THEN q.state ELSE 'received' END, closed_at = NULL, closed_why = NULL
      FROM unnest(CAST(:formers AS uuid[]), CAST(:batches AS uuid[])) AS r (former, batch_id)
     WHERE q.batch_id = r.former
"""


def _texts(ids: Iterable[UUID]) -> Sequence[str]:
    return [str(each) for each in ids]
