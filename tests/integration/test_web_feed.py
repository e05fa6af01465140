"""The feed and the reports over the real database and sequencer: what a page tells, to whom, and what it leaves in the log."""

import json
from datetime import timedelta

import pytest

from db.clock import now
from publish import changes_of_will, following, positions
from publish.queries import outbox as notices
from tests.calls import ALL, ISSUER, NEED, PLAN, TYO, a_system, fits, kind
from tests.logs import entries
from tests.published import HETU, MIKKELI, SAVONLINNA, a_hetu


@pytest.fixture
def mikkeli(world, http):
    return a_system(world, http, "mli-asiakastyo", recipient=MIKKELI, scopes=ALL)


def published(world, number=0):
    """Somebody who consented, and whose feed entry says so."""
    person = world.person(HETU if number == 0 else a_hetu("010180", f"{900 + number}"))
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    with world.owner.transaction() as tx:
        following.follow(tx, person_id=person, opens=True, at=now())
    return person


def withdrawn(world, person):
    return world.withdraw(person, "sote.palvelutarve", through=changes_of_will).act_id


def began(system, at="now"):
    return system.begin(purpose=TYO, at=at).json()["token"]


def page(system, after, **given):
    return system.changes(after, purpose=TYO, **given)


def told(answer):
    return [(change["person_ref"], change["kind"]) for change in answer.json()["changes"]]


def chosen(system, after, *refs):
    return system.send("POST", "/v1/changes", {"Luukku-Purpose": TYO}, body={"after": after, "person_refs": list(refs)})


def last(owner):
    return json.loads(entries(owner)[-1].entry)


def test_a_feed_tells_of_whom_something_changed_since_it_was_last_read(world, http, savonlinna):
    start = savonlinna.begin(purpose=TYO)
    person = published(world)

    first = page(savonlinna, start.json()["token"])
    again = page(savonlinna, first.json()["token"])

    assert told(first) == [(world.ref(person), "changed")]
    assert (first.json()["up_to_date"], first.headers["content-type"]) == (True, "application/json")
    assert told(again) == []
    assert fits(http, "Token", start)
    assert fits(http, "Changes", first)


def test_a_withdrawal_is_in_the_feed_when_it_is_acknowledged(world, savonlinna):
    person = published(world)
    token = began(savonlinna)

    withdrawn(world, person)

    assert told(page(savonlinna, token)) == [(world.ref(person), "changed")]


def test_of_whom_nothing_is_left_there_is_removed_and_no_word_of_why(world, savonlinna):
    person, token = published(world), began(savonlinna)
    world.hide(person, "te.suunnitelma")

    withdrawn(world, person)
    answer = page(savonlinna, token)

    assert told(answer) == [(world.ref(person), "removed")]
    assert set(answer.json()["changes"][0]) == {"seq", "person_ref", "kind", "at"}


def test_protection_and_death_are_removed_before_anything_is_published_anew(world, savonlinna):
    token = began(savonlinna)
    protected, dead, other = (published(world, number) for number in (1, 2, 3))

    world.learns(protected, "protected:te", "true")
    world.learns(dead, "deceased", "true", now() - timedelta(days=1))

    kinds = dict(told(page(savonlinna, token)))
    assert kinds == {world.ref(protected): "removed", world.ref(dead): "removed", world.ref(other): "changed"}


def test_the_newest_entry_of_a_person_stands_for_all(world, savonlinna):
    token = began(savonlinna)
    person = published(world)
    withdrawn(world, person)

    assert told(page(savonlinna, token)) == [(world.ref(person), "changed")]


def test_pages_go_on_where_the_last_ended_until_all_is_told(world, savonlinna):
    token, people = began(savonlinna), [published(world, number) for number in (1, 2, 3)]

    pages = []
    while not pages or not pages[-1].json()["up_to_date"]:
        pages.append(page(savonlinna, token, limit=2))
        token = pages[-1].json()["token"]

    assert [len(told(each)) for each in pages] == [2, 1]
    assert [ref for each in pages for ref, _ in told(each)] == [world.ref(person) for person in people]


def test_chosen_people_are_told_of_alone_and_strangers_names_tell_nothing(world, savonlinna):
    token, one, _ = began(savonlinna), published(world, 1), published(world, 2)

    answer = chosen(savonlinna, token, world.ref(one), world.ref(one, MIKKELI), "pr_3b42b52dhec6khkffnb840ysf0")

    assert told(answer) == [(world.ref(one), "changed")]
    assert answer.json()["up_to_date"]


def test_a_feed_begins_on_a_day_too(world, savonlinna):
    person = published(world)

    early, late = began(savonlinna, (now() - timedelta(days=1)).date().isoformat()), began(savonlinna)

    assert told(page(savonlinna, early)) == [(world.ref(person), "changed")]
    assert told(page(savonlinna, late)) == []


def test_each_recipient_has_a_feed_of_its_own_and_its_own_token(world, savonlinna, mikkeli):
    published(world)

    assert told(page(mikkeli, began(mikkeli))) == []
    answer = page(mikkeli, began(savonlinna))
    assert (answer.status_code, kind(answer)) == (400, "token_invalid")


@pytest.mark.parametrize("text", ["t_", "t_AAAA", "AAAA", "t_" + "A" * 120, "t_" + "A" * 500])
def test_what_is_no_token_is_refused(world, savonlinna, text):
    answer = page(savonlinna, text)

    assert (answer.status_code, kind(answer)) == (400, "token_invalid")


def test_a_token_ends_after_thirty_days_and_with_a_feed_that_was_rebuilt(world, savonlinna, keyring):
    old = positions.spell(keyring, recipient=SAVONLINNA, seq=0, at=now() - timedelta(days=31))
    ahead = positions.spell(keyring, recipient=SAVONLINNA, seq=10**9, at=now())

    for token in (old, ahead):
        answer = page(savonlinna, token)
        assert (answer.status_code, kind(answer)) == (410, "token_expired")
    assert kind(savonlinna.begin(purpose=TYO, at="2020-01-01")) == "token_expired"


@pytest.mark.parametrize(
    "query",
    ["", "?after=t_A&limit=0", "?after=t_A&limit=1001", "?after=t_A&limit=x", "?after=t_A&after=t_A", "?after=t_A&x=1"],
)
def test_another_query_is_refused(savonlinna, query):
    answer = savonlinna.send("GET", f"/v1/changes{query}", {"Luukku-Purpose": TYO})

    assert (answer.status_code, kind(answer)) == (400, "bad_request")


@pytest.mark.parametrize("at", ["", "yesterday", "2999-01-01", "2026-13-01"])
def test_a_feed_begins_now_or_on_a_day_that_has_begun(savonlinna, at):
    answer = savonlinna.begin(purpose=TYO, at=at)

    assert (answer.status_code, kind(answer)) == (400, "bad_request")


def test_a_system_without_the_scope_or_the_purpose_reads_no_feed(world, http, owner):
    system = a_system(world, http)

    without_scope = system.begin(purpose=TYO)
    refused = last(owner)
    without_purpose = system.begin(purpose="TILASTO")
    unnamed = system.send("GET", "/v1/changes/token?at=now", {})

    assert (without_scope.status_code, kind(without_scope)) == (403, "scope_missing")
    assert (refused["type"], refused["request"]["route"]) == ("access.refused", "GET /v1/changes/token")
    assert kind(without_purpose) == "scope_missing"
    assert kind(unnamed) == "purpose_missing"


def test_a_purpose_that_is_not_granted_reads_no_feed(world, savonlinna):
    answer = savonlinna.begin(purpose="TILASTO")

    assert (answer.status_code, kind(answer)) == (403, "purpose_not_granted")


def test_a_page_is_one_event_that_names_its_numbers_and_nobody(world, savonlinna, owner):
    token = began(savonlinna)
    people = [published(world, number) for number in (1, 2)]
    with owner.read() as read:
        seqs = [notices.entries(read, person_id=each, recipients=[SAVONLINNA])[SAVONLINNA] for each in people]
    before = len([row for row in entries(owner) if row.type == "disclosure.page"])

    answer = page(savonlinna, token)

    event = last(owner)
    assert len([row for row in entries(owner) if row.type == "disclosure.page"]) == before + 1
    assert event["result"] | {"digest": ""} == {
        "count": 2,
        "bytes": len(answer.content),
        "digest": "",
        "from": seqs[0],
        "to": seqs[1],
    }
    assert (event["actor"]["org"], event["purpose"], "person" in event) == (SAVONLINNA, TYO, False)
    assert world.ref(people[0]) not in json.dumps(event)


def test_a_proof_opens_one_page(world, savonlinna):
    token, path = savonlinna.token(), "/v1/changes/token"
    proof = savonlinna.proof("GET", f"{ISSUER}{path}", token=token)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof, "Luukku-User": "w-1", "Luukku-Purpose": TYO}

    first, again = (savonlinna.http.client.get(f"{path}?at=now", headers=headers) for _ in range(2))

    assert (first.status_code, again.status_code, kind(again)) == (200, 401, "proof_refused")


def test_without_the_log_no_page_is_given_and_nothing_counts_as_fetched(world, http, savonlinna, log, owner):
    person, token = published(world), began(savonlinna)
    act_id = withdrawn(world, person)
    http.app.state.services.sealer._patience_s = 0.2
    log.stop()

    answer = page(savonlinna, token)

    assert (answer.status_code, kind(answer)) == (503, "log_unavailable")
    assert about(owner, act_id).fetched_at is None


def about(database, act_id):
    with database.read() as read:
        [notice] = notices.about(read, act_id)
    return notice


def test_a_page_that_named_an_ending_is_noted_as_fetched(world, savonlinna, owner):
    person, token = published(world), began(savonlinna)
    act_id = withdrawn(world, person)
    before = about(owner, act_id).fetched_at

    page(savonlinna, token)

    assert (before, about(owner, act_id).fetched_at is not None) == (None, True)


def test_a_page_of_chosen_people_notes_no_others_as_fetched(world, savonlinna, owner):
    token, one, other = began(savonlinna), published(world, 1), published(world, 2)
    acts = [withdrawn(world, person) for person in (one, other)]

    chosen(savonlinna, token, world.ref(one))

    assert [about(owner, act_id).fetched_at is not None for act_id in acts] == [True, False]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"after": "t_A"}, "/person_refs", "missing"),
        ({"after": 1, "person_refs": ["pr_3b42b52dhec6khkffnb840ysf0"]}, "/after", "type"),
        ({"after": "t_A", "person_refs": []}, "/person_refs", "type"),
        ({"after": "t_A", "person_refs": ["120384-9128"]}, "/person_refs/0", "form"),
        ({"after": "t_A", "person_refs": [7]}, "/person_refs/0", "form"),
    ],
)
def test_a_wrong_choice_of_people_is_refused_by_pointer(savonlinna, body, pointer, code):
    answer = savonlinna.send("POST", "/v1/changes", {"Luukku-Purpose": TYO}, body=body)

    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": pointer, "code": code}])


def test_too_many_people_at_once_are_refused(savonlinna):
    answer = chosen(savonlinna, "t_A", *["pr_3b42b52dhec6khkffnb840ysf0"] * 1001)

    assert (answer.status_code, kind(answer)) == (413, "too_many")
