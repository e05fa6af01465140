"""A small world for tests of the view: one municipality, its system, laws, a consent form, and people as they need them."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Text, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as UUID_COLUMN

from audit.events import Actor
from connectors import connecting, tables
from connectors.layout import context, hetu_context
from connectors.ledger import Connection
from connectors.tables import identity, person, watermark
from consent import registry, terms
from consent.model import Change
from consent.queries.terms import Shown
from consent.registry import By, Channel, Consent, Expressed, Given, Scope
from consent.terms import AgreementTerms, NoticeText, Party, StatuteTerms
from db.clock import now
from db.engine import Database
from db.ids import uuid7
from db.keys import Keyring, Use
from publish import recipients
from publish.queries import publishing, reading
from publish.queries.publishing import SectionKey
from publish.recipients import System
from publish.references import Prefix, spell
from publish.refresh.sections import Fresh
from publish.tables import recipient as recipient_table
from publish.tables import recipient_system
from schemas.identifiers import HETU_CHECK
from schemas.vocabulary import PartyKind, Purpose, Source, TaskGround
from schemas.vocabulary import Text as Sentence

SAVONLINNA, MIKKELI = "0166906-4", "0165116-3"
KEHA, KELA, COUNTY = "2296962-1", "0246246-0", "3221331-8"
STEWARD = By(user="steward-7", role="steward", office=SAVONLINNA)
OPERATOR = Actor(user="operator", role="operator")
TWO = ("steward-7", "steward-8")
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
HETU = "120384-9128"
TYO_BY_LAW = ("te.perustiedot", "te.tyollisyys", "te.suunnitelma", "te.palvelut", "te.yhteydenotot", "te.palvelulinja")
TYM_BY_LAW = (*TYO_BY_LAW, "te.arkaluonteiset")


ENCRYPTED = {
    "tyonhakija": ("sukunimi", "etunimet", "vastuuasiantuntija"),
    "yhteyshenkilo": ("nimi", "puhelin"),
}
COACH = '{"tunnus":"sln-014","nimi":"O. Valmentaja","yksikko":"Savonlinnan palvelut","puhelin":"+358440000000","alkuPvm":"2025-03-01"}'


def _sentence(text):
    return Sentence(fi=text, sv=text, en=text)


@dataclass
class World:
    """One database with its parties, laws and forms; ``owner`` may everything."""

    owner: Database
    connector: Database
    agreement_id: UUID

    def person(self, hetu=HETU, *, municipality="740", tym=False, protected=False, deceased=False, born="1984-03-12"):
        """A person with a task for whoever serves the municipality, known by an identity code."""
        person_id = uuid7(now())
        facts = [("birth_date", born, None)]
        if protected:
            facts.append(("protected:te", "true", None))
        if deceased:
            facts.append(("deceased", "true", BEFORE))
        self._identify(person_id, hetu)
        for fact in facts:
            self.learns(person_id, *fact)
        self.moves(person_id, municipality)
        if tym:
            self._task(person_id, TaskGround.TYM, "36")
        return person_id

    def learns(self, person_id, kind, value, start=None):
        """A source tells a fact."""
        fact = (_uuids([person_id]), _texts([kind]), _texts([value]), _moments([start]), _moments([None]))
        with self.connector.transaction() as tx:
            tx.execute(select(func.consent.learn(*fact)))

    def connects(self, source, controller, place):
        """A source of a controller is connected, loaded three hours ago."""
        with self.owner.transaction() as tx:
            _connect(tx, source, controller, place)

    def moves(self, person_id, municipality):
        """From now on they live elsewhere."""
        self._task(person_id, TaskGround.RESIDENCE, municipality)

    def ends(self, person_id, ground):
        """Nobody deals with them on that ground any more."""
        self._task(person_id, ground, None)

    def _task(self, person_id, ground, place):
        with self.connector.transaction() as tx:
            learned = func.consent.learn_tasks(
                _uuids([person_id]), _texts([ground]), _texts([place]), _moments([BEFORE]), _moments([None])
            )
            tx.execute(select(learned))

    def _identify(self, person_id, hetu):
        with self.owner.transaction() as tx:
            tx.execute(insert(person).values(person_id=person_id, known_at=BEFORE))
        self.also_known_by(person_id, hetu)

    def also_known_by(self, person_id, hetu):
        """A person has, or had, an identity code."""
        with self.owner.transaction() as tx:
            hash_ = tx.keyring.keyed_hash(Use.IDENTITY_HASH, hetu.encode())
            where = hetu_context(str(person_id))
            box = tx.keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, hetu.encode(), context=where)
            known = {"hetu_hash": hash_, "hash_key_id": "test", "hetu": box, "told_by": "te", "recorded_at": BEFORE}
            tx.execute(insert(identity).values(person_id=person_id, **known))

    def sections(self, person_id, texts):
        """Publish these texts of a person: (category, text), with a name for each recipient."""
        fresh = [
            Fresh(
                SectionKey(person_id, category, controller_of(category)),
                text,
                hashlib.sha256(text.encode()).digest(),
                (f"{category}-1",),
            )
            for category, text in texts.items()
        ]
        with self.owner.transaction() as tx:
            publishing.replace_sections(
                tx, gone=[each.key for each in fresh], put=[each.row(tx.keyring, BEFORE) for each in fresh]
            )
            publishing.name_people(tx, pairs=[(SAVONLINNA, person_id), (MIKKELI, person_id)])

    def hide(self, person_id, *categories):
        """Take sections away, as if the person had never had them."""
        with self.owner.transaction() as tx:
            keys = [SectionKey(person_id, category, controller_of(category)) for category in categories]
            publishing.replace_sections(tx, gone=keys, put=[])

    def stage(self, table, person_id, record_id="r1", **values):
        """Put a record of a person into staging, and the person on the list of those who wait."""
        row = {"source_record_id": record_id, "person_id": person_id, "version": 1, "content_hash": 1, "cut": 0}
        row |= {"batch_id": uuid7(BEFORE), "muokattu_aika": BEFORE, "tyonhakija_id": "h1"} | values
        with self.owner.transaction() as tx:
            for column in ENCRYPTED.get(table.name, ()):
                if isinstance(row.get(column), str):
                    where = context(table.name, column, record_id)
                    row[column] = tx.keyring.encrypt_packed(
                        Use.IDENTITY_ENCRYPTION, row[column].encode(), context=where
                    )
            tx.execute(insert(table).values({name: value for name, value in row.items() if name in table.c}))
            publishing.wait(tx, people=[person_id])

    def unstage(self, table, person_id):
        """Take a person's records of a kind out of staging, as a deletion does."""
        with self.owner.transaction() as tx:
            tx.execute(delete(table).where(table.c.person_id == person_id))
            publishing.wait(tx, people=[person_id])

    def jobseeker(self, person_id, **values):
        """Stage the person as TE knows them."""
        known = {
            "sukunimi": "Esimerkki",
            "etunimet": "Aino Maria",
            "syntyma_pvm": date(1984, 3, 12),
            "kotikunta": "740",
        }
        known |= {"tyollisyysalue": "36", "turvakielto": False, "asiointikieli": "fi", "tym_asiakas": False}
        known |= {"kotoutumisasiakas": False, "tyonhaku_alkanut_pvm": date(2025, 2, 20), "vastuuasiantuntija": COACH}
        self.stage(tables.tyonhakija, person_id, f"h-{person_id}", **known | values)

    def ref(self, person_id, recipient=SAVONLINNA):
        """How a recipient names a person."""
        with self.owner.read() as read:
            ref = reading.ref_of(read, recipient=recipient, person_id=person_id)
        return spell(Prefix.PERSON, ref)

    def grant(self, person_id, *categories, data_from=None, through=registry):
        """The person consents at the counter."""
        with self.owner.transaction() as tx:
            at = now()
            return through.grant(
                tx,
                person_id=person_id,
                agreement_id=self.agreement_id,
                consent=Consent(
                    items=[Given(category=category, data_from=data_from) for category in categories],
                    notice=Shown(n=1, language="fi", sha256=hashlib.sha256(b"Annan luvan.").digest()),
                ),
                expressed=Expressed(channel=Channel.ONLINE),
                by=By(user="person", role="person"),
                at=at,
            )

    def withdraw(self, person_id, *categories, through=registry):
        """The person takes the consent back."""
        with self.owner.transaction() as tx:
            return through.withdraw(
                tx,
                person_id=person_id,
                agreement_id=self.agreement_id,
                categories=categories,
                expressed=Expressed(channel=Channel.ONLINE),
                by=By(user="person", role="person"),
                at=now(),
            )

    def deny(self, person_id, source="sote"):
        """The person says no to all of a source, to whoever it be."""
        with self.owner.transaction() as tx:
            registry.deny(
                tx,
                person_id=person_id,
                scope=Scope(source=source),
                expressed=Expressed(channel=Channel.COUNTER),
                by=By(user="person", role="person"),
                at=now(),
            )

    def enact(self, **changes):
        """A rule of law is entered: the county's, or as told."""
        rule = StatuteTerms(
            statute_id=uuid7(BEFORE),
            key="STATUTE_COUNTY",
            law_ref="Laki 1 §",
            text=Sentence("Laki sanoo.", "Lagen säger.", "The law says."),
            verified=True,
            controller_kind=PartyKind.COUNTY,
            categories=("sote.palvelutarve",),
            recipient_kind=PartyKind.EMPLOYMENT_AUTHORITY,
            purpose=Purpose.TYO,
            task_ground=TaskGround.RESIDENCE,
            approved_by=TWO,
            valid_from=BEFORE,
        )
        with self.owner.transaction() as tx:
            terms.enact(tx, replace(rule, **changes), by=STEWARD, at=BEFORE)

    def agree(self, **changes):
        """The county makes a further agreement with Savonlinna, or on other terms; returns its id."""
        made = replace(_agreement(uuid7(BEFORE)), **changes)
        with self.owner.transaction() as tx:
            terms.agree(tx, made, by=STEWARD, at=BEFORE)
        return made.agreement_id

    def announce(self, n, change, text, *, agreement_id=None, published_at=None):
        """The consent form, or that of another agreement, gets its n-th text: as of a minute ago, or to be out later."""
        at = now() - timedelta(minutes=1)
        made = _notice(agreement_id or self.agreement_id, n, change, text, published_at or at)
        with self.owner.transaction() as tx:
            terms.announce(tx, made, by=STEWARD, at=at)

    def system(self, client_id, key, *, recipient=SAVONLINNA, **changes):
        """Register a system of a recipient."""
        values = {"scopes": ("people:resolve", "view:read"), "purposes": (Purpose.TYM, Purpose.TYO)}
        with self.owner.transaction() as tx:
            recipients.define_system(
                tx,
                System(system=client_id, recipient=recipient, jwks=[key.registered()], **values | changes),
                by=OPERATOR,
                at=BEFORE,
            )

    def recipient(self, recipient, *, purposes):
        """Change what a recipient is granted."""
        with self.owner.transaction() as tx:
            recipients.define_recipient(
                tx, recipient=recipient, name=recipient, purposes=purposes, by=OPERATOR, at=BEFORE
            )

    def stop(self, client_id, what):
        """Stop a system or its recipient, or let the system begin tomorrow only."""
        statement = {
            "system": update(recipient_system).values(state="stopped"),
            "recipient": update(recipient_table).values(state="stopped"),
            "not yet": update(recipient_system).values(from_at=now() + timedelta(days=1)),
        }[what]
        if what != "recipient":
            statement = statement.where(recipient_system.c.system == client_id)
        with self.owner.transaction() as tx:
            tx.execute(statement)

    def forget(self, client_id):
        """Take a system out of the register."""
        with self.owner.transaction() as tx:
            tx.execute(delete(recipient_system).where(recipient_system.c.system == client_id))


def a_hetu(digits="010180", number="902"):
    """An artificial identity code that holds."""
    return f"{digits}-{number}{HETU_CHECK[int(digits + number) % len(HETU_CHECK)]}"


def controller_of(category):
    """Who controls a category in this world."""
    return {"te": KEHA, "kela": KELA, "sote": COUNTY}[category.partition(".")[0]]


@dataclass
class Handed:
    """What a stage is handed: the environment of a test's database and store."""

    url: str
    keyring: Keyring
    store: str

    def database(self, login, *, pool_size=5):
        """Open the database under a login."""
        return Database(self.url, login, self.keyring, pool_size=pool_size)


def a_world(owner, connector) -> World:
    """Make the parties, laws and the consent form."""
    agreement_id = uuid7(BEFORE)
    with owner.transaction() as tx:
        for party in (
            Party(recipient=KEHA, kind=PartyKind.KEHA),
            Party(recipient=KELA, kind=PartyKind.KELA),
            Party(recipient=COUNTY, kind=PartyKind.COUNTY, county="12"),
            Party(recipient=SAVONLINNA, kind=PartyKind.EMPLOYMENT_AUTHORITY, area="36", municipality="740"),
            Party(recipient=MIKKELI, kind=PartyKind.EMPLOYMENT_AUTHORITY, area="23", municipality="491"),
        ):
            terms.enrol(tx, party, by=STEWARD, at=BEFORE)
        for statute in _statutes():
            terms.enact(tx, statute, by=STEWARD, at=BEFORE)
        terms.agree(tx, _agreement(agreement_id), by=STEWARD, at=BEFORE)
        terms.announce(tx, _notice(agreement_id), by=STEWARD, at=BEFORE)
        for recipient, name in ((SAVONLINNA, "Savonlinna"), (MIKKELI, "Mikkeli")):
            recipients.define_recipient(
                tx, recipient=recipient, name=name, purposes=(Purpose.TYM, Purpose.TYO), by=OPERATOR, at=BEFORE
            )
        for source, controller, place in (("te", KEHA, "36"), ("kela", KELA, "36"), ("sote", COUNTY, "12")):
            _connect(tx, source, controller, place)
    return World(owner, connector, agreement_id)


def _statutes():
    common = {"law_ref": "381/2023", "text": _sentence("The law says so."), "verified": False, "approved_by": TWO}
    common |= {
        "controller_kind": PartyKind.KEHA,
        "recipient_kind": PartyKind.EMPLOYMENT_AUTHORITY,
        "valid_from": BEFORE,
    }
    yield StatuteTerms(
        statute_id=uuid7(BEFORE),
        key="STATUTE_TYM",
        categories=TYM_BY_LAW,
        purpose=Purpose.TYM,
        task_ground=TaskGround.TYM,
        **common,
    )
    yield StatuteTerms(
        statute_id=uuid7(BEFORE),
        key="STATUTE_INTERFACE",
        categories=TYO_BY_LAW,
        purpose=Purpose.TYO,
        task_ground=TaskGround.RESIDENCE,
        **common,
    )


def _agreement(agreement_id):
    return AgreementTerms(
        agreement_id=agreement_id,
        controller=COUNTY,
        source=Source.SOTE,
        categories=("sote.kuntouttava-tyotoiminta", "sote.palvelutarve", "sote.yhteyshenkilo"),
        recipient=SAVONLINNA,
        purpose=Purpose.TYO,
        task_ground=TaskGround.RESIDENCE,
        special=True,
        approved_by=TWO,
        valid_from=BEFORE,
    )


def _notice(agreement_id, n=1, change=Change.FIRST, text="Annan luvan.", at=BEFORE):
    return NoticeText(
        agreement_id=agreement_id,
        n=n,
        text=_sentence(text),
        change=change,
        published_at=at,
        approved_by=TWO,
    )


def _connect(tx, source, controller, place):
    at, name = now() - timedelta(hours=3), f"{source}-{place}"
    connection = Connection(
        connection_id=name,
        source=Source(source),
        controller=controller,
        place=place,
        client="FI-TEST/MUN/0166906-4/luukku",
        service="FI-TEST/GOV/2296962-1/tietovaranto/tiedot/v1",
        from_at=BEFORE,
    )
    connecting.define(tx, connection=connection, by=OPERATOR, at=BEFORE)
    tx.execute(insert(watermark).values(connection_id=name, since=at, batch_id=uuid7(at), moved_at=at))


def _uuids(values):
    return literal(list(values), ARRAY(UUID_COLUMN()))


def _texts(values):
    return literal([None if value is None else str(value) for value in values], ARRAY(Text()))


def _moments(values):
    return literal(list(values), ARRAY(TIMESTAMP(timezone=True)))
