"""Kill -9 of web, sequencers and database under load: nothing that was acknowledged is lost, and the log goes on within seconds."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from random import Random

import pytest

from db.clock import now
from tests.killing.load import REFUSED_WHILE_DOWN, Load, reading
from tests.killing.service import until
from tests.logs import entries

SEED = 4
MOST_S = 5.0
KILLS = {"web": 25, "sequencer": 25, "database": 20}
LEAST_A_STAGE = 5
STAGES = ("web", "sequencer in charge", "standby", "database")
A_LOOK_S = (0.05, 0.6)

_log = logging.getLogger(__name__)
pytestmark = [pytest.mark.loopback, pytest.mark.timeout(1_800)]


@pytest.fixture
def load(server_homes):
    with reading(server_homes()) as load:
        yield load


@dataclass(frozen=True, slots=True)
class Kill:
    """What was hit, at what moment, and how many seconds later a view that was asked for afterwards was there."""

    stage: str
    at: datetime
    view_s: float


def killed(load: Load, name: str) -> Kill:
    """Kill one under load, and wait until the views go on."""
    at, began = now(), time.monotonic()
    stage = load.service.kill(name)
    assert until(lambda: load.first_asked_after(began)), (stage, load.service.said)
    return Kill(stage, at, round(load.first_asked_after(began).received - began, 2))


def struck(load: Load, kills: dict[str, int]) -> list[Kill]:
    """Kill at random moments until each has been killed so often; what sequences is chosen among the two by chance."""
    random, done = Random(SEED), []
    for kind in random.sample([*kills], counts=list(kills.values()), k=sum(kills.values())):
        assert until(load.service.is_whole), load.service.said
        assert until(load.service.in_charge), load.service.said
        time.sleep(random.uniform(*A_LOOK_S))
        name = random.choice(["sequencer", "standby"]) if kind == "sequencer" else kind
        done.append(killed(load, name))
        _log.info("killed: %s, the next view after %.2f s", done[-1].stage, done[-1].view_s)
    return done


def waits(load: Load, kills: list[Kill]) -> dict[str, list[float]]:
    """Give by what was hit the seconds from each kill until an event that was begun after it was sealed."""
    sealed, found = entries(load.service.owner), {}
    for kill in kills:
        later = min(row.seq_t for row in sealed if row._mapping["t"] > kill.at)
        found.setdefault(kill.stage, []).append(round((later - kill.at).total_seconds(), 2))
    return found


def assert_nothing_was_lost(load: Load) -> None:
    assert load.lost() == []
    assert load.service.findings() == []
    assert (load.leaked, set(load.refused) - REFUSED_WHILE_DOWN) == (0, set())


def test_a_few_kills_under_load_lose_nothing_and_the_next_event_is_sealed_within_seconds(load, record_property):
    kills = struck(load, {"web": 1, "sequencer": 2, "database": 1})
    load.stop()

    waited = waits(load, kills)
    record_property("seconds from kill to the next sealed event, by what was hit", waited)
    assert sum(map(len, waited.values())) == 4
    assert max(map(max, waited.values())) < MOST_S, waited
    assert len(load.answered) > len(kills)
    assert len(load.changed) > len(kills)
    assert_nothing_was_lost(load)


@pytest.mark.long
def test_fifty_kills_of_web_and_sequencer_and_twenty_of_the_database_lose_nothing(load, record_property):
    kills = struck(load, KILLS)
    load.stop()

    waited = waits(load, kills)
    record_property("seconds from kill to the next sealed event, by what was hit", waited)
    record_property(
        "acknowledged views and changes, refused calls", (len(load.answered), len(load.changed), load.refused)
    )
    assert sum(map(len, waited.values())) == sum(KILLS.values())
    assert all(len(waited[stage]) >= LEAST_A_STAGE for stage in STAGES), waited
    assert max(map(max, waited.values())) < MOST_S, waited
    assert_nothing_was_lost(load)
