"""The rule beyond the worked examples: what is owed, how long an answer lasts, what is explained."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent.decision import POLICY, decide, explain
from consent.model import (
    ALWAYS,
    Decision,
    Derived,
    Emergency,
    Facts,
    Item,
    Matched,
    Outcome,
    Period,
    Request,
    Result,
    Step,
    Task,
)
from schemas.vocabulary import Reason, TaskGround
from tests.spec import replay, story, world

NOON = world.moment("1.6.")
GRANT = story.Grant()


def decided(told, ask, **changed):
    facts = replay.facts(told)
    return decide(replay.request(ask), replace(facts, **changed) if changed else facts, NOON)


def ask(*items, **more):
    return story.Ask(items, **more)


def test_a_decision_names_the_rule_and_what_it_was_made_on():
    decision = decided((GRANT,), ask("K"))

    assert (decision.policy, decision.consent_seq, decision.register_seq) == (POLICY, 1, 1)


def test_a_permit_by_consent_names_its_act():
    assert len(decided((GRANT,), ask("K")).results[0].matched.acts) == 1


def test_a_permit_by_law_names_the_statute_and_the_denial_it_passed_over():
    matched = decided((story.Deny(source="te"),), ask("P")).results[0].matched

    assert matched.statutes == ((world.L1, 1),)
    assert len(matched.denials) == 1


def test_a_refusal_names_the_act_that_came_furthest():
    assert len(decided((GRANT, story.No("1.5.", "withdrawn")), ask("K")).results[0].matched.acts) == 1


def test_a_ground_has_its_key():
    results = decided((GRANT,), ask("K", "P", "Sr")).results

    assert [result.key for result in results] == ["CONSENT_SECRECY", "STATUTE_TYO", None]


def test_the_strictest_of_two_agreements_is_owed():
    agreements = world.agreements()
    further = replace(agreements["K"], agreement_id=world.P_AGREEMENT, retention_days=30, onward=False)
    facts = replay.facts((GRANT,))
    (key, will), *_ = facts.wills.items()
    both = replace(
        facts,
        register=world.a_register(agreements | {"further": further}, world.statutes()),
        wills={key: will, (world.P_AGREEMENT, key[1]): will},
    )

    owed = decide(replay.request(ask("K")), both, NOON).results[0].obligations

    assert (owed.retention_days, owed.no_onward) == (30, True)


def test_two_agreements_that_both_permit_name_both_acts_and_cover_together():
    agreements, (early, late) = world.agreements(), (("1.1.", "1.3."), ("1.2.", "1.6."))
    further = replace(agreements["K"], agreement_id=world.P_AGREEMENT)
    (key, first), second = (
        next(iter(replay.facts((story.Grant(data=early),)).wills.items())),
        next(iter(replay.facts((story.NewNotice(2, "editorial", "1.5."), story.Grant(data=late))).wills.values())),
    )
    facts = replace(
        replay.facts(()),
        register=world.a_register(agreements | {"further": further}, world.statutes()),
        wills={key: first, (world.P_AGREEMENT, key[1]): second},
    )

    result = decide(replay.request(ask("K", data=("1.1.", "1.6."))), facts, NOON).results[0]

    assert len(set(result.matched.acts)) == 2
    assert result.periods == (Period(world.day("1.1."), world.day("1.6.")),)


def test_of_candidates_equally_far_the_first_agreement_answers():
    agreements = world.agreements()
    further = replace(agreements["K"], agreement_id=world.P_AGREEMENT)
    told = (GRANT, story.No("1.5.", "withdrawn"))
    (key, first), *_ = replay.facts(told).wills.items()
    facts = replace(
        replay.facts(told),
        register=world.a_register(agreements | {"further": further}, world.statutes()),
        wills={key: first, (world.P_AGREEMENT, key[1]): replay.facts((story.Deny(), *told)).wills[key]},
    )

    result = decide(replay.request(ask("K")), facts, NOON).results[0]

    assert result.matched.acts == (first.adult[-1].act_id,)


def test_a_decision_made_fast_is_one_that_its_constructor_makes():
    decision = decided((GRANT,), ask("K", "P", "Sh"))

    assert decision == Decision(*decision)
    assert [type(each) for each in (decision, *decision.results)] == [Decision, Result, Result, Result]
    assert all(each == Result(*each) and each.matched == Matched(*each.matched) for each in decision.results)


def test_a_denial_of_other_data_is_not_passed_over():
    told = (GRANT, story.Deny(recipient="R", data=("1.1.2020", "1.1.2021")))

    assert decided(told, ask("K", data=("1.1.", "1.6."))).results[0].matched.denials == ()


def test_a_controller_reads_its_own_data_over_a_denial():
    register = world.a_register({"K": world.an_agreement(world.K_AGREEMENT, world.R, "K")}, world.statutes())
    facts = replace(replay.facts((GRANT, story.Deny())), register=register)
    own = Request(
        person_id=replay.PERSON, recipient=world.R, purpose=world.TYO, items=(Item("kela.vireillaolo", world.R),)
    )

    assert decide(own, facts, NOON).results[0].reason == "consent"


@pytest.mark.parametrize("claim", [Emergency("", "a justification long enough"), Emergency("user", "too short")])
def test_an_emergency_without_a_name_or_a_reason_is_none(claim):
    request = replace(replay.request(ask("Sh")), emergency=claim)

    assert decide(request, replay.facts(()), NOON).results[0].reason == "no_consent"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"recipient": "nobody"}, Reason.UNKNOWN_RECIPIENT),
        ({"purpose": "curiosity"}, Reason.UNKNOWN_PURPOSE),
        ({"items": (Item("te.shoes", world.KEHA),)}, Reason.UNKNOWN_CATEGORY),
        ({"items": (Derived("J", ()),)}, Reason.UNKNOWN_CATEGORY),
    ],
)
def test_what_is_unknown_is_told_as_such(changed, reason):
    request = replace(replay.request(ask("K")), **changed)

    assert decide(request, replay.facts((GRANT,)), NOON).results[0].reason == reason


def test_of_nobody_nothing_is_shown():
    assert decided((), ask("P"), person=None).results[0].reason == "unknown_person"


def test_no_data_are_no_question():
    with pytest.raises(ValueError, match="end before they start"):
        replace(replay.request(ask("K")), data_from=NOON, data_until=NOON)


def test_a_derived_fact_stands_on_the_weakest_ground():
    inputs = (Item("te.suunnitelma", world.KEHA), Item("kela.vireillaolo", world.KELA))
    facts = replay.facts((GRANT,))

    for order in (inputs, inputs[::-1]):
        request = replace(replay.request(ask("K")), items=(Derived("X", order),))
        assert decide(request, facts, NOON).results[0].ground == "consent"


def test_an_answer_lasts_until_something_looked_at_begins_or_ends():
    told = (replace(GRANT, until="20.6. 08:00"),)

    assert decided(told, ask("K")).valid_until == world.moment("20.6. 08:00")


def test_an_answer_about_unreadable_facts_does_not_last():
    assert decide(replay.request(ask("K")), None, NOON).valid_until == NOON


def test_all_or_some_or_none_is_the_outcome():
    assert decided((GRANT,), ask("K", "P")).outcome is Outcome.PERMIT
    assert decided((), ask("K", "P")).outcome is Outcome.PARTIAL
    assert decided((), ask("K", "Sr")).outcome is Outcome.DENY


def test_an_explanation_tells_of_every_candidate_whatever_decided():
    told = (story.AgreementFor("P"), story.Grant("1.2.", "P"), GRANT, story.No("1.5.", "withdrawn"))

    explained = explain(replay.request(ask("P", "J")), replay.facts(told), NOON)

    assert [[each.step for each in tried] for tried in explained.tried] == [[Step.OK], [Step.WITHDRAWN]]
    assert explained.decision == decide(replay.request(ask("P", "J")), replay.facts(told), NOON)


def test_what_explains_a_denial_comes_no_further_than_the_denial():
    told = (story.Grant(data=("1.3.", "1.4.")), story.Deny(recipient="R", data=("1.3.", "1.4.")))

    explained = explain(replay.request(ask("K", data=("1.1.", "1.6."))), replay.facts(told), NOON)

    assert explained.decision.results[0].reason == "outside_data_period"
    assert [each.step for each in explained.tried[0]] == [Step.OUTSIDE_DATA_PERIOD]


def test_where_denials_leave_nothing_no_consent_covers_anything():
    explained = explain(replay.request(ask("K")), replay.facts((GRANT, story.Deny())), NOON)

    assert explained.decision.results[0].reason == "denied"
    assert [each.step for each in explained.tried[0]] == [Step.OUTSIDE_DATA_PERIOD]


def test_of_what_cannot_be_read_or_is_unknown_there_is_nothing_to_explain():
    request = replay.request(ask("K", "P"))

    assert explain(request, None, NOON).tried == ((), ())
    assert explain(replace(request, purpose="curiosity"), replay.facts((GRANT,)), NOON).tried == ((), ())


def test_tasks_of_another_open_nothing():
    register = world.a_register(world.agreements(), world.statutes())
    facts = Facts(register=register, person=replay.facts(()).person, tasks=(Task(world.Q, TaskGround.AREA, ALWAYS),))

    assert decide(replay.request(ask("P")), facts, NOON).results[0].reason == "no_task"


def test_a_coach_of_yesterday_opens_nothing():
    facts = replay.facts((story.Protected("coach"),))
    ended = tuple(coach._replace(during=Period(NOON - timedelta(days=9), NOON)) for coach in facts.coaches)

    assert (
        decide(replay.request(ask("P", user="coach")), replace(facts, coaches=ended), NOON).results[0].reason
        == "protected"
    )
