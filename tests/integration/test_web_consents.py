"""The consents in force that name who asks: what a read would name as its ground, and nothing of any other."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from publish import changes_of_will
from tests.calls import NEED, PLAN, TYM, TYO, a_system, fits, kind, sealed, view
from tests.logs import entries
from tests.pages import today
from tests.published import MIKKELI

CARE = "sote.palvelutarve"
NOBODY = "pr_3b42b52dhec6khkffnb840ysf0"


def consents(system, ref, *, purpose=TYO):
    return system.call("GET", f"/v1/people/{ref}/consents", purpose=purpose, case="SLN-1")


def consented(world, **published):
    person = world.person()
    world.sections(person, {CARE: NEED, **published})
    world.grant(person, CARE, "sote.yhteyshenkilo", through=changes_of_will)
    return person


def test_a_consent_in_force_is_listed_with_its_time_and_text_under_the_name_that_the_view_gives_it(
    world, http, savonlinna
):
    person = consented(world)

    answer = consents(savonlinna, world.ref(person))
    [section] = view(savonlinna, world.ref(person)).json()["sections"]

    [listed] = answer.json()["consents"]
    assert (answer.status_code, fits(http, "Consents", answer)) == (200, True)
    assert (listed["ref"], listed["until"]) == (section["ground"]["ref"], section["ground"]["until"])
    assert listed["categories"] == [CARE, "sote.yhteyshenkilo"]
    assert (listed["purpose"], listed["notice"]["version"], listed["notice"]["language"]) == (TYO, 1, "fi")
    assert date.fromisoformat(listed["from"]) <= today()


def test_where_only_the_law_gives_something_the_list_is_empty(world, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})

    answer = consents(savonlinna, world.ref(person))

    assert (answer.status_code, answer.json()["consents"]) == (200, [])


def test_a_consent_stands_also_where_nothing_is_held_and_goes_when_it_is_withdrawn(world, savonlinna):
    person = consented(world)
    world.hide(person, CARE)
    held = consents(savonlinna, world.ref(person))

    world.withdraw(person, CARE, "sote.yhteyshenkilo", through=changes_of_will)

    assert len(held.json()["consents"]) == 1
    assert kind(consents(savonlinna, world.ref(person))) == "person_not_available"


def test_a_consent_that_a_denial_beats_is_not_named(world, savonlinna):
    person = consented(world, **{"te.suunnitelma": PLAN})
    world.deny(person)

    assert consents(savonlinna, world.ref(person)).json()["consents"] == []


def test_a_consent_for_another_purpose_or_to_another_recipient_is_not_listed(world, http, savonlinna):
    person = world.person(tym=True)
    world.sections(person, {"te.suunnitelma": PLAN, CARE: NEED})
    world.grant(person, CARE, through=changes_of_will)
    mikkeli = a_system(world, http, "mli-asiakastyo", recipient=MIKKELI, scopes=("consents:read",))

    assert consents(savonlinna, world.ref(person), purpose=TYM).json()["consents"] == []
    assert kind(consents(mikkeli, world.ref(person, MIKKELI))) == "person_not_available"


@pytest.mark.parametrize("case", ["protected", "dead", "moved away", "withdrawn", "another's name"])
def test_nothing_to_list_is_the_answer_about_nobody_by_the_same_statements_and_events(
    world, savonlinna, owner, web_login, case
):
    ref = unavailable(world, case)
    consents(savonlinna, NOBODY)
    statements = []
    event.listen(web_login._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def refusal(of):
        statements.clear()
        before = len(entries(owner))
        answer = consents(savonlinna, of)
        types = [each["type"] for each in sealed(owner, before)]
        return answer.status_code, answer.json() | {"request_id": ""}, list(statements), types

    assert refusal(ref) == refusal(NOBODY)
    assert refusal(ref)[0] == 404
    assert refusal(ref)[3] == ["query.consents"]


def unavailable(world, case):
    person = consented(world)
    if case == "protected":
        world.learns(person, "protected:te", "true")
    if case == "dead":
        world.learns(person, "deceased", "true", datetime(2026, 6, 1, tzinfo=UTC))
    if case == "moved away":
        world.moves(person, "491")
    if case == "withdrawn":
        world.withdraw(person, CARE, "sote.yhteyshenkilo", through=changes_of_will)
    return world.ref(person, MIKKELI) if case == "another's name" else world.ref(person)


def test_the_question_is_one_event_that_names_what_was_asked_and_nobody(world, savonlinna, owner):
    person = consented(world)
    ref = world.ref(person)
    consents(savonlinna, ref)
    before = len(entries(owner))

    answer = consents(savonlinna, ref)

    [told] = sealed(owner, before)
    assert (told["type"], told["purpose"]) == ("query.consents", TYO)
    assert told["request"]["route"] == "GET /v1/people/{person_ref}/consents"
    assert (told["result"]["bytes"], "consents" in told) == (len(answer.content), True)
    assert ref not in json.dumps(told)


def test_a_system_without_the_scope_is_refused(world, http):
    person = consented(world)
    system = a_system(world, http, "sln-muu", scopes=("view:read",))

    answer = consents(system, world.ref(person))

    assert (answer.status_code, kind(answer)) == (403, "scope_missing")
