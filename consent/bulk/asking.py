"""The bulk gate for those who ask in words: ids and codes as text, put into numbers here."""

from datetime import datetime

import polars as pl

from consent.bulk.gate import decide_rows
from consent.bulk.prepared import prepare
from consent.bulk.questions import Question
from consent.bulk.snapshot import Snapshot

_WORDS = ("recipient", "purpose", "category", "controller")


def decide_many(snapshot: Snapshot, asked: pl.DataFrame, *, at: datetime) -> pl.DataFrame:
    """Decide each row of ``asked``: ``person_id``, ``recipient``, ``purpose``, ``category``, ``controller``, all text.

    ``asked`` comes back as it is, further columns too, with the columns of ``decide_rows`` beside it. All data are asked for, nobody signed
    in is asking, and there is no emergency.
    """
    questions = asked.select(_WORDS).unique(maintain_order=True)
    places = questions.with_row_index("question")
    numbers = snapshot.people.select("person_id", person=pl.int_range(pl.len(), dtype=pl.UInt32))
    rows = asked.select("person_id", *_WORDS).join(
        places, on=_WORDS, how="left", nulls_equal=True, maintain_order="left"
    )
    rows = rows.join(numbers, on="person_id", how="left", maintain_order="left")
    decided = decide_rows(prepare(snapshot, at), [Question(*words) for words in questions.iter_rows()], rows)
    return asked.hstack(decided)
