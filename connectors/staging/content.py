"""The content of records as 64 bits, to know a changed one from one that is as it was."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
import polars as pl

from connectors.layout import FORMER, HASH, KEY, PERSON, VERSION, Layout
from connectors.staging.digests import digests
from db.keys import Keyring, Use

_HASH_BYTES: Final = 8
_SEPARATOR: Final = "\x1f"
_NULL: Final = "\\N"
_COUNTY_SEPARATOR: Final = "/"


def with_key(layout: Layout, frame: pl.DataFrame, keyring: Keyring) -> pl.DataFrame:
    """Give rows the key, version and content hash that staging knows them by; a counter's key waits for its person."""
    return frame.with_columns(
        record_key(layout),
        _version(layout).alias(VERSION),
        *hashes(layout, frame, keyring),
    )


def record_key(layout: Layout) -> pl.Expr:
    """Name a record as staging does: by the source's id, in sote under its county, which alone makes it unique."""
    named = [part for part in layout.key if part != PERSON]
    return pl.concat_str(named, separator=_COUNTY_SEPARATOR).alias(KEY)


def _version(layout: Layout) -> pl.Expr:
    """Order versions by number; else by the moment in microseconds, or the day in days, since 1970."""
    ordering = pl.col(layout.version)
    return ordering.dt.epoch("us") if layout.by_moment else ordering.to_physical().cast(pl.Int64)


def hashes(layout: Layout, frame: pl.DataFrame, keyring: Keyring) -> Iterator[pl.Series]:
    """Hash each row's content as sent: 64 bits of BLAKE2b, keyed where it holds what is encrypted, lest names be found by trying.

    Then a column FORMER stands beside it: the same under each former key.
    """
    texts = [pl.col(name).cast(pl.String).fill_null(_NULL) for name in layout.content]
    lines = frame.select(pl.concat_str(texts, separator=_SEPARATOR)).to_series().cast(pl.Binary).to_list()
    if not layout.encrypted:
        yield _hashed(lines, blake2b(digest_size=_HASH_BYTES)).alias(HASH)
        return
    current, *former = [_keyed(keyring, key_id) for key_id in keyring.key_ids(Use.IDENTITY_HASH)]
    yield _hashed(lines, current).alias(HASH)
    others = [_hashed(lines, digest).alias(f"{FORMER} {number}") for number, digest in enumerate(former)]
    yield (
        pl.DataFrame(others).select(pl.concat_list(pl.all())).to_series().alias(FORMER)
        if others
        else _nothing(len(lines))
    )


def _nothing(rows: int) -> pl.Series:
    return pl.select(pl.repeat(pl.lit([], dtype=pl.List(pl.Int64)), rows).alias(FORMER)).to_series()


def _hashed(lines: Sequence[bytes], by: "blake2b") -> pl.Series:
    return pl.Series(np.frombuffer(b"".join(digests(by, lines)), dtype="<i8"))


def _keyed(keyring: Keyring, key_id: str) -> "blake2b":
    secret = keyring.keyed_hash(Use.IDENTITY_HASH, b"content of records", key_id=key_id)
    return blake2b(digest_size=_HASH_BYTES, key=secret)
