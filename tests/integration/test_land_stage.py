"""The stage land against PostgreSQL and the stand-ins: what it writes into the books, and how it fails and is repeated."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import httpx
import polars as pl
import pytest
from sqlalchemy import text

from connectors import kela, sote, te
from connectors.errors import AccessRefused, LandedAltered, PageRefused, SourceClosed, SourceDown
from connectors.landing import land, open_parts, read_manifest, unwrap
from connectors.ledger import Batch, Connection, State
from connectors.queries import books
from connectors.store import open_store
from db.engine import Login
from db.environment import Environment
from db.ids import uuid7
from db.keys import new_keyring
from schemas import kela as kela_records
from schemas import sote as sote_records
from schemas import te as te_records
from schemas.vocabulary import Category, Source
from simulators.faults import Fault, FaultName
from simulators.sote import COUNTIES
from tests.asking import a_simulation
from tests.linking import linked
from tests.sources import SERVICES, joined

PLACES = {"te": "36", "kela": "36", "sote": "12"}


@pytest.fixture(scope="module")
def _simulation():
    return a_simulation(people=60)


@pytest.fixture
def simulation(_simulation):
    yield _simulation
    _simulation.faults.clear()


@pytest.fixture
def at(simulation):
    return simulation.world.population.closing + timedelta(seconds=61)


@pytest.fixture
def environment(database_url, tmp_path):
    path = tmp_path / "keys" / "keyring.json"
    new_keyring(path, development=True)
    return Environment(
        database_url, path, str(tmp_path / "store"), tmp_path / "s.sock", "http://server.invalid", tmp_path
    )


@pytest.fixture
def house(environment, simulation, at):
    return House(environment, simulation, at)


class House:
    """A place where batches are planned and landed as the timetable would."""

    def __init__(self, environment, simulation, at):
        self.environment, self.simulation, self.at = environment, simulation, at
        self.store = open_store(environment.store)
        self.seen = []

    def transaction(self):
        return Transaction(self.environment)

    def planned(self, source, *, since=None, people=None, leave=None):
        """Define the source's connection and plan one batch over it."""
        connection = a_connection(source, self.at)
        batch = Batch(
            batch_id=uuid7(self.at),
            run_id=uuid7(self.at),
            source=Source(source),
            connection_id=connection.connection_id,
            shard=PLACES[source],
            since=since,
            people=people,
            leave=leave,
            planned_at=self.at,
        )
        with self.transaction() as tx:
            books.plan_batches(tx, planned=[batch])
        return {"batch": str(batch.batch_id)}

    def connect(self, source):
        with self.environment.database(Login.OWNER) as database, database.transaction() as tx:
            books.define_connection(tx, defined=a_connection(source, self.at))

    def land(self, batch, *, at=None):
        http = joined(self.simulation.server, self.seen)
        return land(self.environment, batch, at=at or self.at, http=lambda: http)

    def batch(self, batch):
        with self.transaction() as tx:
            return books.batches(tx, batch_ids=[UUID(batch["batch"])])[0]

    def health(self, source):
        with self.transaction() as tx:
            return books.health(tx, source=Source(source), place=PLACES[source])

    def parts(self, batch):
        """Open what a batch landed from its row alone."""
        row = self.batch(batch)
        manifest = read_manifest(self.store, row.manifest)
        with self.transaction() as tx:
            wrapped = books.store_keys(tx, batch_ids=[row.batch_id])[row.batch_id]
            key = unwrap(tx.keyring, wrapped, batch=batch["batch"])
        return list(open_parts(self.store, manifest, key))

    def events(self):
        with self.environment.database(Login.OWNER) as database, database.read() as read:
            return read.execute(text("SELECT convert_from(body, 'UTF8') FROM audit.inbox")).scalars().all()

    def known(self, *hetus):
        """Make people known, and give their ids in the same order."""
        with self.transaction() as tx:
            of = dict(linked(tx, *hetus, at=self.at).people.iter_rows())
        return [of[hetu] for hetu in hetus]

    def people_file(self, rows):
        file = BytesIO()
        pl.DataFrame(rows, schema={"category": pl.String, "person_id": pl.String}, orient="row").write_parquet(file)
        self.store.put("asked/people.parquet", file.getvalue())
        return "asked/people.parquet"


class Transaction:
    def __init__(self, environment):
        self.database = environment.database(Login.CONNECTOR)

    def __enter__(self):
        self.open = self.database.transaction()
        return self.open.__enter__()

    def __exit__(self, *error):
        self.open.__exit__(*error)
        self.database.close()


def a_connection(source, at):
    service = SERVICES.get(source) or str(COUNTIES["12"].service("FI-TEST"))
    return Connection(
        connection_id=f"{source}-{PLACES[source]}",
        source=Source(source),
        controller="0246246-0",
        place=PLACES[source],
        client="FI-TEST/MUN/0166906-4/luukku",
        service=service,
        from_at=at - timedelta(days=100),
    )


@pytest.mark.parametrize("source", ["te", "kela"])
def test_a_landed_batch_opens_from_its_row_and_says_how_far_it_came(house, source):
    house.connect(source)
    batch = house.planned(source)

    told = house.land(batch)

    row = house.batch(batch)
    assert (row.state, row.stamp, told["manifest"]) == (
        State.LANDED,
        house.simulation.world.population.closing,
        row.manifest,
    )
    parsed = [{"te": te.parse, "kela": kela.parse}[source](part) for part in house.parts(batch)]
    assert sum(frame.height for one in parsed for frame in one.frames.values()) == told["records"] > 100


def test_a_landing_is_an_event_that_names_the_batch_and_nobody(house):
    house.connect("te")
    batch = house.planned("te")

    house.land(batch)

    (event,) = house.events()
    assert "source.fetched" in event
    assert batch["batch"] in event
    assert json.loads(event)["run"] == {"dag": "pull_te", "run": str(house.batch(batch).run_id), "task": "land"}


def test_a_landing_that_failed_is_an_event_too_and_one_that_was_never_tried_is_none(house):
    house.connect("te")
    house.simulation.faults.plan(Fault(name=FaultName.FORBIDDEN, source="te"))
    batch = house.planned("te")
    with pytest.raises(AccessRefused):
        house.land(batch)

    with pytest.raises(SourceClosed):
        house.land(batch)

    (event,) = house.events()
    assert "source.fetched" in event
    assert '"outcome":"error"' in event
    assert batch["batch"] in event


def test_what_was_landed_is_read_without_the_source(house):
    house.connect("kela")
    batch = house.planned("kela")
    house.land(batch)
    house.seen.clear()

    assert len(house.parts(batch)) == 1
    assert house.seen == []


def test_a_batch_that_was_landed_is_not_pulled_again(house):
    house.connect("te")
    batch = house.planned("te")
    first = house.land(batch)
    house.seen.clear()

    assert house.land(batch) == first
    assert house.seen == []


def test_of_two_workers_on_one_batch_the_first_to_come_is_right(house):
    house.connect("te")
    batch = house.planned("te")
    twins = []

    def meanwhile(request):
        if not twins:
            twins.append(None)
            twins[0] = house.land(batch)
        return joined(house.simulation.server)._transport.handler(request)

    http = httpx.Client(transport=httpx.MockTransport(meanwhile))
    told = land(house.environment, batch, at=house.at, http=lambda: http)

    assert told == twins[0]
    assert len(list(house.store.folders("landing/te/36/full"))) == 1
    assert len(house.parts(batch)) == 1


def test_a_source_that_is_down_is_counted_and_closed_at_the_third_time(house):
    house.connect("te")
    house.simulation.faults.plan(Fault(name=FaultName.MAINTENANCE, source="te", amount=121, times=None))

    for failures in (1, 2, 3):
        batch = house.planned("te")
        with pytest.raises(SourceDown):
            house.land(batch)
        assert house.health("te").failures == failures
        assert house.batch(batch).state is State.FAILED

    assert house.health("te").refuses(house.at + timedelta(minutes=14))


def test_a_refusal_closes_the_source_at_once_and_nobody_knocks_again(house):
    house.connect("kela")
    house.simulation.faults.plan(Fault(name=FaultName.FORBIDDEN, source="kela", times=None))
    with pytest.raises(AccessRefused):
        house.land(house.planned("kela"))
    house.seen.clear()

    with pytest.raises(SourceClosed):
        house.land(house.planned("kela"))

    assert house.seen == []


def test_a_success_forgets_the_failures(house):
    house.connect("te")
    house.simulation.faults.plan(Fault(name=FaultName.MAINTENANCE, source="te", amount=121))
    batch = house.planned("te")
    with pytest.raises(SourceDown):
        house.land(batch)

    house.land(batch)

    assert house.health("te").failures == 0
    assert house.batch(batch).state is State.LANDED


def test_a_page_that_is_refused_fails_the_batch_and_leaves_the_breaker(house):
    house.connect("kela")
    house.simulation.faults.plan(Fault(name=FaultName.ENTITY_BOMB, source="kela"))
    batch = house.planned("kela")

    with pytest.raises(PageRefused):
        house.land(batch)

    assert house.batch(batch).held == ("The page has a document type definition.",)
    assert house.health("kela").failures == 0
    assert list(house.store.folders("landing/kela/36")) in ([], ["full"])


def test_a_window_too_old_for_the_source_is_written_as_full(house):
    house.connect("te")
    batch = house.planned("te", since=house.at - timedelta(days=91))

    house.land(batch)

    assert house.batch(batch).since is None


def test_a_county_is_asked_about_the_people_of_the_leave_list_alone(house):
    population = house.simulation.world.population
    hetus = [population.identity(index).hetu for index in population.in_county("12")][:6]
    ids = house.known(*hetus)
    house.connect("sote")
    leave = house.people_file(
        [
            (Category.SOTE_PALVELUTARVE.value, ids[0]),
            (Category.SOTE_ASIAKASSUHDE.value, ids[1]),
            (Category.SOTE_SUUNNITELMA.value, None),
        ]
    )
    house.simulation.asked.clear()

    batch = house.planned("sote", leave=leave)
    house.land(batch)

    assert house.simulation.asked.people["sote:12"] == set(hetus[:2])
    kept = {record for part in house.parts(batch) for record in sote.parse(part).frames}
    assert kept <= {sote_records.Potilas, sote_records.Palvelutarve, sote_records.Asiakassuhde}


def test_without_a_leave_list_a_county_is_asked_about_nobody(house):
    house.connect("sote")

    told = house.land(house.planned("sote"))

    assert told["records"] == 0
    assert house.seen == []


def test_kela_is_asked_by_name_about_the_people_of_a_file(house):
    population = house.simulation.world.population
    hetus = [
        population.identity(index).hetu for index in population.in_area("36") if any(vars_of(population.kela(index)))
    ][:3]
    house.connect("kela")
    people = house.people_file([(None, one) for one in house.known(*hetus)])

    batch = house.planned("kela", people=people)
    house.land(batch)

    frames = [kela.parse(part).frames for part in house.parts(batch)]
    told = {
        hetu
        for frame in frames
        for record in (kela_records.Asiakas, kela_records.Henkilovirhe)
        if record in frame
        for hetu in frame[record]["hetu"]
    }
    assert told == set(hetus)


def vars_of(held):
    return [*held.vireillaolot, *held.etuusratkaisut, *held.maksut, *held.paivalaskurit]


def test_te_is_asked_by_its_own_ids_about_the_people_of_a_file(house, simulation):
    population = simulation.world.population
    jobseekers = [population.te(index).tyonhakijat[0] for index in list(population.in_area("36"))[:2]]
    ids = house.known(*(one.henkilotunnus for one in jobseekers))
    house.connect("te")
    with house.transaction() as tx:
        for person, one in zip(ids, jobseekers, strict=True):
            tx.execute(text(STAGED), {"id": one.id, "person": person, "batch": uuid7(house.at), "at": house.at})

    batch = house.planned("te", people=house.people_file([(None, one) for one in ids]))
    house.land(batch)

    frames = [te.parse(part).frames for part in house.parts(batch)]
    assert {one for frame in frames for one in frame[te_records.Tyonhakija]["id"]} == {one.id for one in jobseekers}


STAGED = """
INSERT INTO staging.tyonhakija (source_record_id, person_id, version, content_hash, cut, batch_id, muokattu_aika, sukunimi,
  etunimet, syntyma_pvm, tyollisyysalue, turvakielto, asiointikieli, tyonhaku_alkanut_pvm, tym_asiakas, kotoutumisasiakas)
VALUES (:id, :person, 1, 0, 0, :batch, :at, '', '', '1984-03-12', '36', false, 'fi', '2025-02-20', false, false)
"""


def test_a_manifest_that_is_gone_is_told(house):
    house.connect("te")
    batch = house.planned("te")
    house.store.remove(house.land(batch)["manifest"])

    with pytest.raises(LandedAltered):
        house.land(batch)


def test_no_identity_code_stands_in_an_address_or_a_path(house):
    population = house.simulation.world.population
    hetus = {population.identity(index).hetu for index in population.in_county("12")}
    house.connect("sote")
    leave = house.people_file([(Category.SOTE_PALVELUTARVE.value, one) for one in house.known(*hetus)])

    told = house.land(house.planned("sote", leave=leave))

    assert house.seen
    assert not any(hetu in str(request.url) for request in house.seen for hetu in hetus)
    assert not any(hetu in str(told) for hetu in hetus)
    assert not any(hetu in event for event in house.events() for hetu in hetus)
