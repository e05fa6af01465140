"""The synthetic people are the same for the same seed, keep the contracts' rules, and are spread as the statistics say."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from simulators import statistics
from simulators.population import Answer, KnownTo, Population, records_of
from simulators.population.hetu import check_character, parts
from tests.people_rules import broken_rules, valid_business_id

TODAY = date(2026, 6, 4)


@pytest.fixture(scope="module")
def population():
    return Population.make(today=TODAY)


@pytest.fixture(scope="module")
def people(population):
    return [population.person(index) for index in range(len(population))]


def clients(people, area="36"):
    return [person for person in people if person.te.tyonhakijat and person.identity.home.area == area]


def share(people, holds):
    return sum(map(holds, people)) / len(people)


def test_the_same_seed_makes_the_same_people_in_whatever_order_they_are_asked_for(population):
    again = Population.make(seed=1, people=1750, today=TODAY)

    backwards = [again.person(index) for index in range(len(again) - 1, -1, -1)]

    assert backwards[::-1] == [population.person(index) for index in range(len(population))]


def test_another_seed_makes_other_people(people):
    others = Population.make(seed=2, today=TODAY)

    hetus = {others.identity(index).hetu for index in range(len(others))}

    assert len(hetus & {person.identity.hetu for person in people}) < 20


def test_a_source_tells_the_same_whether_the_whole_person_is_made_or_not(population):
    for index in range(0, len(population), 37):
        person = population.person(index)

        assert person.te == population.te(index)
        assert person.kela == population.kela(index)
        assert person.sote == population.sote(index)
        assert person.identity == population.identity(index)
        assert person.consents == population.consents(index)


def test_savonlinna_has_1750_clients_and_a_thin_set_lives_around_it(people):
    by_area = Counter(person.identity.home.area for person in people if KnownTo.TE in person.known_to)

    assert by_area["36"] == 1750
    assert set(by_area) == {"36", "13", "23", "29"}
    assert sum(by_area.values()) - 1750 == 175


def test_every_true_record_keeps_the_rules_of_the_contracts(people, population):
    broken = Counter(rule for person in people for rule in broken_rules(person, population.closing))

    assert broken == {}


def test_identity_codes_are_unique_over_present_and_replaced_ones(people):
    codes = [
        code
        for person in people
        for code in (person.identity.hetu, *(past.hetu for past in person.identity.past_hetus))
    ]

    assert len(codes) == len(set(codes))


def test_every_century_sign_is_there_and_the_old_ones_are_the_common_ones(people):
    signs = Counter(person.identity.hetu[6] for person in people)

    assert set(signs) == set("+-YXWVUABCDEF")
    assert signs["-"] + signs["A"] > 0.75 * len(people)


def test_two_people_differ_in_the_sign_only(population):
    first, second = population.by_hetu("100190-999P"), population.by_hetu("100190Y999P")

    assert first is not None
    assert second is not None
    assert first != second


def test_a_person_is_found_by_present_and_by_replaced_code_and_nobody_by_others(population, people):
    renumbered = next(person for person in people if person.identity.past_hetus)

    assert population.by_hetu(renumbered.identity.hetu) == renumbered.index
    assert population.by_hetu(renumbered.identity.past_hetus[0].hetu) == renumbered.index
    assert all(population.by_hetu(person.identity.hetu) == person.index for person in people)
    for nobody in ("120384-9129", "010190-999Y", "310284-900A", "120384-912", "", "120384-5128"):
        assert population.by_hetu(nobody) is None


def test_a_te_record_leads_back_to_its_person(population, people):
    for person in people[::50]:
        for one in (*person.te.tyonhakijat, *person.te.tyollisyysjaksot):
            assert population.by_te_id(one.id) == person.index

    assert population.by_te_id("6f1c0d52-5c0e-4a55-9d0a-0f6f3b1e7a01") is None
    assert population.by_te_id("tuntematon") is None


def test_rare_traits_come_in_exact_shares(people):
    drawn = [person for person in people if person.identity.hetu[7:] not in ("9128", "999P", "900B", "903B", "960F")]

    assert 0.008 < share(drawn, lambda person: person.identity.protected) < 0.012
    assert 0.003 < share(people, lambda person: bool(person.identity.past_hetus)) < 0.005
    assert 0.0005 < share(people, lambda person: person.identity.died is not None) < 0.002
    assert 1 <= sum(len(person.te.tyonhakijat) == 2 for person in people) <= 5


def test_some_protection_is_known_to_kela_and_not_yet_to_te(people):
    unknown = [
        person
        for person in people
        if person.kela.turvakielto and any(not jobseeker.turvakielto for jobseeker in person.te.tyonhakijat)
    ]

    assert unknown


def test_situations_durations_and_ages_are_as_among_jobseekers(people):
    now = [person.te for person in clients(people)]
    codes = Counter(
        next((one.tyollkoodi for one in te.tyollisyysjaksot if one.loppu_pvm is None), "ended") for te in now
    )
    unemployed, served = codes["02"] + codes["03"], codes["07"] + codes["00"]
    long_term = share(now, lambda te: (TODAY - te.tyonhakijat[0].tyonhaku_alkanut_pvm).days >= 365)
    young = share(now, lambda te: (TODAY - te.tyonhakijat[0].syntyma_pvm).days < 25 * 365.25)

    assert 0.25 < served / (unemployed + served) < 0.35, "the activation rate was 29.6 % in February 2022"
    assert 0.28 < long_term < 0.40
    assert 0.08 < young < 0.16
    assert 0.02 < share(now, lambda te: te.tyonhakijat[0].tym_asiakas) < 0.09


def test_every_combination_of_sources_occurs(people):
    combinations = Counter(person.known_to for person in people)

    assert combinations[frozenset({KnownTo.TE})] > 300
    assert combinations[frozenset({KnownTo.KELA})] > 20
    assert combinations[frozenset({KnownTo.SOTE})] > 10
    assert combinations[frozenset(KnownTo)] > 100
    for person in people:
        assert (KnownTo.TE in person.known_to) == bool(person.te.tyonhakijat)
        assert KnownTo.KELA in person.known_to or not person.kela.etuusratkaisut


def test_a_benefit_that_goes_on_over_the_turn_of_may_is_two_decisions(people):
    continued = [
        one
        for person in people
        for one in person.kela.etuusratkaisut
        if one.edeltava_ratkaisu_id and one.etuus == "YLEISTUKI"
    ]

    assert len(continued) > 200
    assert {one.alku_pvm for one in continued} == {date(2026, 5, 1)}


def test_before_the_turn_of_may_nobody_has_the_new_benefit():
    before = Population.make(today=date(2026, 3, 10), people=300)

    benefits = {one.etuus for index in range(len(before)) for one in before.kela(index).etuusratkaisut}

    assert "TYOMARKKINATUKI" in benefits
    assert "YLEISTUKI" not in benefits


def test_most_who_are_asked_consent_and_some_refuse_withdraw_or_deny(people):
    asked = [person for person in clients(people) if person.consents]
    answers = Counter(person.consents[0].answer for person in asked)

    assert 0.55 < len(asked) / len(clients(people)) < 0.75
    assert 0.7 < answers[Answer.GIVEN] / len(asked) < 0.88
    assert all(answers[answer] for answer in Answer)
    for person in asked:
        for wish in person.consents:
            assert (wish.answer is Answer.WITHDRAWN) == (wish.withdrawn_on is not None)
            assert wish.withdrawn_on is None or wish.said_on <= wish.withdrawn_on <= TODAY


def test_a_coach_has_at_most_a_hundred_clients(people):
    coaches = Counter(
        person.te.tyonhakijat[0].vastuuasiantuntija.tunnus
        for person in clients(people)
        if person.te.tyonhakijat[0].vastuuasiantuntija
    )

    assert max(coaches.values()) <= 100


def test_the_nation_is_spread_as_the_statistics_say_without_making_anyone():
    nation = Population.make(today=TODAY, people=550_000)
    municipalities = [one for one in statistics.restated() if one.area != "46"]
    whole = sum(one.unemployed for one in municipalities)

    assert 550_000 < len(nation) < 600_000
    for one in municipalities:
        here = len(nation.in_municipality(one.code))
        assert abs(here - 1.05 * 550_000 * one.unemployed / whole) <= 2, one.code
    assert sum(len(nation.in_area(f"{area:02}")) for area in range(1, 46)) == len(nation)


def test_identity_codes_of_a_nation_do_not_meet():
    nation = Population.make(today=TODAY, people=550_000)
    some = range(0, len(nation), 97)

    codes = {nation.identity(index).hetu for index in some}

    assert len(codes) == len(some)
    assert all(nation.by_hetu(code) is not None for code in list(codes)[:200])


def test_an_area_and_a_county_are_cut_along_municipalities(population):
    area, county = set(population.in_area("13")), set(population.in_county("12"))

    assert area & county, "Pieksämäki is in Keski-Savo and in Etelä-Savo"
    assert area - county, "Varkaus is in Keski-Savo and not in Etelä-Savo"


def test_who_has_records_touched_since_an_instant_is_found(population, people):
    instant = datetime(2026, 6, 1, tzinfo=UTC)

    found = list(population.changed_since(instant))

    assert found == [
        person.index for person in people if any(one.muokattu_aika >= instant for one in records_of(person))
    ]
    assert 0 < len(found) < len(people)


def test_nobody_is_at_an_index_beyond_the_people(population):
    with pytest.raises(IndexError, match="Nobody has this index"):
        population.person(len(population))


@pytest.mark.parametrize("text", ["1572860-0", "0166906-4", "0246246-0"])
def test_the_rule_for_business_ids_knows_real_ones(text):
    assert valid_business_id(text)


@pytest.mark.reference
def test_the_restated_statistics_are_the_official_ones(reference):
    assert statistics.official(reference) == statistics.restated()


@pytest.mark.reference
def test_the_check_of_identity_codes_agrees_with_the_published_vectors(reference):
    lines = (reference / "codes" / "hetu_test_vectors.csv").read_text(encoding="utf-8").splitlines()[1:]
    verdicts = dict(line.split(",")[:2] for line in lines)

    for code, expected in verdicts.items():
        assert (parts(code) is not None) == expected.startswith("ok"), (code, expected)
    assert check_character("120384912") == "8"
