"""What acts on one key come to: order, voices, starts and ends."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from consent.model import FUTURE, PAST, Act, Check, Kind, Representation, RepresentationKind, Step, Suspension
from consent.will import CHECK_HOLDS, Said, stretches, will
from tests.spec.world import moment

NOON = moment("1.2.")
DAY = timedelta(days=1)
A, B = UUID(int=1), UUID(int=2)


def an_act(kind=Kind.GIVEN, day=0, *, seq=None, **changed):
    at = NOON + day * DAY
    told = {"act_id": UUID(int=100 + day), "seq": day if seq is None else seq, "kind": kind}
    told |= {"signed_at": at, "effective_from": at, "recorded_at": at}
    return Act(**(told | changed))


def a_guardian(voice=A, *days, allowed=True):
    checks = tuple(Check(NOON + day * DAY, allowed) for day in days or (0,))
    return Representation(voice, RepresentationKind.GUARDIAN, checks)


def said(*acts, speakers=(), pauses=()):
    return Said(acts=acts, representations={each.representation_id: each for each in speakers}, suspensions=pauses)


def step_on(day, told, *, minor=True):
    at = NOON + day * DAY
    return next(each.step for each in stretches(told, minor=minor) if at < each.end)


def test_nothing_said_is_no_consent_for_ever():
    assert [(each.start, each.end, each.step) for each in will(said()).adult] == [(PAST, FUTURE, Step.NO_CONSENT)]


def test_stretches_cover_all_time_without_gap_or_equal_neighbours():
    found = will(said(an_act(valid_until=NOON + 5 * DAY), an_act(Kind.WITHDRAWN, 2), an_act(day=3))).adult

    assert (found[0].start, found[-1].end) == (PAST, FUTURE)
    assert all(one.end == other.start and one[2:] != other[2:] for one, other in pairwise(found))


def test_of_acts_signed_at_once_the_one_recorded_last_decides():
    told = said(an_act(seq=1), an_act(Kind.WITHDRAWN, seq=2, act_id=B))

    assert step_on(1, told) is Step.WITHDRAWN


def test_an_older_grant_not_yet_started_says_nothing_after_a_withdrawal():
    waiting = an_act(day=0, effective_from=NOON + 9 * DAY)

    assert step_on(5, said(waiting, an_act(Kind.WITHDRAWN, 3))) is Step.WITHDRAWN


def test_a_newer_grant_not_yet_started_is_told_after_a_withdrawal():
    waiting = an_act(day=4, effective_from=NOON + 9 * DAY)

    assert step_on(5, said(an_act(Kind.WITHDRAWN, 3), waiting)) is Step.NOT_YET_VALID


def test_the_controllers_end_is_passed_by_a_new_grant_only():
    ended = an_act(Kind.REVOKED, 2)

    assert step_on(3, said(an_act(), ended)) is Step.REVOKED
    assert step_on(5, said(an_act(), ended, an_act(day=4))) is Step.OK


def test_the_controllers_end_does_not_displace_the_persons_no():
    assert step_on(5, said(an_act(), an_act(Kind.WITHDRAWN, 1), an_act(Kind.REVOKED, 2))) is Step.WITHDRAWN


def test_an_annulled_end_ends_nothing_from_then_on():
    ended = an_act(Kind.REVOKED, 2, voided_at=NOON + 4 * DAY)

    assert [step_on(day, said(an_act(), ended)) for day in (3, 5)] == [Step.REVOKED, Step.OK]


def test_a_grant_of_nobody_known_has_lapsed():
    assert step_on(1, said(an_act(voice=A))) is Step.REPRESENTATION_LAPSED


def test_of_guardians_who_agree_the_one_with_authority_speaks():
    told = said(an_act(voice=A), an_act(day=1, voice=B), speakers=[a_guardian(A)])

    assert step_on(2, told) is Step.OK


def test_guardians_who_both_refuse_refuse():
    told = said(
        an_act(Kind.REFUSED, voice=A), an_act(Kind.REFUSED, 1, voice=B), speakers=[a_guardian(A), a_guardian(B)]
    )

    assert step_on(2, told) is Step.REFUSED


def test_a_guardians_refusal_before_the_minors_own_grant_is_no_conflict():
    told = said(an_act(Kind.REFUSED, voice=A), an_act(day=1), speakers=[a_guardian(A)])

    assert step_on(2, told) is Step.OK


def test_a_guardians_refusal_ends_with_the_18th_birthday():
    told = said(an_act(), an_act(Kind.WITHDRAWN, 1, voice=A), speakers=[a_guardian(A)])

    assert step_on(2, told, minor=True) is Step.CONFLICT
    assert step_on(2, told, minor=False) is Step.OK


def test_only_where_a_guardian_spoke_age_matters():
    by_guardian = said(an_act(voice=A), speakers=[a_guardian(A)])
    by_mandate = said(an_act(voice=A), speakers=[replace(a_guardian(A), kind=RepresentationKind.MANDATE)])

    assert will(by_guardian).minor is not None
    assert will(by_mandate).minor is None


@pytest.mark.parametrize(("kind", "days"), [(RepresentationKind.MANDATE, 1), (RepresentationKind.LEGAL_GUARDIAN, 30)])
def test_an_answer_holds_to_the_last_instant_of_its_time(kind, days):
    speaker = Representation(A, kind, (Check(NOON, allowed=True),))
    told = said(an_act(voice=A), speakers=[speaker])
    end = NOON + timedelta(days=days)

    assert CHECK_HOLDS[kind] == timedelta(days=days, microseconds=1)
    assert [each.step for each in stretches(told, minor=True) if each.start <= end < each.end] == [Step.OK]
    assert step_on(days + 0.01, told) is Step.REPRESENTATION_LAPSED


def test_the_latest_answer_decides():
    checks = (Check(NOON, allowed=True), Check(NOON + DAY, allowed=False), Check(NOON + 3 * DAY, allowed=True))
    told = said(an_act(voice=A), speakers=[Representation(A, RepresentationKind.GUARDIAN, checks)])

    assert [step_on(day, told) for day in (0.5, 2, 4)] == [Step.OK, Step.REPRESENTATION_LAPSED, Step.OK]


def test_a_pause_stops_a_yes_and_hides_no_no():
    pauses = [Suspension(NOON + DAY, NOON + 3 * DAY)]

    assert [step_on(day, said(an_act(), pauses=pauses)) for day in (0, 1, 3)] == [Step.OK, Step.SUSPENDED, Step.OK]
    assert step_on(2, said(an_act(Kind.REFUSED), pauses=pauses)) is Step.REFUSED


def test_an_expired_grant_is_expired_before_it_is_anything_further():
    told = said(an_act(valid_until=NOON + DAY), pauses=[Suspension(NOON)])

    assert step_on(2, told) is Step.EXPIRED
