"""Kela's stand-in gives each person of an area once, all their records, and its own Faults (DOMAIN.md 5)."""

from datetime import timedelta

import pytest
from lxml import etree

from simulators.kela import Kela
from tests.asking import KELA_NS, a_simulation, benefits, kela


@pytest.fixture(scope="module")
def simulation():
    return a_simulation(people=400)


def answered(simulation, **query):
    return etree.fromstring(simulation.server.answer(benefits(**query)).body)


def listed(simulation, **query):
    """Give all pages of a list."""
    pages = [answered(simulation, **query)]
    while cursor := pages[-1].findtext(f".//{KELA_NS}jatko"):
        pages.append(answered(simulation, cursor=cursor, **query))
    return pages


def hetus(pages, element="asiakas"):
    return [one.text for page in pages for one in page.iterfind(f".//{KELA_NS}{element}/{KELA_NS}henkilotunnus")]


def known_to_kela(population, area):
    identities = {index: population.identity(index) for index in population.in_area(area)}
    return {
        one.hetu: index
        for index, one in identities.items()
        if any(records(population.kela(index))) and one.died is None
    }


def records(held):
    return [*held.vireillaolot, *held.etuusratkaisut, *held.maksut, *held.paivalaskurit]


@pytest.mark.parametrize("size", [1, 7, 500])
def test_the_pages_hold_everybody_of_the_area_once(simulation, size):
    expected = known_to_kela(simulation.world.population, "36")
    pages = listed(simulation, size=size)

    assert sorted(hetus(pages)) == sorted(expected)
    assert len({page.findtext(f".//{KELA_NS}vesileima") for page in pages}) == 1


def test_each_page_says_how_many_it_returns(simulation):
    pages = listed(simulation, size=7)

    said = [int(page.findtext(f".//{KELA_NS}palautettu")) for page in pages]
    assert said == [len(page.findall(f".//{KELA_NS}asiakas")) for page in pages]


def test_a_persons_records_are_all_there_under_their_ids(simulation):
    population = simulation.world.population
    hetu, index = next(
        (hetu, index)
        for hetu, index in known_to_kela(population, "36").items()
        if population.kela(index).maksut and population.kela(index).vireillaolot
    )

    page = answered(simulation, people=[hetu])

    held = population.kela(index)
    ids = {one.id for one in (*held.vireillaolot, *held.etuusratkaisut, *held.maksut)}
    given = {one.text for name in ("vireillaId", "ratkaisuId", "maksuId") for one in page.iter(f"{KELA_NS}{name}")}
    assert given == ids
    assert len(page.findall(f".//{KELA_NS}paivalaskuri")) == len(held.paivalaskurit)


def test_a_protected_person_has_no_financing_municipality(simulation):
    population = simulation.world.population
    hetu = next(
        one
        for one, index in known_to_kela(population, "36").items()
        if population.identity(index).protected and population.kela(index).maksut
    )

    page = answered(simulation, people=[hetu])

    assert page.findtext(f".//{KELA_NS}turvakielto") == "true"
    assert page.find(f".//{KELA_NS}maksu") is not None
    assert page.find(f".//{KELA_NS}rahoittavaKunta") is None


def test_a_named_person_who_is_no_customer_gets_a_problem_after_those_who_are(simulation):
    known = next(iter(known_to_kela(simulation.world.population, "36")))

    page = answered(simulation, people=["010101-999X", known])

    assert [etree.QName(one).localname for one in page.find(".//{*}HaeEtuudetResponse")][2:] == [
        "asiakas",
        "henkilovirhe",
    ]
    assert page.findtext(f".//{KELA_NS}koodi") == "EI_ASIAKAS"


def test_a_passivated_code_is_answered_with_the_one_that_holds(simulation):
    population = simulation.world.population
    identity = next(
        one
        for one in (population.identity(index) for index in known_to_kela(population, "36").values())
        if one.past_hetus
    )

    page = answered(simulation, people=[identity.past_hetus[0].hetu])

    assert page.findtext(f".//{KELA_NS}koodi") == "HETU_PASSIVOITU"
    assert page.findtext(f".//{KELA_NS}uusiHenkilotunnus") == identity.hetu


def test_of_the_dead_nothing_is_told():
    simulation = a_simulation(people=2_000)
    population = simulation.world.population
    hetu = next(
        population.identity(index).hetu
        for index in range(len(population))
        if population.identity(index).died and any(records(population.kela(index)))
    )

    page = answered(simulation, people=[hetu])

    assert page.findtext(f".//{KELA_NS}koodi") == "LUOVUTUS_ESTETTY"
    assert page.find(f".//{KELA_NS}asiakas") is None


def test_a_day_later_only_what_changed_since_is_given():
    simulation = a_simulation(people=1_000)
    since = simulation.world.population.closing
    simulation.world.advance()
    everyone = listed(simulation, size=500)

    pages = listed(simulation, since=since, size=3)

    stamps = [one.text for page in pages for one in page.iter(f"{KELA_NS}muokattuAika")]
    assert 0 < len(hetus(pages)) < len(hetus(everyone)) / 10
    assert all(f"{since:%Y-%m-%dT%H:%M:%SZ}" <= stamp < pages[0].findtext(f".//{KELA_NS}vesileima") for stamp in stamps)


def test_the_first_page_fixes_the_window_although_a_day_passes():
    simulation = a_simulation(people=200)
    first = answered(simulation, size=10)
    simulation.world.advance()

    second = answered(simulation, size=10, cursor=first.findtext(f".//{KELA_NS}jatko"))

    assert second.findtext(f".//{KELA_NS}vesileima") == first.findtext(f".//{KELA_NS}vesileima")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"area": "6"}, "VirheellinenPyynto"),
        ({"purpose": "HANKINTA"}, "VirheellinenPyynto"),
        ({"size": 0}, "VirheellinenPyynto"),
        ({"size": "kaikki"}, "VirheellinenPyynto"),
        ({"size": 501}, "LiianSuuriEra"),
        ({"people": ["010101-999X"] * 501}, "LiianSuuriEra"),
        ({"cursor": "roskaa"}, "VirheellinenPyynto"),
        ({"since": "eilen"}, "VirheellinenPyynto"),
        ({"since": "2026-01-01T00:00:00"}, "VirheellinenPyynto"),
    ],
)
def test_a_request_against_the_contract_is_a_fault_of_kelas_own(simulation, query, code):
    answer = simulation.server.answer(benefits(**query))

    found = etree.fromstring(answer.body).find(".//faultcode")
    prefix, _, local = found.text.partition(":")
    assert (found.nsmap[prefix], local) == ("urn:luukku:kela:etuustiedot:1", code)


def test_a_watermark_of_a_hundred_days_ago_is_too_old(simulation):
    since = simulation.world.population.closing - timedelta(days=100)

    answer = simulation.server.answer(benefits(since=since))

    assert b"e:VesileimaLiianVanha" in answer.body


def test_an_area_without_the_right_is_refused(simulation):
    service = Kela(simulation.world, areas={"14"})

    assert b"e:EiOikeutta" in service(benefits(area="36")).body
    assert b"HaeEtuudetResponse" in service(benefits(area="14")).body


@pytest.mark.parametrize(
    "body",
    [
        '<HaeEtuudet xmlns="urn:luukku:kela:etuustiedot:2"/>',
        '<HaeEtuudet xmlns="urn:luukku:kela:etuustiedot:1"><kysely/></HaeEtuudet>',
    ],
)
def test_a_message_of_another_form_is_refused_by_kela(simulation, body):
    assert b"e:VirheellinenPyynto" in simulation.server.answer(kela(body)).body


def test_a_long_look_for_few_changes_gives_a_page_before_it_is_full(simulation, monkeypatch):
    monkeypatch.setattr("simulators.kela.LOOKED_THROUGH", 10)

    pages = listed(simulation, size=500)

    assert max(len(hetus([page])) for page in pages) <= 10
    assert sorted(hetus(pages)) == sorted(known_to_kela(simulation.world.population, "36"))


def test_another_operation_in_the_body_is_refused_before_kela(simulation):
    answer = simulation.server.answer(kela('<PoistaEtuudet xmlns="urn:luukku:kela:etuustiedot:1"/>'))

    assert b"client.inconsistent_headers" in answer.body
