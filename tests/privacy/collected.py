"""What this process has looked through so far: each door that words leave by hands them to `look`, and what was found is counted."""

from collections import Counter
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.privacy.searched import Kind, found

BLOCK_BYTES = 1 << 22
OVERLAP_BYTES = 256
HAS_A_LOG = "SELECT to_regclass('audit.inbox') IS NOT NULL"
ENTRIES = "COPY (SELECT body FROM audit.inbox UNION ALL SELECT entry FROM audit.event) TO STDOUT (FORMAT binary)"
"""As the bytes they are: tests alter entries so that they are no text any more."""
ERRORS = """COPY (
    SELECT array_to_string(held, ' ') FROM staging.batch WHERE held IS NOT NULL
    UNION ALL SELECT cause FROM staging.source_health WHERE cause IS NOT NULL
    UNION ALL SELECT locator || failures::text FROM staging.quarantine
) TO STDOUT"""

FOUND: Counter[tuple[Kind, str]] = Counter()
"""By kind and place, over the whole life of this process."""
LOOKED: Counter[str] = Counter()
"""How many bytes were looked through at each place."""


def look(content: str | bytes, *, where: str) -> None:
    """Look through one text."""
    text = content if isinstance(content, bytes) else content.encode(errors="replace")
    LOOKED[where] += len(text)
    for kind, count in found(text).items():
        FOUND[kind, where] += count


def look_into_database(url: str) -> None:
    """Look through the entries of a database's log, those that wait for it, and what its books say of errors."""
    address = make_url(url)
    with psycopg.connect(
        host=str(address.query["host"]), user=address.username, dbname=address.database, autocommit=True
    ) as connection:
        if connection.execute(HAS_A_LOG).fetchone() == (True,):
            _look_at_rows(connection, ENTRIES, "an entry of the log")
            _look_at_rows(connection, ERRORS, "an error in the books")


def look_into_file(path: Path) -> None:
    """Look at a file's name and through the file, block by block; one that is gone meanwhile has nothing to tell."""
    look(path.name, where="the name of a file")
    where = "a file" if found(path.name.encode()) else f"the file {path.name}"
    try:
        with path.open("rb") as file:
            rest = b""
            while block := file.read(BLOCK_BYTES):
                look(rest + block, where=where)
                rest = block[-OVERLAP_BYTES:]
    except OSError:
        return


def look_into_error(error: BaseException | None) -> None:
    """Look through an error and those that it came of, as far as it shows them."""
    while error is not None:
        look(str(error), where=f"the error {type(error).__name__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _look_at_rows(connection: "psycopg.Connection", query: str, where: str) -> None:
    with connection.cursor().copy(query) as rows:
        waiting = bytearray()
        for row in rows:
            waiting += row
            if len(waiting) > BLOCK_BYTES:
                look(bytes(waiting), where=where)
                waiting.clear()
        look(bytes(waiting), where=where)
