"""Who may act for whom, asked in the form of Suomi.fi e-Authorizations (AMENDMENTS 3), and the register drawn from the people."""

import json
from datetime import date

import pytest

from simulators.mandates import Kind, Mandates, Representative
from simulators.mandates import drawn_from as drawn_mandates
from simulators.vtj import Registered, Replaced, drawn_from
from simulators.wire import Request
from simulators.world import World
from tests.asking import MANDATES, TODAY, a_population, a_simulation, rest

WARD, GUARDIAN, STRANGER = "120384-9128", "100190-999P", "100190Y999P"


def a_service(*representatives):
    return Mandates({WARD: representatives}.get, lambda: TODAY)


def a_guardian(**values):
    return Representative(**({"hetu": GUARDIAN, "kind": Kind.GUARDIAN, "since": date(2024, 1, 1)} | values))


def asked(service, path, **body):
    answer = service(Request(method="POST", path=path, body=json.dumps(body).encode()))
    return json.loads(answer.body)


def allowed(service, *, delegate, issue="tyollisyyspalvelut"):
    return asked(service, "/v1/authorization", principal=WARD, delegate=delegate, issue=issue)


def test_a_guardian_may_act_and_a_stranger_may_not():
    service = a_service(a_guardian())

    assert allowed(service, delegate=GUARDIAN) == {"result": "ALLOWED", "reasons": [], "kinds": ["EDUNVALVOJA"]}
    assert allowed(service, delegate=STRANGER) == {"result": "DISALLOWED", "reasons": [], "kinds": []}


def test_an_issue_that_is_not_ours_is_not_allowed():
    assert allowed(a_service(a_guardian()), delegate=GUARDIAN, issue="verotus")["result"] == "DISALLOWED"


@pytest.mark.parametrize("ended", [{"until": date(2026, 6, 3)}, {"since": date(2026, 6, 5)}])
def test_a_right_holds_only_on_its_days(ended):
    assert allowed(a_service(a_guardian(**ended)), delegate=GUARDIAN)["result"] == "DISALLOWED"


def test_representatives_are_listed_with_their_right():
    service = a_service(a_guardian(restriction="2"))

    found = asked(service, "/v1/representatives", principal=WARD)

    assert found["representatives"] == [
        {"personId": GUARDIAN, "kind": "EDUNVALVOJA", "restriction": "2", "from": "2024-01-01", "until": None}
    ]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}"])
def test_a_question_about_nobody_is_refused(body):
    assert a_service()(Request(method="POST", path="/v1/authorization", body=body)).status == 400


def test_another_question_is_not_known():
    body = json.dumps({"principal": WARD}).encode()

    assert a_service(a_guardian())(Request(method="POST", path="/v1/muu", body=body)).status == 404


def test_everyone_under_guardianship_has_a_living_adult_to_act_for_them():
    simulation = a_simulation(people=1_500)
    population = simulation.world.population
    wards = [one for one in map(population.identity, range(len(population))) if one.guardianship]

    for ward in wards:
        body = json.dumps({"principal": ward.hetu}).encode()
        found = json.loads(simulation.server.answer(rest("POST", f"{MANDATES}/representatives", body=body)).body)
        guardian = population.identity(population.by_hetu(found["representatives"][0]["personId"]))

        assert guardian.died is None
        assert guardian.guardianship is None
        assert found["representatives"][0]["restriction"] == ward.guardianship.restriction
    assert wards


def test_some_of_the_others_have_given_a_mandate_and_most_have_not():
    world = World(a_population(people=300))
    representatives = drawn_mandates(world)
    people = [one for one in map(world.population.identity, range(len(world.population))) if not one.guardianship]

    kinds = [[found.kind for found in representatives(one.hetu)] for one in people]

    assert 0 < kinds.count([Kind.MANDATE]) < len(people) / 20
    assert kinds.count([]) == len(people) - kinds.count([Kind.MANDATE])


def test_somebody_unknown_has_no_representatives():
    simulation = a_simulation(people=50)
    body = json.dumps({"principal": "010101-999X"}).encode()

    answer = simulation.server.answer(rest("POST", f"{MANDATES}/representatives", body=body))

    assert json.loads(answer.body) == {"representatives": []}


def test_the_register_finds_the_people_and_follows_a_passivated_code():
    population = a_population(people=1_500)
    register = drawn_from(World(population))
    identities = [population.identity(index) for index in range(len(population))]
    renamed = next(one for one in identities if one.past_hetus)

    found = register(renamed.hetu)

    assert isinstance(found, Registered)
    assert (found.family_name, found.died) == (renamed.family_name, renamed.died)
    assert register(renamed.past_hetus[0].hetu) == Replaced(hetu=renamed.hetu)
    assert register("010101-999X") is None
