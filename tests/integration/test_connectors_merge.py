"""From the stand-ins to staging: what is staged is what the sources hold, the same again changes nothing, and changes arrive as such."""

import pytest

from connectors import layout
from connectors.errors import NotMerged
from connectors.persons import hetus
from db.engine import Login
from db.keys import Use
from schemas.vocabulary import Category, Source
from simulators.faults import Fault, FaultName
from simulators.population import KelaRecords
from tests.asking import a_simulation
from tests.pulling import House, an_environment

AREA, COUNTY = "36", "12"


@pytest.fixture
def house(database_url, tmp_path):
    house = House(an_environment(database_url, tmp_path), a_simulation(people=300))
    house.connect("te", "kela", "sote")
    return house


def told(sums):
    return {name: sums[name] for name in ("accepted", "quarantined", "held")}


NOTHING = {"accepted": 0, "quarantined": 0, "held": 0}


def te_of(house):
    population = house.simulation.world.population
    return [population.te(index) for index in population.in_area(AREA)]


def test_every_record_of_te_is_staged_once_with_its_version(house):
    sums = house.pull("te")

    held = {each.id: each.versio for of in te_of(house) for each in of.tyollisyysjaksot}
    assert dict(house.ask("SELECT source_record_id, version FROM staging.tyollisyysjakso")) == held
    assert sums["pulled"] == sums["accepted"] + sums["quarantined"] + sums["unchanged"] + sums["held"]
    assert sums["quarantined"] == 0


def test_the_same_full_answer_again_changes_nothing_and_wakes_nobody(house):
    first = house.pull("te")
    pending = house.count("staging.pending")

    again = house.pull("te", full=True)

    assert told(again) == NOTHING
    assert again["pulled"] == again["unchanged"] == first["pulled"]
    assert house.count("staging.pending") == pending


def test_an_incremental_pull_after_a_quiet_moment_brings_nothing(house):
    house.pull("kela")

    assert house.pull("kela")["pulled"] == 0


def test_after_days_of_changes_a_full_pull_finds_staging_as_it_should_be(house):
    for source in ("te", "kela"):
        house.pull(source)
    for _ in range(3):
        house.simulation.world.advance()
        for source in ("te", "kela"):
            house.pull(source)

    full = house.pull("kela", full=True)

    assert full["quarantined"] == 0
    population = house.simulation.world.population
    held = {
        each.id
        for index in population.in_area(AREA)
        if population.identity(index).died is None
        for each in population.kela(index).maksut
    }
    assert {key for (key,) in house.ask("SELECT source_record_id FROM staging.maksu")} == held


def test_sote_is_asked_about_the_people_of_the_leave_list_and_nobody_else(house):
    house.pull("te")
    people = [person for (person,) in house.ask("SELECT DISTINCT person_id::text FROM staging.tyonhakija ORDER BY 1")]
    listed = people[::2]
    leave = house.leave(*((Category.SOTE_ASIAKASSUHDE.value, person, COUNTY) for person in listed))

    house.pull("sote", leave=leave)

    found = {person for (person,) in house.ask("SELECT person_id::text FROM staging.potilas")}
    assert found
    assert found <= set(listed)
    assert house.count("staging.asiakassuhde") > 0
    assert house.count("staging.palvelutarve") == 0


def everything_of_sote(house):
    people = [person for (person,) in house.ask("SELECT DISTINCT person_id::text FROM staging.tyonhakija")]
    categories = [each.value for each in Category if each.source is Source.SOTE]
    return house.leave(*((category, person, COUNTY) for person in people for category in categories))


def test_a_county_that_suddenly_knows_nobody_is_held_and_nothing_of_it_goes(house):
    house.pull("te")
    leave = everything_of_sote(house)
    house.pull("sote", leave=leave)
    known = house.count("staging.potilas"), house.count("staging.asiakassuhde")
    assert sum(known) > 20
    house.simulation.faults.plan(Fault(name=FaultName.EMPTY_LIST, source="sote", times=None))

    with pytest.raises(NotMerged):
        house.pull("sote", leave=leave, full=True)

    assert (house.count("staging.potilas"), house.count("staging.asiakassuhde")) == known
    ((held,),) = house.ask("SELECT held FROM staging.batch WHERE source = 'sote' AND state = 'held'")
    assert "known records are not in a full pull" in held[0]


def test_nobody_becomes_known_by_a_batch_that_is_held(house):
    house.connect("kela", place="29")
    broken = Fault(name=FaultName.BROKEN_ROWS, source="kela", path="36 None", detail="wrong-type", amount=1, times=None)
    house.simulation.faults.plan(broken)

    with pytest.raises(NotMerged, match="kela 36: held"):
        house.pull("kela")

    population = house.simulation.world.population
    of_29 = [index for index in population.in_area("29") if population.kela(index) != KelaRecords()]
    told = {population.identity(index).hetu for index in of_29 if population.identity(index).died is None}
    assert house.count("staging.identity") == house.count("staging.person") == len(told) > 0


def test_without_a_leave_list_no_county_is_asked(house):
    house.pull("te")

    assert house.pull("sote")["pulled"] == 0
    assert house.count("staging.batch WHERE source = 'sote'") == 0


def test_a_category_that_nobody_may_be_shown_is_counted_and_not_kept(house):
    leave = house.leave((Category.KELA_ETUUSJAKSO.value, None, None), (Category.KELA_PAIVALASKURI.value, None, None))

    house.pull("kela", leave=leave)

    ((counts,),) = house.ask("SELECT counts FROM staging.batch WHERE source = 'kela'")
    assert house.count("staging.vireillaolo") == 0
    assert house.count("staging.etuusratkaisu") > 0
    assert counts["dropped"] > 0


def test_what_is_sensitive_in_a_kept_record_is_cut_where_it_may_not_be_kept(house):
    plain = [each.value for each in Category if each.source == "te" and each is not Category.TE_ARKALUONTEISET]
    leave = house.leave(*((category, None, None) for category in plain))

    house.pull("te", leave=leave)

    assert house.count("staging.suunnitelma WHERE toimsuunlaji IN ('03', '07')") == 0
    assert house.count('staging.suunnitelma WHERE tehtavat ~ \'"toimikoodi":"(086|072|034|029)"\'') == 0
    assert house.count("staging.palveluosallistuminen WHERE palvelukoodi = '05'") == 0
    assert house.count("staging.tyollisyysjakso WHERE psyy = '12'") == 0


def test_names_rest_encrypted_and_no_hetu_outside_identity(house):
    house.pull("te")

    jobseekers = [each for of in te_of(house) for each in of.tyonhakijat]
    stored = repr(house.ask("SELECT * FROM staging.tyonhakija"))
    assert not any(each.henkilotunnus in stored for each in jobseekers)
    surnames = [bytes(name) for (name,) in house.ask("SELECT sukunimi FROM staging.tyonhakija")]
    assert not any(each.sukunimi.encode() in name for each in jobseekers for name in surnames)


def test_each_name_and_each_code_opens_where_it_lies_however_few_are_encrypted_at_once(house, monkeypatch):
    monkeypatch.setattr("connectors.persons.ENCRYPTED_AT_ONCE", 2)
    monkeypatch.setattr("connectors.staging.load.ENCRYPTED_AT_ONCE", 3)

    house.pull("te")

    told = {each.id: (each.sukunimi, each.henkilotunnus) for of in te_of(house) for each in of.tyonhakijat}
    rows = "SELECT source_record_id, person_id, sukunimi FROM staging.tyonhakija"
    with house.environment.database(Login.CONNECTOR) as database, database.read() as read:
        found = {key: (person, bytes(name)) for key, person, name in house.ask(rows)}
        codes = {person: hetu.reveal() for person, hetu in hetus(read, [person for person, _ in found.values()])}
        opened = {key: (surname(read, key, name), codes[person]) for key, (person, name) in found.items()}
    assert opened == told
    assert len(opened) > len(te_of(house)) // 2


def surname(read, key, name):
    context = layout.context("tyonhakija", "sukunimi", key)
    return read.keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, name, context=context).decode()


def test_nothing_of_a_protected_persons_place_is_staged(house):
    for source in ("te", "kela"):
        house.pull(source)

    protected = "person_id IN (SELECT person_id FROM staging.protection)"
    assert house.count(f"staging.tyonhakija WHERE {protected}") > 0
    assert house.count(f"staging.tyonhakija WHERE {protected} AND kotikunta IS NOT NULL") == 0
    assert house.count(f"staging.maksu WHERE {protected} AND rahoittava_kunta IS NOT NULL") == 0


def test_decisions_know_the_people_at_once_without_publishing(house):
    house.pull("te")

    unlike = """
        SELECT count(*) FROM staging.tyonhakija t JOIN consent.person p USING (person_id)
         WHERE p.birth_date <> t.syntyma_pvm OR p.protected <> EXISTS
               (SELECT FROM staging.protection s WHERE s.person_id = t.person_id)
    """
    assert house.count("consent.person") == house.count("(SELECT DISTINCT person_id FROM staging.tyonhakija) p")
    assert house.ask(unlike) == [(0,)]
    homes = house.ask("SELECT DISTINCT place FROM consent.task WHERE ground = 'residence'")
    assert {place for (place,) in homes} <= {"046", "681", "740", "768"}


def test_the_watermark_stands_at_the_end_of_the_window_that_was_merged(house):
    house.pull("te")

    ((since, stamp),) = house.ask(
        "SELECT w.since, b.stamp FROM staging.watermark w JOIN staging.batch b USING (batch_id)"
    )
    assert since == stamp


def test_a_merge_repeated_after_its_commit_changes_nothing(house):
    from connectors import runs, staging
    from connectors.landing import land
    from tests.sources import joined

    planned = runs.plan(house.environment, source="te", at=house.at)
    landed = [
        land(house.environment, each, at=house.at, http=lambda: joined(house.simulation.server)) for each in planned
    ]
    groups = runs.group(house.environment, planned=planned, landed=landed)
    checked = [staging.check(house.environment, group, at=house.at) for group in groups]
    merging = {"source": "te", "planned": planned, "checked": checked, "at": house.at}
    staging.merge(house.environment, **merging)
    rows, events = house.count("staging.tyonhakija"), house.count("audit.inbox")

    again = staging.merge(house.environment, **merging)

    assert again["counts"] == {}
    assert (house.count("staging.tyonhakija"), house.count("audit.inbox")) == (rows, events)


def test_a_run_leaves_its_event_and_data_docs_without_values(house):
    sums = house.pull("te")

    kinds = house.ask("SELECT convert_from(body, 'utf8')::jsonb ->> 'type' FROM audit.inbox")
    assert ("load.completed",) in kinds
    runs = house.ask("SELECT DISTINCT convert_from(body, 'utf8')::jsonb -> 'run' ->> 'run' FROM audit.inbox")
    assert (sums["docs"].removeprefix("docs/"),) in runs
    assert len({run for (run,) in runs if run}) == 1
    pages = list((house.environment.home / "store" / sums["docs"]).glob("*.html"))
    assert len(pages) > 5
    hetus = [each.henkilotunnus for of in te_of(house) for each in of.tyonhakijat]
    for page in pages:
        text = page.read_text()
        assert "http://" not in text
        assert "https://" not in text
        assert not any(hetu in text for hetu in hetus)
