"""Rotation of the identity keys, some rows at a time and without stopping readers: after it the former keys open nothing here."""

from collections.abc import Iterator

from connectors.layout import context, hetu_context, layouts
from connectors.queries import people as stored
from connectors.queries import rekeying
from db.engine import Transaction
from db.keys import Use, packing

ROWS_A_STEP = 1_000


def rekey(tx: Transaction, *, limit: int = ROWS_A_STEP) -> int:
    """Bring at most `limit` HETUs, and of each encrypted column as many values, under the current keys; gives how many, 0 at the end."""
    return _identities(tx, limit) + sum(_columns(tx, limit))


def _identities(tx: Transaction, limit: int) -> int:
    keyring, use = tx.keyring, Use.IDENTITY_ENCRYPTION
    current = keyring.key_ids(Use.IDENTITY_HASH)[0]
    rows = stored.under_other_keys(tx, key_id=current, header=_header(tx), limit=limit)
    for old_hash, person_id, encrypted in rows:
        of = hetu_context(str(person_id))
        hetu = keyring.decrypt_packed(use, encrypted, context=of)
        stored.replace_identity(
            tx,
            old_hash=old_hash,
            hetu_hash=keyring.keyed_hash(Use.IDENTITY_HASH, hetu),
            hash_key_id=current,
            hetu=keyring.encrypt_packed(use, hetu, context=of),
        )
        for layout in layouts():
            if layout.encrypted:
                rekeying.forget_content(tx, table=layout.table, person_id=person_id)
    return len(rows)


def _columns(tx: Transaction, limit: int) -> Iterator[int]:
    keyring, use, header = tx.keyring, Use.IDENTITY_ENCRYPTION, _header(tx)
    for layout in layouts():
        for column in layout.encrypted:
            rows = rekeying.encrypted_otherwise(tx, table=layout.table, column=column, header=header, limit=limit)
            for key, box in rows:
                of = context(layout.table, column, key)
                anew = keyring.encrypt_packed(use, keyring.decrypt_packed(use, box, context=of), context=of)
                rekeying.write_encrypted(tx, table=layout.table, column=column, key=key, box=anew)
            yield len(rows)


def _header(tx: Transaction) -> bytes:
    return packing.header(tx.keyring.key_ids(Use.IDENTITY_ENCRYPTION)[0])
