"""What the connectors pull, to the last page, is what the synthetic people were given: every record once, every value as it was."""

from dataclasses import fields
from datetime import timedelta

import pytest

from connectors import kela, sote, te
from schemas import kela as kela_records
from schemas import sote as sote_records
from schemas import te as te_records
from schemas.vocabulary import Category
from tests.asking import a_simulation
from tests.sources import a_kela, a_sote, a_te, part_of, pulled

AREA, COUNTY = "36", "12"


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=300)


@pytest.fixture(scope="module")
def population(simulation):
    return simulation.world.population


def text(value):
    """Write a value as the frames hold it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "tzinfo"):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return str(value)


def row(record, names, **renamed):
    return tuple(text(getattr(record, renamed.get(name, name))) for name in names)


def rows(frame, names, *beside):
    return sorted(frame.select(*names, *beside).rows(), key=str)


def names_of(record):
    return [field.name for field in fields(record)]


@pytest.fixture(scope="module")
def from_te(simulation):
    return te.parse(part_of(pulled(a_te(simulation, page_records=17)))).frames


@pytest.mark.parametrize(
    ("record", "group"),
    [
        (te_records.Tyollisyysjakso, "tyollisyysjaksot"),
        (te_records.Yhteydenotto, "yhteydenotot"),
        (te_records.Palvelulinja, "palvelulinjat"),
    ],
)
def test_every_flat_record_of_te_arrives_once_and_as_it_was(population, from_te, record, group):
    names = names_of(record)
    held = [one for index in population.in_area(AREA) for one in getattr(population.te(index), group)]

    assert rows(from_te[record], names) == sorted((row(one, names) for one in held), key=str)


def test_every_jobseeker_arrives_with_name_home_and_identity_code(population, from_te):
    names = ["id", "versio", "henkilotunnus", "sukunimi", "etunimet", "syntyma_pvm", "turvakielto", "tym_asiakas"]
    held = [one for index in population.in_area(AREA) for one in population.te(index).tyonhakijat]

    assert rows(from_te[te_records.Tyonhakija], names) == sorted((row(one, names) for one in held), key=str)
    homes = sorted(text(one.kotikunta and one.kotikunta.kuntakoodi) or "" for one in held)
    assert sorted(home or "" for home in from_te[te_records.Tyonhakija]["kotikunta"]) == homes


@pytest.fixture(scope="module")
def from_kela(simulation):
    return kela.parse(part_of(pulled(a_kela(simulation, page_persons=17)))).frames


@pytest.mark.parametrize(
    ("record", "group", "key"),
    [
        (kela_records.Vireillaolo, "vireillaolot", "vireilla_id"),
        (kela_records.Etuusratkaisu, "etuusratkaisut", "ratkaisu_id"),
        (kela_records.Paivalaskuri, "paivalaskurit", "laji"),
    ],
)
def test_every_record_of_kela_arrives_once_under_its_person(population, from_kela, record, group, key):
    names = names_of(record)
    renamed = {} if key == "laji" else {key: "id"}
    held = [
        (*row(one, names, **renamed), population.identity(index).hetu)
        for index in population.in_area(AREA)
        if population.identity(index).died is None
        for one in getattr(population.kela(index), group)
    ]

    assert rows(from_kela[record], names, "hetu") == sorted(held, key=str)


def test_a_payments_municipality_is_absent_when_the_person_is_protected(population, from_kela):
    protected = {population.identity(i).hetu for i in population.in_area(AREA) if population.identity(i).protected}
    payments = from_kela[kela_records.Maksu].select("hetu", "rahoittava_kunta").rows()

    assert all(municipality is None for hetu, municipality in payments if hetu in protected)
    assert any(municipality is not None for _, municipality in payments)


def people(population):
    found = {}
    for index in population.in_county(COUNTY):
        for patient in population.sote(index).patients:
            if patient.county == COUNTY:
                found[patient.hetu] = index
    return found


@pytest.fixture(scope="module")
def from_sote(simulation, population):
    connector = a_sote(simulation, [(hetu, Category) for hetu in people(population)])
    return sote.parse(part_of(pulled(connector), place=COUNTY)).frames


@pytest.mark.parametrize(
    ("record", "group"),
    [
        (sote_records.Potilas, "patients"),
        (sote_records.Asiakassuhde, "episodes"),
        (sote_records.Palvelutarve, "needs"),
        (sote_records.SoteSuunnitelma, "plans"),
        (sote_records.TyokyvynRajoite, "limitations"),
        (sote_records.Yhteyshenkilo, "contacts"),
    ],
)
def test_every_record_of_a_county_arrives_once_under_its_person(population, from_sote, record, group):
    held = [
        (one.id, COUNTY, text(one.muokattu_aika), hetu)
        for hetu, index in people(population).items()
        for one in getattr(population.sote(index), group)
        if one.county == COUNTY
    ]

    assert rows(from_sote[record], ["id", "county", "muokattu_aika"], "hetu") == sorted(held, key=str)


def test_activities_arrive_with_their_place_in_the_plan(population, from_sote):
    held = [
        (f"{plan.id}#{number}", plan.id, activity.code, activity.status)
        for index in people(population).values()
        for plan in population.sote(index).plans
        if plan.county == COUNTY
        for number, activity in enumerate(plan.activities)
        if activity.code in {"072", "086", "016", "068"} or (activity.code, activity.status) == ("034", "completed")
    ]
    frame = from_sote[sote_records.SoteToimenpide]
    in_plans = frame.filter(frame["id"] != frame["suunnitelma_id"])

    assert rows(in_plans, ["id", "suunnitelma_id", "toimikoodi", "status"]) == sorted(held, key=str)


def test_a_night_gives_only_what_changed_and_the_two_together_are_the_whole(simulation):
    tomorrow = a_simulation(people=300)
    first = pulled(a_te(tomorrow))
    tomorrow.world.advance()

    night = te.parse(part_of(pulled(a_te(tomorrow), since=first[0].stamp))).frames
    whole = te.parse(part_of(pulled(a_te(tomorrow)))).frames

    changed = {one for frame in night.values() for one in frame["id"]}
    before = {one for frame in te.parse(part_of(first)).frames.values() for one in frame["id"]}
    assert changed
    assert len(changed) < len(before) / 2
    assert {one for frame in whole.values() for one in frame["id"]} <= before | changed


def test_people_may_be_asked_about_by_name(simulation, population, from_te):
    ids = list(from_te[te_records.Tyonhakija]["id"])[:3]

    named = te.parse(part_of(pulled(a_te(simulation, clients=lambda: ids)))).frames

    assert sorted(named[te_records.Tyonhakija]["id"]) == sorted(ids)
    assert set(named[te_records.Tyollisyysjakso]["tyonhakija_id"]) <= set(ids)


def test_a_window_ends_where_the_source_says(simulation, population):
    pages = pulled(a_te(simulation), since=population.closing - timedelta(days=30))

    assert {page.stamp for page in pages} == {population.closing}
