"""Whom the sources say to be protected (turvakielto)."""

from datetime import datetime
from typing import Final

import polars as pl

from connectors.queries.bulk import copy_frame, loaded, read_out, run
from db.engine import Read, Transaction

_SAID: Final = {"person_id": pl.String, "said_by": pl.String}


def said(read: Read) -> pl.DataFrame:
    """Give who says it of whom, of everybody: about one person in a hundred."""
    return read_out(read, "SELECT person_id, said_by FROM staging.protection", _SAID)


def begin(tx: Transaction, *, said: pl.DataFrame, at: datetime) -> None:
    """Write that sources say it of people from now on."""
    copy_frame(tx, "staging.protection", said.with_columns(pl.lit(at).alias("recorded_at")))


def end(tx: Transaction, *, said: pl.DataFrame) -> None:
    """Write that sources say it no more."""
    if said.is_empty():
        return
    with loaded(tx, "unprotected", {"person_id": "uuid", "said_by": "text"}, said):
        run(
            tx,
            "DELETE FROM staging.protection p USING unprotected u WHERE (p.person_id, p.said_by) = (u.person_id, u.said_by)",
        )
