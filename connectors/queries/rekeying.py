"""What still rests under a former key, some rows at a time; readers open either meanwhile."""

# ruff: noqa: S608 - tables and columns are named by the layouts, every value is bound

from collections.abc import Sequence
from uuid import UUID

from connectors.queries.bulk import ask, run
from db.engine import Read, Transaction


def encrypted_otherwise(
    read: Read, *, table: str, column: str, header: bytes, limit: int
) -> Sequence[tuple[str, bytes]]:
    """Give records whose column was encrypted under another key than the one with this header: key and box."""
    statement = f"""
        SELECT source_record_id, {column} FROM staging.{table}
         WHERE {column} IS NOT NULL AND substring({column} FOR :length) <> :header
         LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED
    """
    rows = ask(read, statement, length=len(header), header=header, limit=limit)
    return [(str(key), bytes(box)) for key, box in rows if isinstance(box, bytes | memoryview)]


def write_encrypted(tx: Transaction, *, table: str, column: str, key: str, box: bytes) -> None:
    """Write one box anew."""
    run(tx, f"UPDATE staging.{table} SET {column} = :box WHERE source_record_id = :key", box=box, key=key)


def forget_content(tx: Transaction, *, table: str, person_id: UUID) -> None:
    """Mark the content of a person's records as not known: their hash was keyed, and the next pull writes them anew."""
    run(tx, f"UPDATE staging.{table} SET content_hash = 0 WHERE person_id = :person_id", person_id=person_id)
