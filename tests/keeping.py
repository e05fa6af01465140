"""A house with consents: people of the stand-ins pulled, asked, published, and erased, each by the login that does it in the field."""

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text

from connectors.erasing import marks_of
from connectors.landing import open_parts, read_manifest, unwrap
from connectors.queries import books
from connectors.store import open_store
from consent.queries.terms import Shown
from consent.registry import By, Channel, Consent, Expressed, Given
from db.clock import now
from db.engine import Login
from publish import changes_of_will, refresh
from publish.keeping.erasing import erase_due
from schemas.vocabulary import Source
from tests.published import COUNTY, KEHA, KELA, World, a_world
from tests.pulling import House, a_connection

CONTROLLERS = {"te": KEHA, "kela": KELA, "sote": COUNTY}
SELF = By(user="person", role="person")
NEED = "sote.palvelutarve"


@dataclass
class Kept:
    """The house with its world; what happens in it happens now."""

    house: House
    world: World

    @property
    def store(self):
        return open_store(self.house.environment.store)

    def database(self, login):
        return self.house.environment.database(login, pool_size=2)

    def people(self, table):
        return [person for (person,) in self.house.ask(f"SELECT DISTINCT person_id FROM staging.{table} ORDER BY 1")]

    def rows_of(self, person, table):
        ((number,),) = self.house.ask(f"SELECT count(*) FROM staging.{table} WHERE person_id = :person", person=person)
        return number

    def pull(self, source):
        """Pull under a leave list of this moment."""
        return self.house.pull(source, leave=refresh.write_leave_list(self.house.environment, source=source, at=now()))

    def publish(self):
        for shard in refresh.due(self.house.environment):
            refresh.refresh(self.house.environment, shard, at=now())

    def section(self, person, category):
        rows = self.house.ask(
            "SELECT body FROM publish.section WHERE person_id = :person AND category = :category",
            person=person,
            category=category,
        )
        return rows[0][0] if rows else None

    def grant(self, *people, category=NEED):
        shown = Shown(n=1, language="fi", sha256=hashlib.sha256(b"Annan luvan.").digest())
        consent = Consent(items=[Given(category=category)], notice=shown)
        with self.database(Login.WEB) as web, web.transaction() as tx:
            for person in people:
                changes_of_will.grant(tx, person_id=person, consent=consent, **self._act())

    def withdraw(self, person, category=NEED):
        with self.database(Login.WEB) as web, web.transaction() as tx:
            changes_of_will.withdraw(tx, person_id=person, categories=[category], **self._act())

    def _act(self):
        expressed = Expressed(channel=Channel.ONLINE)
        return {"agreement_id": self.world.agreement_id, "expressed": expressed, "by": SELF, "at": now()}

    def erase(self, *, at=None, store=None):
        with self.database(Login.KEEPER) as keeper:
            return erase_due(keeper, store or self.store, at=at or now())

    def queue(self):
        return self.house.ask("SELECT person_id, looked_at, copies_of FROM publish.to_erase ORDER BY number")

    def told(self, type_):
        """The people of the log's waiting events of a type, as its own names for them, in order."""
        bodies = self.house.ask("SELECT convert_from(body, 'UTF8')::jsonb FROM audit.inbox ORDER BY ticket")
        return [body for (body,) in bodies if body["type"] == type_]

    def marks(self, person: UUID):
        with self.database(Login.KEEPER) as keeper, keeper.read() as read:
            return marks_of(read, people=[person])

    def copies(self, source):
        """Every landed part of a source that opens, raw."""
        with self.database(Login.CONNECTOR) as connector, connector.read() as read:
            batches = self.house.ask(
                "SELECT batch_id, manifest, manifest_sha256, store_key FROM staging.batch "
                "WHERE source = :source AND store_key IS NOT NULL",
                source=source,
            )
            return [
                part
                for batch_id, manifest, digest, key in batches
                for part in open_parts(
                    self.store,
                    read_manifest(self.store, manifest, sha256_hex=digest),
                    unwrap(read.keyring, key, batch=str(batch_id)),
                )
            ]


def a_kept_house(house: House, owner, connector) -> Kept:
    """Found the world, and connect the stand-ins in the place of its own."""
    world = a_world(owner, connector)
    with owner.transaction() as tx:
        tx.execute(text("DELETE FROM staging.connection"))
        tx.execute(text("DELETE FROM staging.watermark"))
    with connector.transaction() as tx:
        for source, controller in CONTROLLERS.items():
            books.define_connection(tx, defined=replace(a_connection(source, house.at), controller=controller))
    return Kept(house, world)


def consenting(kept: Kept) -> list[UUID]:
    """Let everybody whom TE tells of consent, have the county asked, and give those of whom it told a need."""
    kept.pull(Source.TE)
    kept.grant(*kept.people("tyonhakija"))
    kept.pull(Source.SOTE)
    kept.publish()
    return kept.people("palvelutarve")
