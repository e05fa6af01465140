"""Rows that were refused, on their way to quarantine: which they are, every reason, and the row as sent."""

import json
from collections.abc import Sequence
from typing import Final

import polars as pl

from connectors.checked import ELEMENT, SHARD
from connectors.frames import HETU, LOCATOR
from connectors.layout import KEY, PERSON, Layout
from connectors.source import Malformed
from connectors.staging.content import record_key
from connectors.staging.people import hetu_column
from db.keys import Keyring, Use
from schemas.validation.rows import FAILURES, ROW

RECORD: Final = "record"
PAYLOAD: Final = "payload"
DIGESTS: Final = "digest:"
_DIGEST_BYTES: Final = 16
SCHEMA: Final = {
    SHARD: pl.UInt32,
    RECORD: pl.String,
    KEY: pl.String,
    LOCATOR: pl.String,
    FAILURES: pl.String,
    PAYLOAD: pl.Binary,
    HETU: pl.String,
}


def refused_rows(
    record: type, layout: Layout | None, frame: pl.DataFrame, refused: pl.DataFrame, keyring: Keyring
) -> pl.DataFrame:
    """Lay out what a suite refused of a frame of text; the payload is the row as JSON, as it can be validated again."""
    if refused.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    rows = frame[refused[ROW].to_list()].with_columns(refused[FAILURES])
    column = hetu_column(record)
    payloads = [_as_json(row) for row in rows.drop(SHARD, FAILURES, ELEMENT).iter_rows(named=True)]
    return rows.select(
        pl.col(SHARD).cast(pl.UInt32),
        pl.lit(record.__name__).alias(RECORD),
        _keys(layout, rows, payloads, keyring).alias(KEY),
        LOCATOR,
        FAILURES,
        pl.Series(PAYLOAD, payloads, dtype=pl.Binary),
        (pl.col(column) if column else pl.lit(None, dtype=pl.String)).alias(HETU),
    )


def malformed_rows(shard: int, malformed: Sequence[Malformed], keyring: Keyring) -> pl.DataFrame:
    """Lay out records that could not be read at all; the payload is what was sent."""
    rows = [
        (
            shard,
            each.record,
            digest_key(each.payload or each.locator.encode(), keyring),
            each.locator,
            _malformed_failure(each.reason),
            each.payload,
            None,
        )
        for each in malformed
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def digest_key(payload: bytes, keyring: Keyring) -> str:
    """Name a row that has no id of its own; the digest is keyed, for a payload can be guessed."""
    return f"{DIGESTS}{keyring.keyed_hash(Use.IDENTITY_HASH, payload)[:_DIGEST_BYTES].hex()}"


def _keys(layout: Layout | None, rows: pl.DataFrame, payloads: Sequence[bytes], keyring: Keyring) -> pl.Series:
    own = _own_keys(layout, rows)
    return pl.Series(
        [key or digest_key(payload, keyring) for key, payload in zip(own, payloads, strict=True)], dtype=pl.String
    )


def _own_keys(layout: Layout | None, rows: pl.DataFrame) -> Sequence[str | None]:
    if layout is not None and PERSON not in layout.key:
        return rows.select(record_key(layout)).to_series().to_list()
    return rows["id"].to_list() if layout is None and "id" in rows.columns else [None] * rows.height


def _as_json(row: dict[str, str | None]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def _malformed_failure(reason: str) -> str:
    return json.dumps([{"code": "MALFORMED", "field": reason, "severity": "error"}], ensure_ascii=False)
