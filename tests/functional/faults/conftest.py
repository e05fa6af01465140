"""A town that each test of a fault strikes a copy of, and what its nights without a fault end in."""

import json
import re
from contextlib import contextmanager

import pytest
from sqlalchemy import make_url

from tests.faults.outcomes import SOURCES
from tests.faults.town import founded, moved


@pytest.fixture(scope="session")
def _town(copies, tmp_path_factory):
    with copies() as url, founded(tmp_path_factory.mktemp("town"), url) as town:
        yield town


@pytest.fixture(scope="session")
def copied(_town, copies, tmp_path_factory):
    """A maker of the town on the morning after its first day, over a database and a store of its own."""

    @contextmanager
    def copied():
        with (
            copies(make_url(_town.url).database) as url,
            moved(_town, url, tmp_path_factory.mktemp("copy")) as town,
        ):
            yield town

    return copied


@pytest.fixture
def town(copied):
    with copied() as town:
        yield town


@pytest.fixture(scope="session")
def nights(copied):
    """What stands after a night without a fault, and after another in which everything is asked for again."""
    with copied() as town:
        return town.look(), _quiet_night(town), _quiet_night(town, full=True)


@pytest.fixture
def late(source, copied):
    """What stands after a quiet night in which a source was not asked, and after the next in which it is."""
    with copied() as town:
        return _quiet_night(town, *(each for each in SOURCES if each != source)), _quiet_night(town)


def _quiet_night(town, *sources, full=False):
    told = town.night(*(sources or SOURCES), full=full)
    assert [each.red or each.kinds for each in told.values()] == [[]] * len(told)
    return town.look()


@pytest.fixture(scope="session")
def undisturbed(nights):
    """What stands after a night without a fault."""
    before, after, _ = nights
    assert all(after.watermarks[source] != before.watermarks[source] for source in SOURCES)
    assert all(after.records[source] != before.records[source] for source in SOURCES)
    assert after.view != before.view
    return after


@pytest.fixture(scope="session")
def asked_anew(nights):
    """What stands once everything was asked for again: only then is noticed of whom Kela tells no more."""
    return nights[-1]


@pytest.fixture(scope="session")
def people(_town):
    """Every identity code and name of the town."""
    population = _town.simulation.world.population
    known = [population.identity(index) for index in range(len(population))]
    hetus = {hetu for each in known for hetu in (each.hetu, *(past.hetu for past in each.past_hetus))}
    return hetus, {name for each in known for name in (each.family_name, each.given_names)}


@pytest.fixture
def nothing_personal(people, caplog):
    """Look through what a night told (errors, log lines, between tasks, the verdict) for anybody's code or name."""
    caplog.set_level("INFO")

    def look(told, *more):
        errors = [f"{error} {_cause(error)}" for error in told.errors]
        said = "\n".join([*errors, json.dumps(told.passed), json.dumps(told.verdict), told.red, caplog.text, *more])
        caplog.clear()
        hetus, names = people
        words = set(re.findall(r"[\w+-]+", said))
        assert [hetu for hetu in hetus if hetu in said] == []
        assert [name for name in names if set(name.split()) <= words] == []

    return look


def _cause(error):
    return f"{error.__cause__!r} {error.__context__!r}" if not error.__suppress_context__ else ""
