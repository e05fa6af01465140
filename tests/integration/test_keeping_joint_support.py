"""What a law opens for joint support is kept of those who get it, from the very answer that tells so, and of nobody else."""

import pytest

from db.clock import now
from db.engine import Login
from publish.refresh import write_leave_list
from schemas.view import sensitive
from schemas.vocabulary import Source, TaskGround
from tests.asking import a_simulation
from tests.keeping import a_kept_house
from tests.pulling import House, an_environment

AREA = "36"
JOINT = "SELECT person_id FROM staging.tyonhakija WHERE tym_asiakas AND tyonhaku_paattynyt_pvm IS NULL"
SENSITIVE = """
    SELECT person_id FROM staging.palvelulinja WHERE segmenttikoodi = ANY (:segments)
     UNION SELECT person_id FROM staging.suunnitelma WHERE toimsuunlaji = ANY (:plans)
     UNION SELECT person_id FROM staging.palveluosallistuminen WHERE palvelukoodi = ANY (:services)
"""


@pytest.fixture
def kept(database_url, tmp_path):
    environment = an_environment(database_url, tmp_path)
    house = House(environment, a_simulation(people=120))
    with environment.database(Login.OWNER) as owner, environment.database(Login.CONNECTOR) as connector:
        yield a_kept_house(house, owner, connector)


def with_sensitive_rows(kept):
    codes = {"segments": sensitive.SEGMENTS, "plans": sensitive.PLAN_TYPES, "services": sensitive.SERVICES}
    return {person for (person,) in kept.house.ask(SENSITIVE, **{name: list(of) for name, of in codes.items()})}


def is_sensitive(of):
    return (
        any(each.segmenttikoodi in sensitive.SEGMENTS for each in of.palvelulinjat)
        or any(each.toimsuunlaji in sensitive.PLAN_TYPES for each in of.suunnitelmat)
        or any(each.palvelukoodi in sensitive.SERVICES for each in of.palveluosallistumiset)
    )


def test_sensitive_rows_come_with_the_first_pull_of_those_in_joint_support_and_of_nobody_else(kept):
    population = kept.house.simulation.world.population
    told = [population.te(index) for index in population.in_area(AREA)]
    others = [of for of in told if is_sensitive(of) and not any(each.tym_asiakas for each in of.tyonhakijat)]

    kept.pull(Source.TE)

    joint = {person for (person,) in kept.house.ask(JOINT)}
    assert others
    assert with_sensitive_rows(kept)
    assert with_sensitive_rows(kept) <= joint


def test_when_joint_support_ends_its_rows_and_copies_go_and_the_other_rows_of_the_person_stay(kept):
    kept.pull(Source.TE)
    write_leave_list(kept.house.environment, source="te", at=now())
    person, *others = sorted(with_sensitive_rows(kept))
    kept.world.ends(person, TaskGround.TYM)

    write_leave_list(kept.house.environment, source="te", at=now())
    kept.erase()

    assert with_sensitive_rows(kept) == set(others)
    assert kept.rows_of(person, "tyonhakija") == 1
    assert kept.rows_of(person, "tyollisyysjakso") > 0
    copies = kept.copies(Source.TE)
    assert not any(kept.marks(person).within(part) for part in copies)
    assert all(any(kept.marks(other).within(part) for part in copies) for other in others)
