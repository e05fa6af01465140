"""The limit: what no pipeline on this machine can do without. The same bytes parsed and dropped, the same rows copied, and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import msgspec
import polars as pl
import psycopg
from lxml import etree
from psycopg import sql

from bench.corpus import Corpus
from bench.ground import dsn_of
from bench.measure import Work
from bench.staged import BESIDE, STAGED
from schemas.vocabulary import Source

CLIENT: Final = "{urn:luukku:kela:etuustiedot:1}asiakas"
BLOCK_BYTES: Final = 1 << 20
_TYPES: Final[Mapping[str, type[pl.DataType] | pl.DataType]] = {
    "text": pl.String,
    "uuid": pl.String,
    "bytea": pl.String,
    "bigint": pl.Int64,
    "integer": pl.Int64,
    "smallint": pl.Int64,
    "boolean": pl.String,
    "date": pl.Date,
    "timestamp with time zone": pl.Datetime("us", "UTC"),
}


def parsed(*, keep: str, day: str, source: str) -> Work:
    """Prepare the streaming parse of one source's answers, already in memory: lxml.iterparse for XML, msgspec for JSON and lines."""
    answers, of_source = Corpus(Path(keep)), Source(source)
    pages = [
        page.body for place in answers.places(of_source) for page in answers.pages(day, of_source, place) if page.body
    ]
    parse = _PARSERS[of_source]

    def work() -> dict[str, Any]:
        for page in pages:
            parse(page)
        return {"bytes": sum(map(len, pages))}

    return work


def _parse_xml(page: bytes) -> None:
    """Walk the clients without reading them."""
    for _, element in etree.iterparse(BytesIO(page), events=("end",), tag=CLIENT):
        element.clear()


_PARSERS: Final[dict[Source, Callable[[bytes], object]]] = {
    Source.TE: msgspec.json.decode,
    Source.KELA: _parse_xml,
    Source.SOTE: msgspec.json.Decoder().decode_lines,
}


def dumped(*, url: str, rows: str) -> Work:
    """Prepare the keeping of a load's rows: as COPY gives them, for the limit, and as Parquet, for the peers.

    What is encrypted stands as hexadecimal text in the Parquet: dlt's CSV carries no bytes.
    """
    folder = Path(rows)
    folder.mkdir(exist_ok=True)

    def work() -> dict[str, Any]:
        with psycopg.connect(dsn_of(url)) as connection:
            return {"rows": {table: _dump(connection, table, folder) for table in (*STAGED, *BESIDE)}}

    return work


def _dump(connection: psycopg.Connection, table: str, folder: Path) -> int:
    name = sql.Identifier(*table.split("."))
    (folder / f"{table}.copy").write_bytes(b"".join(_out(connection, sql.SQL("COPY {} TO STDOUT").format(name))))
    told = b"".join(_out(connection, sql.SQL("COPY {} TO STDOUT (FORMAT csv)").format(name)))
    types = _columns(connection, table)
    schema = {column: _TYPES[kind] for column, kind in types.items()}
    frame = pl.read_csv(BytesIO(told), has_header=False, schema=schema) if told else pl.DataFrame(schema=schema)
    frame.with_columns(pl.col(column) == "t" for column, kind in types.items() if kind == "boolean").write_parquet(
        folder / f"{table}.parquet"
    )
    return frame.height


def _out(connection: psycopg.Connection, statement: sql.Composed) -> Iterator[bytes]:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            yield bytes(block)


def _columns(connection: psycopg.Connection, table: str) -> dict[str, str]:
    statement = """
        SELECT column_name, data_type
          FROM information_schema.columns
         WHERE table_schema || '.' || table_name = %s
         ORDER BY ordinal_position
    """
    return dict(connection.execute(statement, (table,)).fetchall())


def copied(*, url: str, rows: str, tables: Sequence[str]) -> Work:
    """Prepare the copying of the kept rows into empty tables of the same definition, indexes included, in one transaction."""
    bodies = {table: (Path(rows) / f"{table}.copy").read_bytes() for table in tables}

    def work() -> dict[str, Any]:
        with psycopg.connect(dsn_of(url)) as connection, connection.cursor() as cursor:
            return {"rows": sum(_copy(cursor, table, body) for table, body in bodies.items())}

    return work


def _copy(cursor: "psycopg.Cursor[Any]", table: str, body: bytes) -> int:
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*table.split(".")))) as copy:
        for start in range(0, len(body), BLOCK_BYTES):
            copy.write(body[start : start + BLOCK_BYTES])
    return cursor.rowcount
