"""A day brings believable changes: the same ones for the same seed, each within its day, and each keeping the rules."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from simulators.population import Answer, Change, Population, records_of
from simulators.population.te_records import PoistoSyy
from tests.people_rules import broken_rules

TODAY = date(2026, 6, 4)


@pytest.fixture(scope="module")
def first():
    return Population.make(today=TODAY)


@pytest.fixture(scope="module")
def second(first):
    return first.advance()


def touched(second, change):
    """Give who the day touched in this way."""
    return [index for index, touches in second.touches().items() if touches[-1].change is change]


def by_id(records):
    return {one.id: one for one in records}


def notices(person, why):
    return [one for one in person.te.poistot if one.syy is why]


def test_the_day_before_stays_as_it_was_and_the_same_day_comes_again(first, second):
    before = first.person(10)

    again = first.advance()

    assert first.person(10) == before
    assert first.today == TODAY
    assert second.today == again.today == TODAY + timedelta(days=1)
    assert [second.person(index) for index in second.touches()] == [again.person(index) for index in again.touches()]


def test_five_of_a_hundred_people_are_touched_and_nobody_else_differs(first, second):
    changed = set(second.changed_since(first.closing))

    assert len(second.touches()) == round(0.05 * len(first))
    assert changed >= set(range(len(first), len(second))), "who arrived is new"
    for index in set(range(len(first))) - second.touches().keys():
        assert second.te(index) == first.te(index)
        assert index not in changed


def test_a_larger_share_changes_more(first):
    assert len(first.advance(share=0.5).touches()) == round(0.5 * len(first))


def test_what_changed_has_a_higher_version_and_a_stamp_within_the_day(first, second):
    for index in second.touches():
        before = by_id(records_of(first.person(index)))
        for record in records_of(second.person(index)):
            old = before.get(record.id)
            if record != old:
                assert first.closing <= record.muokattu_aika < second.closing
                assert old is None or record.versio > old.versio


def test_the_usual_and_the_rare_changes_all_happen(first):
    people, happened = first, Counter()
    for _ in range(3):
        people = people.advance()
    happened.update(touch.change for touches in people.touches().values() for touch in touches)

    assert set(happened) == set(Change)


def test_after_six_weeks_every_record_still_keeps_the_rules(first):
    people = first
    for _ in range(42):
        people = people.advance()

    broken = Counter(rule for index in people.touches() for rule in broken_rules(people.person(index), people.closing))

    assert broken == {}
    assert max(len(touches) for touches in people.touches().values()) > 3


def test_a_death_ends_what_was_open_in_every_source(second):
    (index, *_) = touched(second, Change.DEATH)
    person = second.person(index)

    assert person.identity.died == second.today
    assert all(one.kuolin_pvm == second.today and one.tyonhaku_paattynyt_pvm for one in person.te.tyonhakijat)
    assert all(one.loppu_pvm for one in person.te.tyollisyysjaksot)
    assert all(one.loppu_pvm for one in person.kela.etuusratkaisut)
    assert all(one.deceased for one in person.sote.patients)


def test_the_dead_do_not_change_any_more(second):
    (index, *_) = touched(second, Change.DEATH)
    person, people = second.person(index), second

    for _ in range(20):
        people = people.advance(share=0.5)

    assert people.person(index) == person


def test_a_replaced_code_is_kept_in_the_history_and_both_find_the_person(first, second):
    (index, *_) = touched(second, Change.NEW_CODE)
    old, new = first.identity(index).hetu, second.identity(index).hetu
    (client, *_) = second.te(index).tyonhakijat

    assert old != new
    assert client.henkilotunnus == new
    assert [past.henkilotunnus for past in client.henkilotunnus_historia] == [old]
    assert second.by_hetu(old) == second.by_hetu(new) == index
    assert first.by_hetu(new) is None


def test_two_jobseekers_who_are_one_person_are_joined(first, second):
    (index, *_) = touched(second, Change.JOINED)
    kept, gone = first.te(index).tyonhakijat
    te = second.te(index)

    assert [one.id for one in te.tyonhakijat] == [kept.id]
    assert [past.henkilotunnus for past in te.tyonhakijat[0].henkilotunnus_historia] == [gone.henkilotunnus]
    assert {one.tyonhakija_id for one in te.tyollisyysjaksot} == {kept.id}
    (notice,) = notices(second.person(index), PoistoSyy.YHDISTETTY)
    assert (notice.tietotyyppi, notice.kohde_id, notice.uusi_id) == ("Tyonhakija", gone.id, kept.id)


@pytest.mark.parametrize("change", [Change.MOVE_NEAR, Change.MOVE_AREA, Change.MOVE_COUNTY])
def test_a_mover_lives_elsewhere_and_is_listed_there(first, second, change):
    for index in touched(second, change):
        old, new = first.home(index), second.home(index)

        assert new == second.identity(index).home
        assert old.municipality != new.municipality
        assert index in second.in_municipality(new.municipality)
        assert index not in second.in_municipality(old.municipality)
        assert index in second.in_area(new.area)
        assert index in second.in_county(new.county)


def test_moves_go_as_far_as_their_name_says(first, second):
    def ends(change):
        return [(first.home(index), second.home(index)) for index in touched(second, change)]

    assert all(old.area == new.area for old, new in ends(Change.MOVE_NEAR))
    assert all(old.area != new.area and old.county == new.county for old, new in ends(Change.MOVE_AREA))
    assert all(old.county != new.county for old, new in ends(Change.MOVE_COUNTY))


def test_a_move_within_the_area_touches_the_jobseeker_only(first, second):
    (index, *_) = touched(second, Change.MOVE_NEAR)

    assert second.te(index).tyollisyysjaksot == first.te(index).tyollisyysjaksot
    assert second.te(index).tyonhakijat[0].kotikunta.kuntakoodi == second.home(index).municipality
    assert not notices(second.person(index), PoistoSyy.SIIRTO)


def test_turvakielto_reaches_every_source_that_knows_the_person(first, second):
    (index, *_) = touched(second, Change.PROTECTED)
    person = second.person(index)

    assert not first.identity(index).protected
    assert person.identity.protected
    assert all(one.turvakielto and one.kotikunta is None for one in person.te.tyonhakijat)
    assert person.kela.turvakielto
    assert all(one.rahoittava_kunta is None for one in person.kela.maksut)
    assert all(one.protected for one in person.sote.patients)


def test_a_deleted_contact_is_gone_and_told_of(first, second):
    (index, *_) = touched(second, Change.DELETION)
    gone = by_id(first.te(index).yhteydenotot).keys() - by_id(second.te(index).yhteydenotot).keys()

    told = {one.kohde_id for one in notices(second.person(index), PoistoSyy.VIRHE)}

    assert len(gone) == 1
    assert gone <= told


def test_an_erased_jobseeker_leaves_nothing_but_the_notice(first, second):
    (index, *_) = touched(second, Change.ERASURE)
    te = second.te(index)

    assert te.tyonhakijat == te.tyollisyysjaksot == te.suunnitelmat == ()
    assert [one.kohde_id for one in te.poistot][-1] == first.te(index).tyonhakijat[0].id


def test_a_late_correction_moves_the_day_on_which_one_stretch_gave_way_to_the_next(first, second):
    (index, *_) = touched(second, Change.LATE)
    before, after = by_id(first.te(index).tyollisyysjaksot), by_id(second.te(index).tyollisyysjaksot)

    corrected = [key for key in before if before[key] != after[key]]

    assert len(corrected) == 2
    assert before.keys() == after.keys()


def test_a_payment_taken_back_stays_and_says_so(first, second):
    (index, *_) = touched(second, Change.TAKEN_BACK)
    before, after = by_id(first.kela(index).maksut), by_id(second.kela(index).maksut)

    assert any(after[key].peruttu and not before[key].peruttu for key in before)


def test_joint_support_brings_flag_plan_and_service_line(second):
    (index, *_) = touched(second, Change.JOINT)
    te = second.te(index)

    assert te.tyonhakijat[0].tym_alku_pvm == second.today
    assert any(one.toimsuunlaji == "07" and one.tila == "VOIMASSA" for one in te.suunnitelmat)
    assert [one.segmenttikoodi for one in te.palvelulinjat if one.paattynyt_pvm is None] == ["05"]


def test_a_change_of_will_withdraws_what_was_given_and_gives_what_was_refused(first):
    people = first.advance(share=0.6)
    turned = [index for index in touched(people, Change.WILL) if people.consents(index) != first.consents(index)]

    assert turned
    for index in turned:
        for before, after in zip(first.consents(index), people.consents(index), strict=True):
            assert (before.answer is Answer.GIVEN) == (after.answer is Answer.WITHDRAWN)


def test_who_arrives_has_only_just_registered(first, second):
    for index in range(len(first), len(second)):
        person = second.person(index)

        assert person.te.tyonhakijat
        assert all(first.closing <= one.muokattu_aika < second.closing for one in records_of(person))
        assert index in second.in_area(person.identity.home.area)
        assert second.by_hetu(person.identity.hetu) == index
        assert first.by_hetu(person.identity.hetu) is None


def test_instants_follow_the_hosts_clock_and_dates_step_a_day(first):
    noon = datetime(2026, 6, 4, 12, 0, 0, 500, tzinfo=UTC)

    later = first.advance(closing=noon)

    assert later.closing == noon.replace(microsecond=0)
    assert later.today == TODAY + timedelta(days=1)
    assert all(
        first.closing <= record.muokattu_aika < noon
        for index in later.changed_since(first.closing)
        for record in records_of(later.person(index))
        if record.muokattu_aika >= first.closing
    )


def test_a_day_of_less_than_a_minute_is_refused(first):
    with pytest.raises(ValueError, match="at least a minute"):
        first.advance(closing=first.closing + timedelta(seconds=59))
