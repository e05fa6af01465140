"""Rotation of the key of the published sections, some at a time and without stopping readers, who open either meanwhile."""

from collections.abc import Callable

from db.engine import Database, Transaction
from db.keys import Use, packing
from publish.queries import rekeying
from publish.queries.publishing import SectionKey
from publish.queries.reading import body_context


def rekey(database: Database, *, told: Callable[[int], None] = lambda _: None) -> int:
    """Bring every section that names people under the current key; `told` hears the count after each step, and the whole comes back.

    What was done stays done: a walk that was cut off begins again and finds only what is left.
    """
    moved, after = 0, rekeying.FIRST
    while True:
        with database.transaction() as tx:
            keys = _step(tx, after)
        if not keys:
            return moved
        moved, after = moved + len(keys), keys[-1]
        told(moved)


def _step(tx: Transaction, after: SectionKey) -> list[SectionKey]:
    keyring, use = tx.keyring, Use.IDENTITY_ENCRYPTION
    rows = rekeying.encrypted(tx, header=packing.header(keyring.key_ids(use)[0]), after=after)
    for key, box in rows:
        of = body_context(*key)
        anew = keyring.encrypt_packed(use, keyring.decrypt_packed(use, box, context=of), context=of)
        rekeying.write_encrypted(tx, key=key, box=anew)
    return [key for key, _ in rows]
