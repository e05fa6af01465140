"""A town whose nights run by the stages that the timetables run: real PostgreSQL, the stand-ins on loopback, the hour set by the test."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from cli import settings
from cli.development import furnish, record_wishes
from cli.house import House
from cli.settings import Settings
from cli.stand_ins import HELSINKI
from connectors import kela, stages, te
from connectors.errors import ConnectorError, NotMerged, SourceDown
from connectors.ledger import Connection, Health
from connectors.queries import books
from connectors.transport import Patience
from db.engine import Login
from db.environment import Environment
from db.keys import new_keyring
from publish import stages as publishing
from schemas.vocabulary import Source
from simulators.population import Population
from simulators.simulation import Simulation
from tests.faults.pictures import Picture, picture
from tests.killing.ground import serving

PEOPLE = 60
PLACES = {"te": ("36",), "kela": ("36",), "sote": ("12",)}
TASK_TRIES = 3
TASK_WAIT = timedelta(minutes=5)
BEGAN = datetime(2026, 6, 4, 6, tzinfo=UTC)
PAGE_RECORDS = {"te": 2, "kela": 1, "sote": 3}
PATIENT_S, SILENCE_S = 20.0, 0.3


@dataclass(slots=True)
class Told:
    """What one run of a source told: its errors in order, its batches, what passed between tasks, the waits for a page, the verdict."""

    source: str
    errors: list[ConnectorError] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    passed: list[object] = field(default_factory=list)
    naps: list[float] = field(default_factory=list)
    verdict: dict | None = None
    red: str = ""

    @property
    def kinds(self) -> list[str]:
        """Name the errors that tasks ended with."""
        return [type(error).__name__ for error in self.errors]


@dataclass(slots=True)
class Town:
    """The stand-ins, and a home that is copied before anything is done to it; `at` is the stages' present moment."""

    simulation: Simulation
    settings: Settings
    url: str
    address: str
    at: datetime
    naps: list[float] = field(default_factory=list)

    @property
    def environment(self) -> Environment:
        """What the stages are handed."""
        return self.settings.environment(self.url)

    def night(self, *sources: str, full: bool = False) -> dict[str, Told]:
        """Run sources, then publish what is good."""
        told = {source: self.pull(source, full=full) for source in sources}
        self.publish()
        return told

    def pull(self, source: str, *, full: bool = False) -> Told:
        """Run a source's stages, each landing tried as often as the timetable tries it."""
        told = Told(source)
        del self.naps[:]
        try:
            planned = self._planned(source, full, told)
        except ConnectorError as error:
            told.errors.append(error)
            return told
        landed = [came for came in (self._landed(batch, told) for batch in planned) if came]
        checked = [stages.check(group) for group in stages.group(planned, landed)]
        merged = stages.merge(source, planned, checked)
        told.passed += [landed, checked, merged]
        told.naps = list(self.naps)
        try:
            told.verdict = stages.verdict(source, planned, merged)
        except NotMerged as error:
            told.red = str(error)
        return told

    def publish(self) -> dict:
        """Publish what waits."""
        due = publishing.due()
        return publishing.verdict(due, [publishing.refresh(shard) for shard in due])

    def reopen(self, source: str) -> None:
        """Let the pause of every breaker of a source be over, as if nothing had happened."""
        places = PLACES[source] if source == "sote" else ("",)
        with self.environment.database(Login.CONNECTOR, pool_size=1) as database, database.transaction() as tx:
            for place in places:
                books.write_health(tx, is_now=Health(source=Source(source), place=place), at=self.at)

    def look(self) -> Picture:
        """Take down everything that a fault could spoil."""
        with self.environment.database(Login.OWNER, pool_size=1) as database, database.read() as read:
            return picture(read)

    def _planned(self, source: str, full: bool, told: Told) -> list[dict]:
        leave = publishing.leave(source)
        planned = stages.plan(source, leave, full=str(full), run="manual")
        told.planned = [batch["batch"] for batch in planned]
        told.passed += [leave, planned]
        return planned

    def _landed(self, batch: dict, told: Told) -> dict | None:
        for attempt in range(TASK_TRIES):
            try:
                return stages.land(batch)
            except SourceDown as error:
                told.errors.append(error)
                if attempt + 1 < TASK_TRIES:
                    self.at += TASK_WAIT
            except ConnectorError as error:
                told.errors.append(error)
                return None
        return None


@contextmanager
def founded(home: Path, url: str) -> Iterator[Town]:
    """Found a town: yesterday's people loaded and published, today's changes waiting at the sources, which serve until the end."""
    yesterday = BEGAN - timedelta(hours=12)
    (home / "people.json").write_text(json.dumps({"people": PEOPLE, "seed": 1, "closing": yesterday.isoformat()}))
    new_keyring(home / "keys" / "keyring.json", development=True)
    today = yesterday.astimezone(HELSINKI).date()
    simulation = Simulation.of(Population.make(seed=1, people=PEOPLE, today=today, closing=yesterday))
    values = {"LUUKKU_HOME": str(home), "LUUKKU_PEOPLE": str(PEOPLE)}
    with serving(simulation) as address:
        town = Town(simulation, settings.from_environ(values=values), url, address, BEGAN + timedelta(minutes=5))
        with _handed(town):
            _load(town)
        simulation.world.advance(closing=BEGAN + timedelta(minutes=30))
        town.at = BEGAN + timedelta(hours=1)
        yield town


@contextmanager
def moved(town: Town, url: str, home: Path) -> Iterator[Town]:
    """Give the same town over a copy of its database and its store, in the hands of the stages until the end, when no fault is left."""
    shutil.copytree(town.settings.home / "keys", home / "keys")
    shutil.copytree(town.settings.home / "store", home / "store")
    copied = replace(town, settings=replace(town.settings, home=home), url=url)
    with _handed(copied) as patch:
        _shorten_pages(patch)
        yield copied
    copied.simulation.faults.clear()


def _load(town: Town) -> None:
    house = House(town.settings, town.url, "", town.environment)
    furnish(house)
    _keep_the_largest_places(town)
    told = [town.pull("te"), town.pull("kela")]
    record_wishes(house)
    told += [town.pull("te"), town.pull("kela"), town.pull("sote")]
    assert [each.red or each.kinds for each in told] == [[]] * len(told)
    town.publish()


def _keep_the_largest_places(town: Town) -> None:
    """Stop the connections to all places but the largest: its batches are large enough to be held."""
    with town.environment.database(Login.OWNER, pool_size=1) as database, database.transaction() as tx:
        for source in Source:
            for each in books.connections(tx, source=source, at=town.at):
                books.define_connection(tx, defined=_kept(each))


def _kept(connection: Connection) -> Connection:
    return connection if connection.place in PLACES[connection.source] else replace(connection, state="stopped")


@contextmanager
def _handed(town: Town) -> Iterator[pytest.MonkeyPatch]:
    """Hand the stages the town's home, hour and stand-ins for a while; waits for a page are noted, not waited."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUUKKU_HOME", str(town.settings.home))
        patch.setenv("LUUKKU_KEYRING", str(town.settings.home / "keys" / "keyring.json"))
        patch.setenv("LUUKKU_STORE", str(town.settings.home / "store"))
        patch.setenv("LUUKKU_DATABASE_URL", town.url)
        patch.setenv("LUUKKU_SECURITY_SERVER", town.address)
        patch.setattr(
            "connectors.landing.sources.Patience", lambda **_: Patience(sleep=town.naps.append, jitter=lambda: 0.5)
        )
        for edge in ("connectors.stages", "publish.stages", "cli.development.furnish", "cli.development.desk"):
            patch.setattr(import_module(edge), "now", lambda: town.at)
        yield patch


def _shorten_pages(patch) -> None:
    """Let a day's few changes be several pages."""
    patch.setattr("connectors.te.Te", partial(te.Te, page_records=PAGE_RECORDS["te"]))
    patch.setattr("connectors.kela.Kela", partial(kela.Kela, page_persons=PAGE_RECORDS["kela"]))
    patch.setattr("connectors.sote.pages.PAGE_RECORDS", PAGE_RECORDS["sote"])
