"""Kill -9 of any task at any moment, and of the database under it: run again, it all ends in the rows of an undisturbed run."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from tests.killing.ground import Home, Neighbourhood, neighbourhood
from tests.killing.left import orphans, unfinished
from tests.killing.night import STAGES, Calm, Felling, Killing, Moments, night, night_of_te
from tests.killing.standing import differences, standing
from tests.killing.workers import Worker

SEED = 2
KILLS, KILLS_A_STAGE = 50, 5
MOST_NIGHTS = 8

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(1_800)]


@dataclass
class Pair:
    """Two homes beside the same sources: nobody disturbs the one, the other's tasks are killed."""

    around: Neighbourhood
    calm: Home
    killed: Home
    random: Random
    night: Callable[[Worker, Calm | Killing | Felling], None]
    hits: Counter[str] = field(default_factory=Counter)

    def calm_night(self) -> Moments:
        tasks = Calm()
        self.night(self.calm.worker(self.around.closing), tasks)
        return Moments(tasks.took, self.random)

    def night_with_kills(self, *, a_task: int) -> None:
        tasks = Killing(self.calm_night(), a_task)
        self.night(self.killed.worker(self.around.closing), tasks)
        self.hits.update(tasks.hits)

    def night_without_a_server(self) -> int:
        tasks = Felling(self.calm_night(), self.around.server_falls)
        self.night(self.killed.worker(self.around.closing), tasks)
        return tasks.felled

    def differences(self):
        return differences(standing(self.calm.environment), standing(self.killed.environment))

    def enough(self) -> bool:
        return self.hits.total() >= KILLS and all(self.hits[stage] >= KILLS_A_STAGE for stage in STAGES)


@pytest.fixture
def pair(request, server_homes):
    people, of_a_night = request.param
    with neighbourhood(server_homes(), people=people, seed=SEED) as around:
        calm, killed = around.home("calm"), around.home("killed")
        with calm.log_running(), killed.log_running():
            yield Pair(around, calm, killed, Random(SEED), of_a_night)


def assert_nothing_is_left_of_the_kills(pair):
    assert unfinished(pair.killed) == []
    assert orphans(pair.killed) == []
    assert pair.killed.findings_of_the_log() == []


@pytest.mark.parametrize("pair", [(60, night_of_te)], indirect=True, ids=["te"])
def test_each_task_killed_once_on_a_first_night_and_on_nights_of_changes_ends_in_the_same_rows(pair, record_property):
    pair.night_with_kills(a_task=1)
    for _ in range(MOST_NIGHTS):
        pair.around.day_passes()
        pair.night_with_kills(a_task=1)
        if min(pair.hits.values()) > 0:
            break
    record_property("kills that struck, by stage", dict(pair.hits))

    assert pair.differences() == {}
    assert min(pair.hits.values()) > 0
    assert_nothing_is_left_of_the_kills(pair)


@pytest.mark.long
@pytest.mark.parametrize("pair", [(200, night)], indirect=True, ids=["all"])
def test_fifty_kills_through_nights_of_changes_end_in_the_same_rows(pair, record_property):
    for _ in range(MOST_NIGHTS):
        pair.night_with_kills(a_task=2)
        assert pair.differences() == {}
        assert_nothing_is_left_of_the_kills(pair)
        pair.around.day_passes()
        if pair.enough():
            break
    record_property("kills that struck, by stage", dict(pair.hits))

    assert pair.enough(), pair.hits


@pytest.mark.long
@pytest.mark.parametrize("pair", [(200, night_of_te)], indirect=True, ids=["te"])
def test_a_database_killed_under_each_merge_and_each_publishing_loses_nothing(pair):
    felled = [pair.night_without_a_server()]
    pair.around.day_passes()
    felled.append(pair.night_without_a_server())

    assert pair.differences() == {}
    assert min(felled) > 0
    assert_nothing_is_left_of_the_kills(pair)
