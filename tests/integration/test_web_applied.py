"""A withdrawal from the desk to the recipient's report, through the interface; and what a receipt's holder is told live."""

import json
import threading
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from consent import terms
from consent.queries import receipts
from consent.receipts.parties import Card
from consent.receipts.reading import claims_of
from db.clock import now
from publish import changes_of_will, outbox, withdrawal
from schemas.vocabulary import Text
from tests.calls import ALL, ISSUER, NEED, a_system, kind, view
from tests.integration.test_web_feed import began, page, published
from tests.logs import entries
from tests.published import COUNTY, MIKKELI, SAVONLINNA, STEWARD

CATEGORY = "sote.palvelutarve"


@pytest.fixture
def act_id(world):
    """The withdrawal of somebody who was published."""
    return withdrawn(world, published(world))


def withdrawn(world, person):
    return world.withdraw(person, CATEGORY, through=changes_of_will).act_id


def proved(database, act_id):
    with database.read() as read:
        return withdrawal.withdrawal(read, act_id, at=now())


def stopped(database, act_id):
    [one] = proved(database, act_id).recipients
    return one


def seq_of(system):
    return page(system, began(system, now().date().isoformat())).json()["changes"][0]["seq"]


def applied(seq, *, done="deleted", at=None):
    return {"seq": seq, "done": done, "at": (at or now()).isoformat()}


def of_type(owner, type_):
    return [json.loads(row.entry) for row in entries(owner) if row.type == type_]


def test_a_withdrawal_is_told_fetched_refused_applied_and_all_of_it_proved(world, savonlinna, web_login, owner, log):
    person = published(world)
    ref, token = world.ref(person), began(savonlinna)
    assert CATEGORY in view(savonlinna, ref).text

    act_id = withdrawn(world, person)
    told = stopped(web_login, act_id)
    [change] = page(savonlinna, token).json()["changes"]
    refused = view(savonlinna, ref, query=f"?categories={CATEGORY}")
    reported = savonlinna.report([applied(change["seq"])], key="k-1")
    log.settle(owner)
    proof = proved(web_login, act_id)

    [savonlinnas] = proof.recipients
    assert (told.fetched_at, told.applied_at, told.first_refused) == (None, None, None)
    assert (change["person_ref"], change["kind"]) == (ref, "changed")
    assert (refused.status_code, reported.status_code, reported.json()) == (404, 201, {"accepted": 1})
    assert savonlinnas.last_shown < savonlinnas.told_at <= savonlinnas.fetched_at <= savonlinnas.first_refused
    assert savonlinnas.first_refused <= savonlinnas.applied_at
    assert (savonlinnas.recipient, savonlinnas.done, savonlinnas.shown_after) == (SAVONLINNA, "deleted", 0)
    assert [(pipeline.source, pipeline.still_asked) for pipeline in proof.pipelines] == [("sote", False)]
    assert proof.sections_left == 0
    types = [row.type for row in entries(owner)]
    order = ["consent.withdrawn", "ended.told", "disclosure.page", "ended.applied"]
    assert [type_ for type_ in types[types.index("consent.withdrawn") :] if type_ in order] == order


def test_who_has_not_reported_in_five_days_is_seen_until_it_has(world, savonlinna, web_login, act_id):
    def late():
        with web_login.read() as read:
            return [notice.about for notice in outbox.late(read, at=now() + timedelta(days=5, minutes=1))]

    before = late()
    savonlinna.report([applied(seq_of(savonlinna))], key="k-1")

    assert (before, late()) == ([act_id], [])


def test_a_report_again_under_its_key_is_answered_as_before_and_done_once(savonlinna, web_login, owner, log, act_id):
    report = [applied(seq_of(savonlinna))]
    first = savonlinna.report(report, key="k-1")
    when = stopped(web_login, act_id).applied_at

    again = savonlinna.report(report, key="k-1")
    log.settle(owner)

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert stopped(web_login, act_id).applied_at == when
    assert len(of_type(owner, "ended.applied")) == 1


def test_another_body_under_a_key_is_refused_and_changes_nothing(savonlinna, web_login, act_id):
    seq = seq_of(savonlinna)
    savonlinna.report([applied(seq + 1_000)], key="k-1")

    answer = savonlinna.report([applied(seq)], key="k-1")

    assert (answer.status_code, kind(answer)) == (409, "key_reused")
    assert stopped(web_login, act_id).applied_at is None


def test_the_same_report_from_two_hands_at_once_is_done_once(savonlinna, owner, log, act_id):
    report, answers = [applied(seq_of(savonlinna))], []
    hands = [
        threading.Thread(target=lambda: answers.append(savonlinna.report(report, key="k-1").json())) for _ in range(4)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    log.settle(owner)

    assert answers == [{"accepted": 1}] * 4
    assert len(of_type(owner, "ended.applied")) == 1


def test_a_proof_that_was_used_reports_nothing_under_another_key(savonlinna, web_login, act_id):
    seq, token, path = seq_of(savonlinna), savonlinna.token(), "/v1/applied"
    proof = savonlinna.proof("POST", f"{ISSUER}{path}", token=token)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof, "Luukku-User": "w-1"}

    def report(number, key):
        body = {"applied": [applied(number)]}
        return savonlinna.http.client.post(path, headers=headers | {"Idempotency-Key": key}, json=body)

    first, stolen = report(seq + 1_000, "k-1"), report(seq, "k-2")

    assert (first.status_code, stolen.status_code, kind(stolen)) == (201, 401, "proof_refused")
    assert stopped(web_login, act_id).applied_at is None


def test_nobody_reports_of_another_recipients_feed(world, http, savonlinna, web_login, act_id):
    mikkeli = a_system(world, http, "mli-asiakastyo", recipient=MIKKELI, scopes=ALL)

    answer = mikkeli.report([applied(seq_of(savonlinna))], key="k-1")

    assert (answer.status_code, answer.json()) == (201, {"accepted": 0})
    assert stopped(web_login, act_id).applied_at is None


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({"seq": 0}, "/seq", "number"),
        ({"seq": True}, "/seq", "number"),
        ({"seq": "1"}, "/seq", "number"),
        ({"seq": 1 << 63}, "/seq", "number"),
        ({"done": "kept"}, "/done", "code"),
        ({"done": ["deleted"]}, "/done", "type"),
        ({"at": "yesterday"}, "/at", "moment"),
        ({"at": "2026-06-04T07:00:00"}, "/at", "moment"),
        ({"at": 7}, "/at", "type"),
        ({"why": "asked"}, "", "unknown_member"),
    ],
)
def test_a_wrong_report_is_refused_by_pointer_and_its_key_is_not_used_up(savonlinna, act_id, change, where, code):
    seq = seq_of(savonlinna)

    answer = savonlinna.report([applied(seq) | change, applied(seq)], key="k-1")

    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": f"/applied/0{where}", "code": code}])
    assert savonlinna.report([applied(seq)], key="k-1").status_code == 201


@pytest.mark.parametrize("body", [{}, {"applied": []}, {"applied": {}}, {"applied": [7]}])
def test_what_lists_no_reports_is_refused(savonlinna, body):
    answer = savonlinna.send("POST", "/v1/applied", {"Idempotency-Key": "k-1"}, body=body)

    assert (answer.status_code, kind(answer)) == (422, "invalid_request")


@pytest.mark.parametrize("key", [None, "", "two words", "x" * 65])
def test_a_report_has_a_key_of_its_own(savonlinna, key):
    headers = {} if key is None else {"Idempotency-Key": key}

    answer = savonlinna.send("POST", "/v1/applied", headers, body={"applied": [applied(1)]})

    assert (answer.status_code, kind(answer)) == (400, "bad_request")


def test_a_system_without_the_scope_reports_nothing(world, http, owner):
    system = a_system(world, http)

    answer = system.report([applied(1)], key="k-1")

    assert (answer.status_code, kind(answer)) == (403, "scope_missing")
    assert of_type(owner, "access.refused")[-1]["request"]["route"] == "POST /v1/applied"


def test_a_report_is_an_event_about_the_person_by_the_system(savonlinna, owner, log, act_id):
    savonlinna.report([applied(seq_of(savonlinna))], key="k-1")
    log.settle(owner)

    [event] = of_type(owner, "ended.applied")
    assert (event["actor"]["org"], event["actor"]["system"]) == (SAVONLINNA, "sln-asiakastyo")
    assert (event["change"]["table"], "person" in event) == ("publish.outbox", True)


@pytest.fixture
def receipt(world, web_login):
    """The receipt of a consent that names the parties it is of, and whose it is."""
    person = world.person()
    world.sections(person, {CATEGORY: NEED})
    with world.owner.transaction() as tx:
        receipts.name_issuer(tx, url=ISSUER, log="luukku.example/audit/2026")
        for party in (COUNTY, SAVONLINNA):
            card = Card(
                id=party,
                name=Text("Nimi", "Namn", "Name"),
                email="kirjaamo@example.fi",
                street="Katu 1",
                postcode="57100",
                town="Savonlinna",
            )
            terms.describe(tx, card, by=STEWARD, at=now())
    act = world.grant(person, CATEGORY, through=changes_of_will)
    with web_login.read() as read:
        [kept] = receipts.about(read, act.act_id)
    return person, kept


def test_whoever_holds_a_receipt_is_told_its_state_live_at_the_address_it_names(world, http, web_login, receipt):
    person, kept = receipt
    address = claims_of(kept.jws)["status"]
    before = http.get(address)
    withdrawn(world, person)
    after = http.get(address)

    assert address == f"{ISSUER}/receipts/{kept.jti}"
    assert (before.json()["in_force"], before.json()["states"][CATEGORY]) == (True, "https://w3id.org/dpv#ConsentGiven")
    assert (after.json()["in_force"], after.json()["states"][CATEGORY]) == (
        False,
        "https://w3id.org/dpv#ConsentWithdrawn",
    )
    with web_login.read() as read:
        assert after.json()["followed_by"] in {str(each.jti) for each in receipts.of_person(read, person)}
    document = http.get("/v1/openapi.json").json()
    whole = {"$ref": "#/components/schemas/ReceiptStatus", "components": document["components"]}
    assert [list(Draft202012Validator(whole).iter_errors(each.json())) for each in (before, after)] == [[], []]


def test_a_look_at_a_receipt_is_in_the_persons_log_and_names_nobody_in_its_address(http, owner, receipt):
    _, kept = receipt
    http.get(f"/receipts/{kept.jti}")

    event = of_type(owner, "person.viewed")[-1]
    assert (event["actor"], "person" in event) == ({"role": "receipt_holder"}, True)
    assert event["request"]["route"] == "GET /receipts/{jti}"
    assert str(kept.jti) not in json.dumps(event)


@pytest.mark.parametrize(
    "number", ["019e8269-4a98-7000-8000-000000000001", "nonsense", "019E8269-4A98-7000-8000-000000000001"]
)
def test_a_receipt_that_was_not_issued_is_not_found(http, number):
    answer = http.get(f"/receipts/{number}")

    assert (answer.status_code, kind(answer)) == (404, "not_found")


def test_a_receipt_is_not_looked_at_without_end(http, receipt):
    _, kept = receipt

    answers = [http.get(f"/receipts/{kept.jti}") for _ in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert kind(answers[-1]) == "rate_limited"


def test_without_the_log_no_receipt_is_told_of(http, log, receipt):
    _, kept = receipt
    http.app.state.services.sealer._patience_s = 0.2
    log.stop()

    answer = http.get(f"/receipts/{kept.jti}")

    assert (answer.status_code, kind(answer)) == (503, "log_unavailable")
