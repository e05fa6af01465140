"""The connector of a batch: over which connection, in whose name, and about whom it asks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from connectors import kela, sote, te
from connectors.landing import asked
from connectors.ledger import Batch, Connection
from connectors.persons import hetus
from connectors.queries.named import clients_of
from connectors.source import Source
from connectors.store import Store
from connectors.transport import ClientId, Consumer, Http, Party, Patience, ServiceId, Transport
from db.engine import Database
from db.ids import uuid7
from schemas import vocabulary
from schemas.identifiers import Hetu

PARSERS: Final = {
    vocabulary.Source.TE: te.PARSER,
    vocabulary.Source.KELA: kela.PARSER,
    vocabulary.Source.SOTE: sote.PARSER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a connector is made of; `now` gives the present moment."""

    database: Database
    store: Store
    http: Http
    security_server: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def of(self, batch: Batch, connection: Connection) -> Source:
        """Make the connector that pulls a batch."""
        transport = Transport(
            http=self.http,
            security_server=self.security_server,
            consumer=_consumer(batch, connection),
            service=ServiceId.parse(connection.service),
            new_id=lambda: str(uuid7(self.now())),
            patience=Patience(sleep=self.sleep),
        )
        match connection.source:
            case vocabulary.Source.TE:
                return te.Te(transport=transport, area=connection.place, now=self.now, clients=self._clients(batch))
            case vocabulary.Source.KELA:
                return kela.Kela(transport=transport, area=connection.place, now=self.now, people=self._named(batch))
            case vocabulary.Source.SOTE:
                return sote.Sote(transport=transport, county=connection.place, now=self.now, asks=self._asks(batch))

    def _named(self, batch: Batch) -> Callable[[], Iterable[Hetu]] | None:
        """Give the people whom the batch names, None where it asks about all."""
        if batch.people is None:
            return None
        people = asked.people(self.store, batch.people)
        return lambda: asked.named(people, self._hetus)

    def _clients(self, batch: Batch) -> Callable[[], Iterable[str]] | None:
        """Give TE's own ids of the people whom the batch names, None where it asks about all."""
        if batch.people is None:
            return None
        people = asked.people(self.store, batch.people)
        with self.database.read() as read:
            ids = clients_of(read, person_ids=people)
        return lambda: ids

    def _asks(self, batch: Batch) -> Callable[[], Iterable[sote.Ask]]:
        """Give the people of the leave list, of those the batch names where it names some; nobody where there is no list."""
        allowed = {} if batch.leave is None else asked.allowed(self.store, batch.leave)
        if batch.people is not None:
            allowed = {
                person: allowed[person] for person in asked.people(self.store, batch.people) if person in allowed
            }
        return lambda: asked.asks(allowed, self._hetus)

    def _hetus(self, people: Sequence[UUID]) -> Mapping[UUID, Hetu]:
        with self.database.read() as read:
            return dict(hetus(read, people))


def _consumer(batch: Batch, connection: Connection) -> Consumer:
    """Say who asks; the user is the job, for the pull has no other."""
    client = ClientId.parse(connection.client)
    party = connection.represented_party
    return Consumer(
        client=client,
        user=f"{client.instance}-luukku-{batch.batch_id.hex[-4:]}",
        issue=f"PULL-{batch.planned_at:%Y-%m-%d}-{batch.source}-{batch.shard}",
        represented=None if party is None else Party.parse(party),
    )
