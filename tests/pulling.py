"""Whole nights of a source in process: planned, landed from the stand-ins, grouped, checked, merged and judged, as the timetable would."""

from dataclasses import dataclass, field
from datetime import timedelta

import polars as pl
from sqlalchemy import text

from connectors import runs, staging
from connectors.landing import land
from connectors.ledger import Connection
from connectors.queries import books
from db.engine import Login
from db.environment import Environment
from db.keys import new_keyring
from schemas.vocabulary import Source
from simulators.simulation import Simulation
from simulators.sote import COUNTIES
from tests.sources import SERVICES, joined

PLACES = {"te": "36", "kela": "36", "sote": "12"}


def an_environment(database_url, folder) -> Environment:
    keyring = folder / "keys" / "keyring.json"
    new_keyring(keyring, development=True)
    store, socket = str(folder / "store"), folder / "s.sock"
    return Environment(database_url, keyring, store, socket, "http://server.invalid", folder)


def a_connection(source, at, place=None) -> Connection:
    place = place or PLACES[source]
    service = SERVICES[source] if source in SERVICES else str(COUNTIES[place].service("FI-TEST"))
    return Connection(
        connection_id=f"{source}-{place}",
        source=Source(source),
        controller="2296962-1",
        place=place,
        client="FI-TEST/MUN/0166906-4/luukku",
        service=service,
        from_at=at - timedelta(days=400),
    )


@dataclass(slots=True)
class House:
    """A database and a store that pull from a simulation."""

    environment: Environment
    simulation: Simulation
    seen: list = field(default_factory=list)

    @property
    def at(self):
        return self.simulation.world.population.closing + timedelta(seconds=61)

    def connect(self, *sources, place=None):
        with self.environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
            for source in sources:
                books.define_connection(tx, defined=a_connection(source, self.at, place))

    def pull(self, source, *, full=False, leave=None, change=None):
        """Run a source's stages; `change` may alter what was landed before it is checked. Gives the verdict's sums."""
        planned = runs.plan(self.environment, source=source, at=self.at, full=full, leave=leave)
        server, seen = self.simulation.server, self.seen
        landed = [land(self.environment, batch, at=self.at, http=lambda: joined(server, seen)) for batch in planned]
        return self.finish(source, planned, landed)

    def finish(self, source, planned, landed):
        merged = self.merge(source, planned, landed)
        return runs.verdict(self.environment, source=source, planned=planned, merged=merged)

    def merge(self, source, planned, landed):
        groups = runs.group(self.environment, planned=planned, landed=landed)
        checked = [staging.check(self.environment, group, at=self.at) for group in groups]
        return staging.merge(self.environment, source=source, planned=planned, checked=checked, at=self.at)

    def ask(self, statement, **parameters):
        with self.environment.database(Login.OWNER) as database, database.read() as read:
            return [tuple(row) for row in read.execute(text(statement), parameters)]

    def count(self, table):
        ((number,),) = self.ask(f"SELECT count(*) FROM {table}")
        return number

    def leave(self, *rows):
        """Write a leave list: rows of category and person, None for everybody."""
        path = "leave/test.parquet"
        frame = pl.DataFrame(
            list(rows), schema={"category": pl.String, "person_id": pl.String, "place": pl.String}, orient="row"
        )
        file = self.environment.home / "store" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(file)
        return path
