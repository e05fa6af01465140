"""A landing that a kill cut off after its manifest was written: the next one leaves nothing of it, and nothing that the books name goes."""

import pytest

from connectors import runs
from connectors.landing import Stage, land
from connectors.store import open_store
from tests.asking import a_simulation
from tests.pulling import House, an_environment
from tests.sources import joined

ATTEMPTS = "landing/te/36/full"


class Killed(BaseException):
    """What a kill -9 would be, if a process could notice it."""


@pytest.fixture
def house(database_url, tmp_path):
    house = House(an_environment(database_url, tmp_path), a_simulation(people=60))
    house.connect("te")
    return house


def planned(house):
    (batch,) = runs.plan(house.environment, source="te", at=house.at, full=True)
    return batch


def landed(house, batch):
    return land(house.environment, batch, at=house.at, http=lambda: joined(house.simulation.server))


def killed(*_, **__):
    raise Killed


def killed_at(monkeypatch, step, house, batch):
    with monkeypatch.context() as cut:
        cut.setattr(Stage, step, killed)
        with pytest.raises(Killed):
            landed(house, batch)


def attempts(house):
    return list(open_store(house.environment.store).folders(ATTEMPTS))


def test_a_retry_after_a_kill_before_the_row_leaves_one_attempt(house, monkeypatch):
    batch = planned(house)
    killed_at(monkeypatch, "_tell_success", house, batch)

    told = landed(house, batch)

    assert [f"{ATTEMPTS}/{name}/manifest.json" for name in attempts(house)] == [told["manifest"]]


def test_a_retry_after_a_second_kill_behind_the_row_still_sweeps_what_the_first_left(house, monkeypatch):
    batch = planned(house)
    killed_at(monkeypatch, "_tell_success", house, batch)
    killed_at(monkeypatch, "_sweep", house, batch)
    assert len(attempts(house)) == 2

    landed(house, batch)

    assert len(attempts(house)) == 1


def test_a_batch_that_was_planned_anew_leaves_nothing_of_the_one_given_up(house, monkeypatch):
    killed_at(monkeypatch, "_tell_success", house, planned(house))

    landed(house, planned(house))

    assert len(attempts(house)) == 1


def test_an_earlier_landing_of_the_same_window_stays(house):
    landed(house, planned(house))

    landed(house, planned(house))

    assert len(attempts(house)) == 2
