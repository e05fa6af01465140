"""What becomes of each incoming record, by what is stored of it; pure (PIPELINE.md 6).

1. What repeats another row, what no leave list lets be kept, and what the source entered in error, is not looked at further.
2. A record whose owner is in doubt or unknown, or that breaks a rule across records, is refused.
3. So is one under another person than before: a source may not move a record by itself.
4. An equal version of equal content is the same; of other content it is a conflict, refused, where versions are numbers.
5. A lower version is old; all else is new or changed.
"""

from enum import StrEnum
from typing import Final

import polars as pl

from connectors.layout import CUT, FORMER, HASH, KEY, PERSON, VERSION

FATE: Final = "fate"
CONNECTION: Final = "connection"
ALLOWED: Final = "allowed"
IN_ERROR: Final = "in_error"
FAULT: Final = "fault"
EQUAL: Final = "equal"
UNKNOWN_CONTENT: Final = 0
"""The stored hash of a row whose content is not known any more: the next pull replaces it, whatever its version."""


class Fate(StrEnum):
    """What is done with a record: the first two are written, the next four change nothing, the last is refused."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    OLDER = "older"
    REPEATED = "repeated"
    DROPPED = "dropped"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a record is refused that its suite let pass."""

    IDENTITY_CONFLICT = "IDENTITY_CONFLICT"
    UNKNOWN_PERSON = "UNKNOWN_PERSON"
    RECORD_MOVED = "RECORD_MOVED"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    OVERLAP = "OVERLAP"
    REFERENCE = "REFERENCE"


FATES: Final = pl.Enum([fate.value for fate in Fate])


def sorted_out(incoming: pl.DataFrame, stored: pl.DataFrame, *, numbered: bool) -> pl.DataFrame:
    """Give each incoming row its fate, and its fault where refused.

    `incoming` has KEY, VERSION, HASH, CUT, PERSON, ``connection``, ``allowed``, ``in_error`` and ``fault`` (null, or why it is refused
    already); `stored` what there is under the same keys. Of rows with one key the highest version goes on.
    """
    found = _one_of_each(incoming, numbered=numbered).join(stored, on=KEY, how="left", maintain_order="left")
    judged = found.with_columns(_equal(found).alias(EQUAL)).with_columns(
        pl.coalesce("fault", _fault(numbered=numbered)).alias(FAULT)
    )
    return judged.with_columns(_fate().alias(FATE))


def _one_of_each(incoming: pl.DataFrame, *, numbered: bool) -> pl.DataFrame:
    """Mark rows that repeat another's key at no higher version; two contents of one numbered version are both refused."""
    if incoming[KEY].is_unique().all():
        return incoming.with_columns(pl.lit(value=False).alias("repeats"))
    newest = pl.col(VERSION) == pl.col(VERSION).max().over(KEY)
    first = newest & (pl.int_range(pl.len()) == pl.int_range(pl.len()).filter(newest).first()).over(KEY)
    differs = newest & (pl.col(HASH).filter(newest).n_unique().over(KEY) > 1) if numbered else pl.lit(value=False)
    marked = incoming.with_columns((~first & ~differs).alias("repeats"), differs.alias("differs"))
    conflict = pl.when("differs").then(pl.lit(Refusal.VERSION_CONFLICT.value))
    return marked.with_columns(pl.coalesce("fault", conflict).alias(FAULT)).drop("differs")


def _equal(found: pl.DataFrame) -> pl.Expr:
    """Whether content is as stored, under the current key of its hash or a former one."""
    equal = pl.col("stored_hash") == pl.col(HASH)
    if FORMER not in found.columns:
        return equal
    return equal | pl.col(FORMER).list.contains(pl.col("stored_hash"))


def _fault(*, numbered: bool) -> pl.Expr:
    moved = pl.col("stored_person").is_not_null() & (pl.col("stored_person") != pl.col(PERSON))
    same_version = pl.col("stored_version") == pl.col(VERSION)
    other = ~pl.col(EQUAL) & (pl.col("stored_hash") != UNKNOWN_CONTENT)
    conflict = same_version & other & numbered
    return (
        pl.when(moved)
        .then(pl.lit(Refusal.RECORD_MOVED.value))
        .when(conflict)
        .then(pl.lit(Refusal.VERSION_CONFLICT.value))
    )


def _fate() -> pl.Expr:
    older = pl.col("stored_version") > pl.col(VERSION)
    same = (
        (pl.col("stored_version") == pl.col(VERSION))
        & pl.col(EQUAL)
        & (pl.col("stored_cut") == pl.col(CUT))
        & (pl.col("stored_connection") == pl.col(CONNECTION))
    )
    steps = (
        ("repeats", Fate.REPEATED),
        (~pl.col(ALLOWED) | pl.col(IN_ERROR), Fate.DROPPED),
        (pl.col(FAULT).is_not_null(), Fate.REFUSED),
        (older, Fate.OLDER),
        (same, Fate.SAME),
        (pl.col("stored_version").is_not_null(), Fate.CHANGED),
    )
    fates = (pl.when(condition).then(pl.lit(fate.value)) for condition, fate in steps)
    return pl.coalesce(*fates, pl.lit(Fate.NEW.value)).cast(FATES)
