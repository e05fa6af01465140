"""The nightly asking about authority: over the stand-in of the register, with what it opens and closes."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import insert

from connectors.ledger import Connection
from connectors.persons import hetu_context
from connectors.queries import books
from connectors.tables import identity
from connectors.tables import person as known_person
from consent.model import RepresentationKind
from consent.registry import Expressed
from db.engine import Database
from db.keys import Use
from publish import authority
from publish.errors import NoAnswers
from schemas.vocabulary import Source
from simulators.mandates import drawn_from
from tests.asking import CLIENT, MANDATES, a_simulation
from tests.integration.test_consent_registry import NOON, ONLINE, decided, grant, withdraw
from tests.sources import joined
from tests.spec import live

HOUR = timedelta(hours=1)
NIGHT = NOON + 16 * HOUR
SERVICE = MANDATES.removeprefix("/r1/")


@dataclass
class Home:
    """What the nightly task is handed."""

    url: str
    keyring: object
    mandates: str = SERVICE
    security_server: str = "http://security-server"

    def database(self, login, *, pool_size):
        return Database(self.url, login, self.keyring, pool_size=pool_size)


@pytest.fixture
def home(examples, database_url, keyring, owner):
    return Home(database_url, keyring)


@pytest.fixture
def connected(owner):
    """The sources are asked over a live connection."""
    te = Connection(
        connection_id="te-36",
        source=Source.TE,
        controller="2296962-1",
        place="36",
        client=CLIENT,
        service=SERVICE,
        from_at=live.BEGINNING,
    )
    with owner.transaction() as tx:
        books.define_connection(tx, defined=te)


@pytest.fixture(scope="module")
def simulation():
    return a_simulation()


def pairs(simulation):
    """People of the population whom somebody may act for, with whoever may."""
    population = simulation.world.population
    for index in range(len(population)):
        principal = population.identity(index).hetu
        for found in drawn_from(simulation.world)(principal):
            yield principal, found.hetu


def named(owner, hetu):
    """Somebody known by an identity code."""
    with owner.transaction() as tx:
        person_id = live.live(tx, ())
        encrypted = tx.keyring.encrypt_packed(
            Use.IDENTITY_ENCRYPTION, hetu.encode(), context=hetu_context(str(person_id))
        )
        hash_ = tx.keyring.keyed_hash(Use.IDENTITY_HASH, hetu.encode())
        known = {"hetu_hash": hash_, "hash_key_id": "test", "told_by": "te", "recorded_at": live.BEGINNING}
        tx.execute(insert(known_person).values(person_id=person_id, known_at=live.BEGINNING))
        tx.execute(insert(identity).values(person_id=person_id, hetu=encrypted, **known))
    return person_id


def spoken_for(owner, person, representative, *, at=NOON):
    with owner.transaction() as tx:
        voice = live.a_voice(tx, person, RepresentationKind.MANDATE, at=at, representative=representative)
        grant(tx, person, at=at + HOUR, expressed=Expressed(channel=ONLINE.channel, voice=voice))


def asked(home, simulation, *, at=NIGHT, seen=None):
    with joined(simulation.server, seen) as http:
        return authority.ask_due(home, http, now=lambda: at)


def test_authority_that_is_asked_about_each_night_does_not_lapse(home, connected, owner, simulation):
    principal, delegate = next(pairs(simulation))
    person, representative = named(owner, principal), named(owner, delegate)
    spoken_for(owner, person, representative)
    seen = []

    told = asked(home, simulation, seen=seen)

    assert told == {"due": 1, "answers": 1}
    assert decided(owner, person, at=NOON + 30 * HOUR) == ["consent"]
    assert all(principal not in str(request.url) and delegate not in str(request.url) for request in seen)
    assert seen[0].headers["x-road-client"] == CLIENT


def test_authority_that_has_ended_closes_what_rested_on_it(home, connected, owner, simulation):
    (principal, _), (_, stranger) = list(pairs(simulation))[:2]
    person = named(owner, principal)
    spoken_for(owner, person, named(owner, stranger))

    asked(home, simulation)

    assert decided(owner, person, at=NIGHT + HOUR) == ["representation_lapsed"]


def test_nobody_is_asked_about_on_whose_word_nothing_rests(home, connected, owner, simulation):
    principal, delegate = next(pairs(simulation))
    person = named(owner, principal)
    spoken_for(owner, person, named(owner, delegate))
    with owner.transaction() as tx:
        withdraw(tx, person, at=NOON + 2 * HOUR)

    assert asked(home, simulation) == {"due": 0, "answers": 0}


def test_a_second_run_of_the_night_asks_about_nobody_twice_who_is_of_no_mandate(home, connected, owner, simulation):
    principal, delegate = next(pairs(simulation))
    person = named(owner, principal)
    with owner.transaction() as tx:
        kind, at = RepresentationKind.LEGAL_GUARDIAN, NOON - timedelta(days=29, hours=12)
        voice = live.a_voice(tx, person, kind, at=at, representative=named(owner, delegate))
        grant(tx, person, at=NOON, expressed=Expressed(channel=ONLINE.channel, voice=voice))

    first, again = (asked(home, simulation, at=NIGHT + after) for after in (timedelta(0), HOUR))

    assert (first["due"], again["due"]) == (1, 0)


def test_where_no_register_is_named_nobody_is_asked_and_that_is_told(home, connected, owner, simulation):
    principal, delegate = next(pairs(simulation))
    spoken_for(owner, named(owner, principal), named(owner, delegate))
    home.mandates = ""

    assert asked(home, simulation) == {"due": 1, "answers": 0}


def test_one_broken_answer_keeps_nobody_elses_away_and_the_night_is_red(
    home, connected, owner, simulation, monkeypatch
):
    (one, delegate), (other, second) = list(pairs(simulation))[:2]
    people = [named(owner, one), named(owner, other)]
    for person, representative in zip(people, (delegate, second), strict=True):
        spoken_for(owner, person, named(owner, representative))
    first = min(people)
    answered = authority.speaking.refresh

    def broken_about_the_first(database, ask, person_id, **given):
        if person_id == first:
            raise authority.ConnectorError("no answer")
        return answered(database, ask, person_id, **given)

    monkeypatch.setattr(authority.speaking, "refresh", broken_about_the_first)

    with pytest.raises(NoAnswers, match="1 answers came; about 1 of 2 people"):
        asked(home, simulation)

    assert [decided(owner, person, at=NOON + 30 * HOUR) for person in sorted(people)] == [
        ["representation_lapsed"],
        ["consent"],
    ]
