"""Decisions asked for without a view: what a read would show, why an authority's own data are shown or not, and the answer again."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event

from db.clock import now
from publish import changes_of_will, recipients
from publish.queries.reconciling import RULES, Stretch, found
from schemas.vocabulary import Purpose
from tests.calls import NEED, PLAN, TYM, TYO, a_system, fits, kind, sealed, view
from tests.logs import entries
from tests.published import BEFORE, COUNTY, HETU, MIKKELI, OPERATOR, SAVONLINNA, a_hetu

CARE, REHAB = "sote.palvelutarve", "sote.kuntouttava-tyotoiminta"
NOBODY = "pr_3b42b52dhec6khkffnb840ysf0"


@pytest.fixture
def county(world, http):
    """A system of the county, which may be told why its data are shown or not."""
    with world.owner.transaction() as tx:
        recipients.define_recipient(
            tx, recipient=COUNTY, name="Etelä-Savo", purposes=(Purpose.TYO,), by=OPERATOR, at=BEFORE
        )
    return a_system(world, http, "esavo-asiakastieto", recipient=COUNTY, scopes=("decisions:explain",))


def ask(system, body, *, purpose=TYO):
    return system.call("POST", "/v1/decisions", purpose=purpose, case="SLN-1", body=body)


def dry_run(system, ref, *categories, purpose=TYO):
    return ask(system, {"person_ref": ref, "categories": list(categories)}, purpose=purpose)


def why(system, *categories, **asked):
    about = {"hetu": HETU} if "person_ref" not in asked else {}
    return ask(system, about | {"categories": list(categories), "recipient": SAVONLINNA} | asked)


def again(system, decision_id):
    return system.call("GET", f"/v1/decisions/{decision_id}", purpose=TYO, case="SLN-1")


def consented(world):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, CARE: NEED})
    world.grant(person, CARE, through=changes_of_will)
    return person


def permitted(answer):
    return [each["category"] for each in answer.json()["permitted"]]


def test_a_dry_run_names_what_a_read_would_show_with_its_grounds_and_no_data(world, http, savonlinna):
    ref = world.ref(consented(world))

    answer = dry_run(savonlinna, ref, "te.suunnitelma", CARE, REHAB)

    shown = {each["category"]: each["ground"] for each in view(savonlinna, ref).json()["sections"]}
    assert {each["category"]: each["ground"] for each in answer.json()["permitted"]} == shown
    assert fits(http, "Decided", answer)
    assert "VOIMASSA" not in answer.text


def test_what_is_permitted_and_not_held_is_not_named(world, savonlinna):
    person = consented(world)
    before = permitted(dry_run(savonlinna, world.ref(person), "te.suunnitelma", CARE))

    world.hide(person, CARE)

    assert before == ["te.suunnitelma", CARE]
    assert permitted(dry_run(savonlinna, world.ref(person), "te.suunnitelma", CARE)) == ["te.suunnitelma"]


def test_a_withdrawal_holds_at_the_next_dry_run(world, savonlinna):
    person = consented(world)

    world.withdraw(person, CARE, through=changes_of_will)

    assert kind(dry_run(savonlinna, world.ref(person), CARE)) == "person_not_available"


@pytest.mark.parametrize("case", ["withheld", "protected", "another's name"])
def test_nothing_to_name_is_the_answer_about_nobody_by_the_same_statements_and_events(
    world, savonlinna, owner, web_login, case
):
    person = world.person(protected=case == "protected")
    world.sections(person, {CARE if case == "withheld" else "te.suunnitelma": NEED})
    ref = world.ref(person, MIKKELI) if case == "another's name" else world.ref(person)
    dry_run(savonlinna, NOBODY, CARE)
    statements = []
    event.listen(web_login._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def refusal(of):
        statements.clear()
        before = len(entries(owner))
        answer = dry_run(savonlinna, of, CARE, "te.suunnitelma")
        types = [each["type"] for each in sealed(owner, before)]
        return answer.status_code, answer.json() | {"request_id": ""}, list(statements), types

    assert refusal(ref) == refusal(NOBODY)
    assert refusal(ref)[0] == 404
    assert refusal(ref)[3] == ["query.decided"]


def test_what_was_answered_is_told_again_to_the_same_system_also_after_a_withdrawal(world, http, savonlinna, owner):
    person = consented(world)
    first = dry_run(savonlinna, world.ref(person), CARE)
    world.withdraw(person, CARE, through=changes_of_will)
    before = len(entries(owner))

    answer = again(savonlinna, first.json()["decision_id"])

    [told] = [each for each in sealed(owner, before) if each["type"] == "log.read"]
    assert (answer.status_code, answer.content) == (200, first.content)
    assert told["ref"] in [str(row.id) for row in entries(owner) if row.type == "query.decided"]


def test_an_answer_to_another_system_is_as_unknown_as_none(world, http, savonlinna, owner):
    person = consented(world)
    decision = dry_run(savonlinna, world.ref(person), CARE).json()["decision_id"]
    of_a_view = view(savonlinna, world.ref(person)).json()["decision_id"]
    other = a_system(world, http, "sln-muu", scopes=("decisions:ask",))
    other.token()

    def refusal(system, id_):
        before = len(entries(owner))
        answer = again(system, id_)
        return answer.status_code, answer.json() | {"request_id": ""}, [each["type"] for each in sealed(owner, before)]

    unknown = refusal(other, "d_3b42b52dhec6khkffnb840ysf0")
    assert unknown == refusal(other, decision) == refusal(other, "x") == refusal(savonlinna, of_a_view)
    assert (unknown[0], unknown[2]) == (404, ["access.refused"])


def test_an_authority_is_told_why_with_the_act_that_decided_and_what_would_turn_it(world, http, county):
    person = consented(world)
    act = world.withdraw(person, CARE, through=changes_of_will)

    answer = why(county, CARE, REHAB)

    care, rehab = answer.json()["explained"]
    assert (care["recipient"], care["verdict"], care["reason"]) == (SAVONLINNA, "deny", "withdrawn")
    [candidate] = care["candidates"]
    assert (candidate["step"], candidate["act"]) == ("withdrawn", str(act.act_id))
    assert care["would_permit"] == "a consent in force"
    assert (rehab["reason"], [each["step"] for each in rehab["candidates"]]) == ("no_consent", ["no_consent"])
    assert fits(http, "Decided", answer)


@pytest.mark.parametrize("verified", [False, True])
def test_an_explanation_by_a_reading_of_the_law_says_whether_anybody_has_confirmed_it(world, http, county, verified):
    world.enact(verified=verified, categories=(CARE,))
    world.sections(world.person(), {CARE: NEED})

    answer = why(county, CARE)

    [care] = answer.json()["explained"]
    assert (care["verdict"], care["reason"]) == ("permit", "statute")
    assert care.get("unverified", False) is not verified
    assert fits(http, "Decided", answer)


def test_an_explanation_is_of_the_moment_asked_about_as_it_was_known_then(world, county):
    before = now()
    person = consented(world)
    granted = now()
    world.withdraw(person, CARE, through=changes_of_will)

    def reason(**moments):
        asked = {name: moment.isoformat() for name, moment in moments.items()}
        [explained] = why(county, CARE, **asked).json()["explained"]
        return explained["verdict"], explained["reason"]

    assert reason() == ("deny", "withdrawn")
    assert reason(at=granted) == ("permit", "consent")
    assert reason(at=granted, known_at=granted) == ("permit", "consent")
    assert reason(at=before) == ("deny", "not_yet_valid")


def test_an_explanation_of_a_past_permit_is_no_disclosure_to_the_reconciler(world, county, log, owner):
    person = consented(world)
    granted = now()
    world.withdraw(person, CARE, through=changes_of_will)
    start = now() - timedelta(hours=1)

    why(county, CARE, at=granted.isoformat())
    log.settle(owner)

    with owner.read() as read:
        stretch = Stretch(start, now() + timedelta(minutes=1))
        told = json.loads([row for row in entries(owner) if row.type == "query.decided"][-1].entry)
        about = {rule: [str(each.about) for each in found(read, rule, stretch)] for rule in RULES}
    assert told["outcome"] == "ok"
    assert {rule for rule, ids in about.items() if told["id"] in ids} == set()


@pytest.mark.parametrize("case", ["protected", "nothing of theirs"])
def test_of_a_person_who_is_none_of_its_business_an_authority_is_told_what_it_is_of_nobody(
    world, county, web_login, case
):
    person = world.person(protected=case == "protected")
    world.sections(person, {"te.suunnitelma": PLAN} if case == "nothing of theirs" else {CARE: NEED})
    why(county, CARE, hetu=a_hetu())
    statements = []
    event.listen(web_login._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def refusal(hetu):
        statements.clear()
        before = len(entries(world.owner))
        answer = why(county, CARE, hetu=hetu)
        told = [(each["type"], each["outcome"]) for each in sealed(world.owner, before)]
        return answer.status_code, answer.json() | {"request_id": ""}, list(statements), told

    assert refusal(HETU) == refusal(a_hetu())
    assert refusal(HETU)[0] == 404
    assert refusal(HETU)[3] == [("query.decided", "deny")]


def test_an_authority_is_told_of_its_own_data_alone_and_a_recipient_of_none(world, http, county, savonlinna):
    consented(world)
    curious = a_system(world, http, "sln-utelias", scopes=("decisions:explain",))

    for answer in (why(county, "te.suunnitelma"), why(curious, CARE), why(curious, "te.suunnitelma")):
        assert (answer.status_code, kind(answer)) == (403, "category_not_granted")
    assert kind(why(savonlinna, CARE)) == "scope_missing"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/categories", "missing"),
        ({"categories": ["te.palvelut"]}, "/person_ref", "missing"),
        ({"person_ref": NOBODY, "categories": []}, "/categories", "type"),
        ({"person_ref": NOBODY, "categories": ["te.unknown"]}, "/categories/0", "code"),
        ({"person_ref": NOBODY, "categories": [["te.palvelut"]]}, "/categories/0", "code"),
        ({"person_ref": NOBODY, "categories": ["te.palvelut"] * 2}, "/categories", "repeated"),
        ({"person_ref": "x", "categories": ["te.palvelut"]}, "/person_ref", "form"),
        (
            {"person_ref": NOBODY, "categories": ["te.palvelut"], "at": "2026-06-01T00:00:00Z"},
            "/at",
            "recipient_missing",
        ),
        ({"hetu": HETU, "categories": ["te.palvelut"]}, "/hetu", "recipient_missing"),
        (
            {"person_ref": NOBODY, "hetu": HETU, "recipient": SAVONLINNA, "categories": ["te.palvelut"]},
            "/person_ref",
            "unknown_member",
        ),
        ({"person_ref": NOBODY, "recipient": "0166906-5", "categories": ["te.palvelut"]}, "/recipient", "checksum"),
        (
            {
                "person_ref": NOBODY,
                "recipient": SAVONLINNA,
                "categories": ["te.palvelut"],
                "at": "2999-01-01T00:00:00Z",
            },
            "/at",
            "future",
        ),
        (
            {"person_ref": NOBODY, "recipient": SAVONLINNA, "categories": ["te.palvelut"], "known_at": "1.6.2026"},
            "/known_at",
            "moment",
        ),
    ],
)
def test_a_wrong_question_is_refused_by_pointer(savonlinna, body, pointer, code):
    answer = ask(savonlinna, body)

    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": pointer, "code": code}])
    assert "120384" not in answer.text


def test_who_may_not_ask_learns_nothing_of_the_body_and_a_category_beyond_the_purpose_is_refused(world, http):
    world.recipient(SAVONLINNA, purposes=(Purpose.TYO, Purpose.KUNTAOSUUS))
    reader = a_system(world, http, "sln-muu", scopes=("view:read",))
    share = a_system(world, http, "sln-talous", scopes=("decisions:ask",), purposes=(Purpose.KUNTAOSUUS,))

    assert kind(ask(reader, {})) == "scope_missing"
    assert kind(dry_run(share, NOBODY, "te.palvelut", purpose=Purpose.KUNTAOSUUS.value)) == "category_not_granted"
    assert kind(dry_run(share, NOBODY, "te.palvelut", purpose=TYM)) == "purpose_not_granted"
