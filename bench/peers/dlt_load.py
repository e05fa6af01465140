"""dlt loads the same rows into the same PostgreSQL, merged by key: its extract, normalise and load, and none of our checks.

Settings as its documentation gives them for bulk work, and where it leaves a choice, what was fastest here:

- pages instead of rows, buffers above the default of 5,000 items, no compression of intermediary files
  (https://dlthub.com/docs/reference/performance);
- CSV by COPY instead of INSERT statements, for Arrow by pyarrow (https://dlthub.com/docs/dlt-ecosystem/destinations/postgres,
  "Fast loading with Arrow tables and CSV");
- merged by key as it does by default, ``delete-insert``; and fed Arrow also by ``upsert``, which is faster and leaves it to the caller
  that no key comes twice (https://dlthub.com/docs/general-usage/merge-loading);
- one normalising process: on two cores, which the server also needs, two were slower.

Parquet by ADBC, the other fast way it names, needs a driver that is not in our lock.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import dlt
import polars as pl

from bench.ground import dsn_of
from bench.measure import Work
from bench.staged import RECORDS

ROWS_A_PAGE: Final = 10_000
BUFFER_ITEMS: Final = 50_000
DATASET: Final = "peer"
KEY: Final = "source_record_id"
PASSWORD: Final = "peer"  # noqa: S105 - dlt demands one, the socket asks for none
SETTINGS: Final = {
    "runtime.dlthub_telemetry": False,
    "runtime.log_level": "CRITICAL",
    "data_writer.buffer_max_items": BUFFER_ITEMS,
    "data_writer.disable_compression": True,
    "normalize.loader_file_format": "csv",
    "normalize.workers": 1,
}
_HINTS: Final[dict[Any, str]] = {
    pl.String: "text",
    pl.Int64: "bigint",
    pl.Date: "date",
    pl.Boolean: "bool",
    pl.Datetime("us", "UTC"): "timestamp",
}


def loaded(*, url: str, rows: str, feed: str, strategy: str, home: str) -> Work:
    """Prepare a load of the kept rows, fed as ``dicts`` or as ``arrow``, all of them in memory; `home` keeps dlt's state between nights."""
    for name, value in SETTINGS.items():
        dlt.config[name] = value
    destination = dlt.destinations.postgres(credentials=_credentials(url))
    pipeline = dlt.pipeline(pipeline_name=feed, pipelines_dir=home, destination=destination, dataset_name=DATASET)
    frames = {table.partition(".")[2]: pl.read_parquet(Path(rows) / f"{table}.parquet") for table in RECORDS}
    resources = [_resource(table, frame, feed, strategy) for table, frame in frames.items()]

    def work() -> dict[str, Any]:
        pipeline.run(resources)
        return {"rows": sum(frame.height for frame in frames.values())}

    return work


def _resource(table: str, frame: pl.DataFrame, feed: str, strategy: str) -> Any:
    """Give dlt the rows of a table; Arrow brings its types along."""
    hints: Any = {name: {"data_type": _HINTS[kind]} for name, kind in frame.schema.items()} if feed == "dicts" else None
    merge: Any = {"disposition": "merge", "strategy": strategy}
    return dlt.resource(
        list(_pages(frame, feed)),
        name=table,
        primary_key=KEY,
        write_disposition=merge,
        columns=hints,
    )


def _pages(frame: pl.DataFrame, feed: str) -> Iterator[Any]:
    if feed == "arrow":
        yield frame.to_arrow()
        return
    for page in frame.iter_slices(ROWS_A_PAGE):
        yield page.to_dicts()


def _credentials(url: str) -> str:
    """Write the address as dlt reads it: the socket's folder in the place of a host, and some password."""
    user, _, rest = dsn_of(url).partition("@/")
    database, _, query = rest.partition("?host=")
    socket, _, port = query.partition("&port=")
    return f"{user}:{PASSWORD}@{socket}:{port}/{database}"
