"""People made known by their HETUs, as a merge makes them."""

import polars as pl

from connectors.persons import link, made
from connectors.queries import records


def linked(tx, *texts, at, links=(), told_by="te"):
    outcome = link(tx, hetus=pl.Series(list(texts), dtype=pl.String), links=links, at=at)
    for table, rows in made(tx.keyring, outcome, told_by=told_by, at=at):
        records.add(tx, table=table, rows=rows)
    return outcome
