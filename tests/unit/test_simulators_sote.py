"""The counties' stand-ins search, page and export as FHIR R4 has it, and hold more than anyone may have (DOMAIN.md 6)."""

import json
from datetime import timedelta

import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.asking import ETELA_SAVO, HETU_SYSTEM, a_simulation, followed, rest, search

KINDS = ("Patient", "EpisodeOfCare", "ServiceRequest", "CarePlan", "Encounter", "Observation", "PractitionerRole")


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=400)


def known(population, county="12"):
    """Give those whom a county knows, by the code it knows."""
    found = {}
    for index in population.in_county(county):
        for patient in population.sote(index).patients:
            if patient.county == county:
                found[patient.hetu] = index
    return found


def in_hundreds(hetus):
    hetus = list(hetus)
    return [hetus[start : start + 100] for start in range(0, len(hetus), 100)]


def paged(simulation, request):
    """Give the resources of all pages of a search."""
    found = []
    bundle = json.loads(simulation.server.answer(request).body)
    while True:
        found += [entry["resource"] for entry in bundle["entry"]]
        link = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
        if link is None:
            return found
        bundle = json.loads(simulation.server.answer(followed(link)).body)


def held(population, index, county="12"):
    records = population.sote(index)
    groups = (records.patients, records.episodes, records.needs, records.plans, records.rehabilitative_work)
    return {
        one.id for group in (*groups, records.limitations, records.contacts) for one in group if one.county == county
    }


def exported(simulation, hetus, *, group="luukku", query="", members=None):
    members = members or [{"entity": {"identifier": {"system": HETU_SYSTEM, "value": hetu}}} for hetu in hetus]
    body = json.dumps({"resourceType": "Group", "type": "person", "actual": True, "member": members}).encode()
    simulation.server.answer(rest("PUT", f"{ETELA_SAVO}/Group/{group}", body=body))
    started = simulation.server.answer(
        rest("GET", f"{ETELA_SAVO}/Group/{group}/$export", query, prefer="respond-async")
    )
    return started.status, started.header("content-location")


def manifest(simulation, location):
    answers = [simulation.server.answer(followed(location))]
    while answers[-1].status == 202:
        assert answers[-1].header("retry-after")
        answers.append(simulation.server.answer(followed(location)))
    return json.loads(answers[-1].body)


@pytest.mark.parametrize("count", [1, 100])
def test_a_search_gives_everything_of_the_named_persons_by_time_once(simulation, count):
    population = simulation.world.population
    people = dict(list(known(population).items())[:40])

    found = [one for kind in KINDS for one in paged(simulation, search(kind, people, count=count))]

    assert sorted(one["id"] for one in found) == sorted(
        set().union(*(held(population, index) for index in people.values()))
    )
    plans = [one["meta"]["lastUpdated"] for one in found if one["resourceType"] == "CarePlan"]
    assert plans == sorted(plans)


def test_a_search_names_nobody_beyond_those_asked_for(simulation):
    hetus = list(known(simulation.world.population))[:3]

    found = paged(simulation, search("EpisodeOfCare", hetus))

    assert {one["patient"]["identifier"]["value"] for one in found} <= set(hetus)
    assert simulation.asked.people["sote:12"] >= set(hetus)


def test_the_next_page_lies_at_an_inner_address_without_any_code(simulation):
    hetus = list(known(simulation.world.population))[:40]

    bundle = json.loads(simulation.server.answer(search("Patient", hetus, count=2)).body)

    link = bundle["link"][0]["url"]
    assert link.startswith("https://sote-sisainen.invalid/fhir-r4/Patient?_getpages=")
    assert not any(hetu in link for hetu in hetus)


def test_a_window_bounds_what_is_found(simulation):
    population = simulation.world.population
    hetus = list(known(population))[:100]
    everything = paged(simulation, search("EpisodeOfCare", hetus))
    middle = sorted(one["meta"]["lastUpdated"] for one in everything)[len(everything) // 2]

    later = paged(simulation, search("EpisodeOfCare", hetus, lastUpdated=f"ge{middle}"))
    earlier = paged(simulation, search("EpisodeOfCare", hetus, lastUpdated=f"lt{middle}"))

    assert {one["id"] for one in later} & {one["id"] for one in earlier} == set()
    assert len(later) + len(earlier) == len(everything)
    assert min(one["meta"]["lastUpdated"] for one in later) == middle


def test_another_county_knows_nobody_of_this_one(simulation):
    population = simulation.world.population
    other = next(service for service in simulation.server.registry if service.source == "sote:14")
    hetus = list(set(known(population)) - set(known(population, "14")))[:50]

    answer = simulation.server.answer(search("Patient", hetus, base=f"/r1/{other.id}"))

    assert json.loads(answer.body)["entry"] == []


def test_every_resource_is_fhir_r4(simulation):
    hetus = list(known(simulation.world.population))

    found = [
        one for kind in KINDS for hundred in in_hundreds(hetus) for one in paged(simulation, search(kind, hundred))[:5]
    ]

    assert {one["resourceType"] for one in found} == set(KINDS)
    assert all(get_fhir_model_class(one["resourceType"]).model_validate(one) for one in found)


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("Patient", "address"),
        ("EpisodeOfCare", "diagnosis"),
        ("ServiceRequest", "reasonCode"),
        ("CarePlan", "note"),
        ("Encounter", "reasonCode"),
        ("Observation", "note"),
        ("PractitionerRole", "specialty"),
    ],
)
def test_resources_hold_what_must_be_cut(simulation, kind, secret):
    hetus = list(known(simulation.world.population))

    found = [one for hundred in in_hundreds(hetus) for one in paged(simulation, search(kind, hundred))]

    assert found
    assert all(secret in one for one in found)


def test_a_protected_person_is_marked_and_still_has_a_municipality(simulation):
    found = paged(simulation, search("Patient", ["010594Y9032"]))

    assert [label["code"] for label in found[0]["meta"]["security"]] == ["TURVAKIELTO"]
    assert found[0]["extension"][0]["valueCoding"]["code"] == "740"


def test_an_export_gives_all_of_the_group_and_nobody_else(simulation):
    population = simulation.world.population
    people = dict(list(known(population).items())[:60])
    status, location = exported(simulation, people)

    found = manifest(simulation, location)
    files = [simulation.server.answer(followed(one["url"])) for one in found["output"]]
    resources = [json.loads(line) for file in files for line in file.body.splitlines()]

    assert status == 202
    assert [one["count"] for one in found["output"]] == [len(file.body.splitlines()) for file in files]
    assert sorted(one["id"] for one in resources) == sorted(
        set().union(*(held(population, index) for index in people.values()))
    )
    assert found["transactionTime"] == f"{population.closing:%Y-%m-%dT%H:%M:%SZ}"


def test_an_export_may_be_of_some_types_and_of_late_changes_only(simulation):
    hetus = list(known(simulation.world.population))[:60]
    since = (simulation.world.population.closing - timedelta(days=200)).isoformat().replace("+00:00", "Z")
    _, location = exported(simulation, hetus, query=f"_type=CarePlan,Patient&_since={since}")

    found = manifest(simulation, location)

    lines = [
        line for one in found["output"] for line in simulation.server.answer(followed(one["url"])).body.splitlines()
    ]
    assert {one["type"] for one in found["output"]} <= {"CarePlan", "Patient"}
    assert all(json.loads(line)["meta"]["lastUpdated"] >= since for line in lines)


def test_a_large_export_is_ready_only_after_some_asking():
    simulation = a_simulation(people=5_000)
    hetus = list(known(simulation.world.population))
    _, location = exported(simulation, hetus)

    first = simulation.server.answer(followed(location))

    assert len(hetus) > 1_000
    assert first.status == 202
    assert sum(one["count"] for one in manifest(simulation, location)["output"]) > len(hetus)


def test_a_file_that_an_export_does_not_have_is_not_found(simulation):
    _, location = exported(simulation, [])
    manifest(simulation, location)

    assert simulation.server.answer(followed(f"{location}/Patient-0.ndjson")).status == 404


def test_an_export_that_was_dropped_is_gone(simulation):
    _, location = exported(simulation, [])
    path = location.removeprefix("https://sote-sisainen.invalid/fhir-r4")

    dropped = simulation.server.answer(rest("DELETE", ETELA_SAVO + path))

    assert dropped.status == 202
    assert simulation.server.answer(followed(location)).status == 404


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (rest("GET", f"{ETELA_SAVO}/CarePlan", f"patient.identifier={HETU_SYSTEM}|120384-9128"), 400),
        (
            rest(
                "POST", f"{ETELA_SAVO}/CarePlan/_search", body=b"patient.identifier=x", content_type="application/json"
            ),
            415,
        ),
        (search("CarePlan", []), 400),
        (search("CarePlan", ["010101-999X"] * 101), 400),
        (search("CarePlan", ["010101-999X"], lastUpdated="geeilen"), 400),
        (search("CarePlan", ["010101-999X"], lastUpdated="ge2026-01-01T00:00:00"), 400),
        (search("CarePlan", ["010101-999X"], count="monta"), 400),
        (search("MedicationRequest", ["010101-999X"]), 404),
        (rest("GET", f"{ETELA_SAVO}/CarePlan", "_getpages=olematon"), 410),
        (rest("GET", f"{ETELA_SAVO}/Group/tuntematon/$export", prefer="respond-async"), 404),
        (rest("GET", f"{ETELA_SAVO}/Group/luukku/$export"), 400),
        (rest("PUT", f"{ETELA_SAVO}/Group/luukku", body=b"[]"), 400),
        (rest("GET", f"{ETELA_SAVO}/bulk/olematon/Patient-0.ndjson"), 404),
        (
            rest(
                "POST",
                f"{ETELA_SAVO}/CarePlan/_search",
                body=b"patient.identifier=urn:oid:1.2.246.10|0166906-4",
                content_type="application/x-www-form-urlencoded",
            ),
            400,
        ),
        (rest("PUT", f"{ETELA_SAVO}/Patient/p1"), 404),
        (rest("POST", f"{ETELA_SAVO}/Group/luukku"), 404),
    ],
)
def test_what_cannot_be_answered_is_an_operation_outcome(simulation, request_, status):
    answer = simulation.server.answer(request_)

    assert answer.status == status
    assert json.loads(answer.body)["resourceType"] == "OperationOutcome"
    assert answer.header("x-road-error") is None


@pytest.mark.parametrize("query", ["_type=MedicationRequest", "_since=eilen", "_since=2026-01-01T00:00:00"])
def test_an_export_of_what_is_not_known_is_refused(simulation, query):
    status, _ = exported(simulation, [], query=query)

    assert status == 400
