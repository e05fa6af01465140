"""As whom the log is read: the web process takes on one kind of reader for a few statements, never all at once (ACCESS-LOG 4)."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import func, select

from db.engine import Read

_PERSON = "luukku.person"


class Reader(StrEnum):
    """A kind of reader, by its database role."""

    PERSON = "audit_person"
    AUDITOR = "audit_auditor"


@contextmanager
def reading_as(read: Read, reader: Reader, *, pseudonyms: Collection[str] = ()) -> Iterator[None]:
    """Read as this reader until the end of the block; a person is told by their pseudonyms (hex), and sees nothing else.

    An error inside ends the transaction, and the role with it.
    """
    read.execute(select(func.set_config(_PERSON, ",".join(sorted(pseudonyms)), True)))
    read.execute(select(func.set_config("role", reader.value, True)))
    yield
    read.execute(select(func.set_config("role", "none", True)))
