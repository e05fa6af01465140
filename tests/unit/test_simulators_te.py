"""TE's stand-in gives every list of an area to its last page, a window that holds, and its own errors (DOMAIN.md 4)."""

import json
from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest

from simulators.population import Population
from simulators.te import Te
from simulators.te.feed import LISTS
from simulators.wire import Request
from simulators.world import World

TODAY = date(2026, 6, 4)


@pytest.fixture
def world():
    return World(Population.make(today=TODAY, people=400))


@pytest.fixture
def te(world):
    return Te(world, areas={"36", "23"})


def answer(te, path, **query):
    return te(Request(method="GET", path=f"/v1/{path}", query=urlencode(query, doseq=True)))


def body(te, path, **query):
    given = answer(te, path, **query)
    assert given.status == 200, given.whole
    return json.loads(given.whole)


def pages(te, path, **query):
    """Follow the cursor to the last page."""
    found = [body(te, path, **query)]
    while cursor := found[-1]["sivutus"]["jatko"]:
        found.append(body(te, path, jatko=cursor, **query))
    return found


def rows(te, path, **query):
    return [row for page in pages(te, path, **query) for row in page["tiedot"]]


def truth(world, name, area="36"):
    population = world.population
    everyone = (population.te(index) for index in population.in_area(area))
    return {one.id: one for te in everyone for one in LISTS[name](te)}


def refused(te, path, **query):
    given = answer(te, path, **query)
    said = json.loads(given.whole)
    assert said["status"] == given.status
    assert said.keys() == {"aikaleima", "status", "virhekoodi", "virheviesti", "tunniste"}
    return given.status, said["virhekoodi"]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_gives_each_record_of_the_area_in_order_to_the_last_page(te, world, name):
    found = pages(te, name, tyollisyysalue="36", maara=37)

    given = [row for page in found for row in page["tiedot"]]
    keys = [(row["muokattuAika"], row["id"]) for row in given]
    assert keys == sorted(keys)
    assert {row["id"] for row in given} == truth(world, name).keys()
    assert [page["sivutus"]["sivu"] for page in found] == list(range(len(found)))
    assert {page["vesileima"] for page in found} == {"2026-06-04T02:00:00Z"}
    assert all(len(page["tiedot"]) == 37 for page in found[:-1])


def test_some_records_are_given_twice_and_both_are_the_same():
    te = Te(World(Population.make(today=TODAY)))

    given = Counter(json.dumps(row) for row in rows(te, "tyollisyysjaksot", tyollisyysalue="36", maara=500))

    assert set(given.values()) == {1, 2}
    assert 1 <= sum(times == 2 for times in given.values()) <= 30


def test_a_jobseeker_is_written_with_the_fields_of_the_contract(te, world):
    index = world.population.by_hetu("120384-9128")
    client = world.population.te(index).tyonhakijat[0]

    (row,) = rows(te, "tyonhakijat", tyollisyysalue="36", tyonhakijaId=client.id)

    coach = row.pop("vastuuasiantuntija")
    home = row.pop("kotikunta")
    assert row == {
        "id": client.id,
        "versio": client.versio,
        "muokattuAika": f"{client.muokattu_aika:%Y-%m-%dT%H:%M:%SZ}",
        "henkilotunnus": "120384-9128",
        "henkilotunnusHistoria": [],
        "sukunimi": "Esimerkki",
        "etunimet": "Aino Maria",
        "syntymaPvm": "1984-03-12",
        "kuolinPvm": None,
        "tyollisyysalue": "36",
        "turvakielto": False,
        "asiointikieli": "fi",
        "kielitaso": None,
        "tyonhakuAlkanutPvm": client.tyonhaku_alkanut_pvm.isoformat(),
        "tyonhakuPaattynytPvm": None,
        "tymAsiakas": True,
        "tymAlkuPvm": client.tym_alku_pvm.isoformat(),
        "kotoutumisasiakas": False,
        "edunvalvonta": False,
    }
    assert home == {"kuntakoodi": "740", "alkuPvm": client.kotikunta.alku_pvm.isoformat()}
    assert coach is None or coach.keys() == {"tunnus", "nimi", "yksikko", "puhelin", "alkuPvm"}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("tyollisyysjaksot", "tyollkoodi alkuPvm loppuPvm psyy"),
        ("suunnitelmat", "toimsuunlaji tila allekirjoitettuPvm tarkistusPvm paattynytPvm tehtavat"),
        (
            "palveluosallistumiset",
            "palvelukoodi jarjestaja tuotantotapa palveluseteli alkuPvm suunniteltuLoppuPvm loppuPvm keskeytynyt paivatViikossa",
        ),
        ("yhteydenotot", "yhtottotapa tila ajankohtaAika"),
        ("palvelulinjat", "segmenttikoodi segmenttiPvm paattynytPvm"),
        ("poistot", "tietotyyppi kohdeId syy uusiId"),
    ],
)
def test_the_other_records_have_the_fields_of_the_contract_and_name_their_client(te, name, fields):
    given = rows(te, name, tyollisyysalue="36", maara=500)

    assert given
    expected = {"id", "versio", "muokattuAika", "tyonhakijaId", *fields.split()}
    assert all(row.keys() == expected for row in given)


def test_the_next_pull_gives_what_was_touched_since_the_last_stamp_and_nothing_else(te, world):
    stamp = pages(te, "tyollisyysjaksot", tyollisyysalue="36")[-1]["vesileima"]
    before = truth(world, "tyollisyysjaksot")
    assert rows(te, "tyollisyysjaksot", tyollisyysalue="36", muuttunutAlkaen=stamp) == []

    world.advance()

    given = rows(te, "tyollisyysjaksot", tyollisyysalue="36", muuttunutAlkaen=stamp)
    after = truth(world, "tyollisyysjaksot")
    assert {row["id"] for row in given} == {key for key, one in after.items() if one != before.get(key)}
    assert all(row["versio"] > before[row["id"]].versio for row in given if row["id"] in before)


def test_changes_of_several_days_come_from_the_stamp_that_was_kept(te, world):
    world.advance()
    stamp = body(te, "yhteydenotot", tyollisyysalue="36")["vesileima"]
    before = truth(world, "yhteydenotot")

    world.advance()
    world.advance()

    given = {row["id"] for row in rows(te, "yhteydenotot", tyollisyysalue="36", muuttunutAlkaen=stamp, maara=3)}
    assert given == {key for key, one in truth(world, "yhteydenotot").items() if one != before.get(key)}


def test_a_day_that_passes_while_pages_are_read_moves_no_record_out_of_the_window(te, world):
    first = body(te, "tyonhakijat", tyollisyysalue="36", maara=20)
    before = truth(world, "tyonhakijat")

    world.advance()

    query = {"tyollisyysalue": "36", "maara": 20}
    found, cursor = first["tiedot"], first["sivutus"]["jatko"]
    while cursor:
        page = body(te, "tyonhakijat", jatko=cursor, **query)
        assert page["vesileima"] == first["vesileima"]
        found, cursor = found + page["tiedot"], page["sivutus"]["jatko"]
    later = rows(te, "tyonhakijat", muuttunutAlkaen=first["vesileima"], **query)
    gone = {row["kohdeId"] for row in rows(te, "poistot", muuttunutAlkaen=first["vesileima"], **query)}
    assert before.keys() <= {row["id"] for row in found + later} | gone


def test_someone_who_moves_to_another_area_leaves_a_notice_and_comes_with_all_records(te, world):
    old = {index: world.population.home(index).area for index in range(len(world.population))}
    stamp = body(te, "poistot", tyollisyysalue="36")["vesileima"]
    population = world.advance()
    movers = [index for index, area in old.items() if area == "36" and population.home(index).area != "36"]

    notices = rows(te, "poistot", tyollisyysalue="36", muuttunutAlkaen=stamp)

    assert movers
    for index in movers:
        (client,) = population.te(index).tyonhakijat
        assert any(row["kohdeId"] == client.id and row["syy"] == "SIIRTO" for row in notices)
        there = Te(world)
        arrived = rows(there, "tyollisyysjaksot", tyollisyysalue=client.tyollisyysalue, muuttunutAlkaen=stamp)
        assert {one.id for one in population.te(index).tyollisyysjaksot} <= {row["id"] for row in arrived}


def test_named_clients_are_given_and_nobody_else(te, world):
    clients = list(truth(world, "tyonhakijat"))[:3]
    elsewhere = next(iter(truth(world, "tyonhakijat", area="23")))

    given = rows(te, "tyonhakijat", tyollisyysalue="36", tyonhakijaId=[*clients, elsewhere, "tuntematon"])

    assert {row["id"] for row in given} == set(clients)


def test_one_jobseeker_is_given_by_id(te, world):
    client = next(iter(truth(world, "tyonhakijat")))

    assert body(te, f"tyonhakijat/{client}") == rows(te, "tyonhakijat", tyollisyysalue="36", tyonhakijaId=client)[0]


def test_an_area_without_right_is_refused_also_for_one_jobseeker(te, world):
    stranger = next(iter(truth(world, "tyonhakijat", area="29")))

    assert refused(te, "tyonhakijat", tyollisyysalue="29") == (403, "EI_OIKEUTTA")
    assert refused(te, f"tyonhakijat/{stranger}") == (403, "EI_OIKEUTTA")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"tyollisyysalue": "6"},
        {"tyollisyysalue": "036"},
        {"tyollisyysalue": ["36", "23"]},
        {"tyollisyysalue": "36", "maara": "0"},
        {"tyollisyysalue": "36", "maara": "501"},
        {"tyollisyysalue": "36", "maara": "sata"},
        {"tyollisyysalue": "36", "muuttunutAlkaen": "eilen"},
        {"tyollisyysalue": "36", "muuttunutAlkaen": "2026-06-01T00:00:00"},
        {"tyollisyysalue": "36", "jatko": "abc"},
        {"tyollisyysalue": "36", "tyonhakijaId": ["x"] * 101},
        {"tyollisyysalue": "36", "sivu": "2"},
    ],
)
def test_a_request_against_the_contract_is_refused(te, query):
    assert refused(te, "tyonhakijat", **query) == (400, "VIRHEELLINEN_PYYNTO")


def test_a_cursor_belongs_to_its_own_request(te):
    cursor = body(te, "tyonhakijat", tyollisyysalue="36", maara=10)["sivutus"]["jatko"]

    assert refused(te, "tyonhakijat", tyollisyysalue="36", maara=20, jatko=cursor) == (400, "VIRHEELLINEN_PYYNTO")


def test_a_cursor_grows_old(te, world):
    cursor = body(te, "tyonhakijat", tyollisyysalue="36", maara=10)["sivutus"]["jatko"]
    world.advance()
    world.advance()

    assert refused(te, "tyonhakijat", tyollisyysalue="36", maara=10, jatko=cursor) == (400, "JATKO_VANHENTUNUT")


def test_a_stamp_older_than_ninety_days_needs_a_full_pull(te, world):
    kept = world.population.closing - timedelta(days=90)
    lost = kept - timedelta(seconds=1)

    assert answer(te, "poistot", tyollisyysalue="36", muuttunutAlkaen=kept.isoformat()).status == 200
    assert refused(te, "poistot", tyollisyysalue="36", muuttunutAlkaen=lost.isoformat()) == (
        410,
        "VESILEIMA_LIIAN_VANHA",
    )


@pytest.mark.parametrize("path", ["tyonhakijat/tuntematon", "koodistot/tuntematon", "muuta", "tyollisyysjaksot/1", ""])
def test_what_is_not_in_the_contract_is_not_found(te, path):
    assert refused(te, path) == (404, "EI_LOYDY")


def test_an_error_on_demand_has_tes_own_form(te):
    given = te.refuse(503)

    assert given.status == 503
    assert json.loads(given.whole)["virhekoodi"] == "HUOLTO"


def test_lists_written_ahead_are_those_that_would_be_written_when_asked_for(te, world):
    ahead = Te(world)
    ahead.prepare(["36", "23"])

    assert rows(ahead, "suunnitelmat", tyollisyysalue="36") == rows(te, "suunnitelmat", tyollisyysalue="36")


def test_only_as_many_rows_are_kept_as_the_shelf_may_hold(world):
    from simulators.te.query import Query
    from simulators.te.shelf import Shelf

    def query(area):
        return Query(area=area, since=None, size=100, clients=(), cursor=None)

    shelf = Shelf(most_rows=10)

    lists = {area: shelf.feed(world.population, "tyonhakijat", query(area)) for area in ("36", "23")}

    assert shelf.feed(world.population, "tyonhakijat", query("23")) is lists["23"]
    assert shelf.feed(world.population, "tyonhakijat", query("36")) is not lists["36"]


@pytest.mark.reference
def test_the_code_lists_are_the_official_ones(te, reference):
    lines = (reference / "codes" / "ura_codes.csv").read_text(encoding="utf-8").splitlines()
    official = {line.split(",")[1] for line in lines if line.startswith("toimikoodi,")}

    given = body(te, "koodistot/toimikoodi")

    assert {entry["koodi"] for entry in given} == official
    assert all(entry.keys() == {"koodi", "nimi", "alkuPvm", "loppuPvm"} for entry in given)


def test_codes_keep_their_leading_zero(te):
    services = {entry["koodi"] for entry in body(te, "koodistot/palvelukoodi")}

    assert {"05", "5", "06", "0"} <= services
