"""People made known by their HETUs, as a merge makes them."""

import polars as pl

from connectors.persons import TABLES, link, made
from connectors.queries import records
from connectors.queries.bulk import laid


def linked(tx, *texts, at, links=(), told_by="te"):
    outcome = link(tx, hetus=pl.Series(list(texts), dtype=pl.String), links=links, at=at)
    types = records.types(tx, tables=TABLES)
    for table, rows in made(tx.keyring, outcome, told_by=told_by, at=at):
        records.add(tx, table=table, rows=laid(rows, types[table]))
    return outcome
