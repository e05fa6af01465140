"""The machine API over the real database and the real sequencer: what it shows, what it does not, what it leaves in the log."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from audit import tables
from db.clock import now
from publish import changes_of_will
from tests.calls import NAMES, NEED, PERIOD, PLAN, TYM, TYO, a_system, categories, kind, resolve, view
from tests.logs import entries
from tests.privacy.searched import FREE_TEXT
from tests.published import HETU, MIKKELI, SAVONLINNA, a_hetu

OTHER_HETU, NOBODYS = a_hetu("010190", "999"), a_hetu("010180", "902")


def last(owner):
    return json.loads(entries(owner)[-1].entry)


def without_decision(answer):
    body = answer.json()
    return {name: value for name, value in body.items() if name not in ("decision_id", "decided_at")}


def test_a_system_resolves_a_person_and_reads_what_the_law_gives(world, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "te.perustiedot": NAMES, "sote.palvelutarve": NEED})

    answer = savonlinna.view_of(HETU, purpose=TYO, case="SLN-2026-118")

    assert answer.status_code == 200
    assert answer.json()["person_ref"] == world.ref(person)
    assert categories(answer) == ["te.perustiedot", "te.suunnitelma"]
    assert answer.json()["sections"][1]["items"] == json.loads(PLAN)
    assert answer.json()["sections"][1]["ground"] == {
        "kind": "statute",
        "key": "STATUTE_INTERFACE",
        "law": "381/2023",
        "unverified": True,
    }


def test_a_consent_shows_its_section_until_it_is_withdrawn(world, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    ref = world.ref(person)
    before = view(savonlinna, ref)

    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    granted = view(savonlinna, ref)
    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
    after = view(savonlinna, ref)

    assert categories(before) == categories(after) == ["te.suunnitelma"]
    assert categories(granted) == ["te.suunnitelma", "sote.palvelutarve"]
    ground = granted.json()["sections"][1]["ground"]
    assert (ground["kind"], ground["key"], ground["ref"][:2]) == ("consent", "CONSENT_SECRECY", "g_")
    assert datetime.fromisoformat(ground["until"]).replace(tzinfo=UTC) > now()


def test_a_withdrawal_holds_at_the_next_read_also_before_anything_is_published_anew(world, savonlinna):
    person = world.person()
    world.sections(person, {"sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve")
    granted = view(savonlinna, world.ref(person))

    world.withdraw(person, "sote.palvelutarve")

    assert granted.status_code == 200
    assert view(savonlinna, world.ref(person)).status_code == 404


def test_joint_support_shows_sensitive_codes_of_its_clients_alone(world, savonlinna):
    client, other = world.person(tym=True), world.person(OTHER_HETU)
    for person in (client, other):
        world.sections(person, {"te.arkaluonteiset": '[{"kind":"service_line","segment":"05","from":"2026-01-15"}]'})

    assert categories(view(savonlinna, world.ref(client), purpose=TYM)) == ["te.arkaluonteiset"]
    assert view(savonlinna, world.ref(other), purpose=TYM).status_code == 404
    assert view(savonlinna, world.ref(client), purpose=TYO).status_code == 404


def test_only_the_categories_named_are_shown(world, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "te.tyollisyys": PERIOD})

    answer = view(savonlinna, world.ref(person), query="?categories=te.tyollisyys,te.palvelut")

    assert categories(answer) == ["te.tyollisyys"]


def test_a_permit_for_later_data_cuts_what_is_older(world, savonlinna):
    person = world.person()
    work = [{"status": "completed", "from": "2026-02-02", "to": "2026-03-31", "days_a_week": 2}]
    work.append({"status": "completed", "from": "2025-02-02", "to": "2026-03-31", "days_a_week": 2})
    world.sections(person, {"sote.kuntouttava-tyotoiminta": json.dumps(work)})
    world.grant(person, "sote.kuntouttava-tyotoiminta", data_from=datetime(2026, 1, 1, tzinfo=UTC))

    answer = view(savonlinna, world.ref(person))

    assert answer.json()["sections"][0]["items"] == work[:1]


def test_a_copy_that_is_still_the_view_is_not_sent_again_but_logged_again(world, savonlinna, owner):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    path = f"/v1/people/{world.ref(person)}/support-view"
    tag = view(savonlinna, world.ref(person)).headers["ETag"]
    token, url = savonlinna.token(), f"{savonlinna.base}{path}"
    headers = {
        "Authorization": f"DPoP {token}",
        "DPoP": savonlinna.proof("GET", url, token=token),
        "If-None-Match": tag,
    }
    headers |= {"Luukku-Purpose": TYO, "Luukku-Case": "SLN-1", "Luukku-User": "w-1"}
    before = len(entries(owner))

    answer = savonlinna.http.client.get(url, headers=headers)

    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert [row.type for row in entries(owner)[before:]] == ["disclosure.read"]


def test_the_etag_does_not_move_with_what_is_not_shown(world, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    before = view(savonlinna, world.ref(person)).headers["ETag"]
    world.sections(person, {"sote.palvelutarve": NEED})

    assert view(savonlinna, world.ref(person)).headers["ETag"] == before


def test_two_worlds_that_differ_only_in_the_invisible_answer_alike(world, savonlinna):
    """Withheld, denied, empty and never known: the same bytes but for the decision's own id and time."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    answers = [view(savonlinna, world.ref(person))]

    world.sections(person, {"sote.palvelutarve": NEED, "kela.vireillaolo": "[]"})
    answers.append(view(savonlinna, world.ref(person)))
    world.grant(person, "sote.palvelutarve")
    world.deny(person)
    answers.append(view(savonlinna, world.ref(person)))
    world.hide(person, "sote.palvelutarve", "kela.vireillaolo")
    answers.append(view(savonlinna, world.ref(person)))

    assert [answer.status_code for answer in answers] == [200] * 4
    first, *others = [(without_decision(answer), len(answer.content), answer.headers["ETag"]) for answer in answers]
    assert all(other == first for other in others)


def unavailable(world, case):
    """Make a person of whom nothing may be shown, for a reason of their own; give how Savonlinna would name them."""
    if case == "unknown":
        return "pr_3b42b52dhec6khkffnb840ysf0", NOBODYS
    if case == "no reference":
        return "nobody", NOBODYS
    facts = {"protected": {"protected": True}, "dead": {"deceased": True}, "not ours": {"municipality": "491"}}
    person = world.person(**facts.get(case, {}))
    world.sections(person, {"sote.palvelutarve": NEED} if case == "withheld" else {"te.suunnitelma": PLAN})
    if case == "empty":
        world.hide(person, "te.suunnitelma")
    if case == "moved away":
        world.moves(person, "491")
    if case == "another's reference":
        return world.ref(person, MIKKELI), NOBODYS
    return world.ref(person), HETU


CASES = (
    "unknown",
    "no reference",
    "another's reference",
    "withheld",
    "empty",
    "protected",
    "dead",
    "not ours",
    "moved away",
)


@pytest.mark.parametrize("case", CASES)
def test_nothing_to_show_is_one_answer_whatever_the_cause(world, savonlinna, owner, web_login, case):
    ref, hetu = unavailable(world, case)
    known, _ = unavailable(world, "unknown")
    view(savonlinna, known)
    statements = []
    event.listen(web_login._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def refusal(call):
        statements.clear()
        before = len(entries(owner))
        answer = call()
        body = answer.json() | {"request_id": ""}
        headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "ratelimit")}
        return answer.status_code, body, headers, list(statements), [row.type for row in entries(owner)[before:]]

    assert refusal(lambda: view(savonlinna, ref)) == refusal(lambda: view(savonlinna, known))
    assert refusal(lambda: resolve(savonlinna, hetu)) == refusal(lambda: resolve(savonlinna, NOBODYS))
    assert refusal(lambda: view(savonlinna, ref))[0] == 404
    assert kind(view(savonlinna, ref)) == "person_not_available"


def test_no_machine_reads_a_protected_person_whatever_user_it_names(world, http):
    person = world.person(protected=True)
    world.sections(person, {"te.suunnitelma": PLAN})
    system = a_system(world, http, user="sln-014")

    assert view(system, world.ref(person)).status_code == 404


def test_protection_learned_but_not_yet_published_already_holds(world, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    shown = view(savonlinna, world.ref(person))

    world.learns(person, "protected:kela", "true")

    assert shown.status_code == 200
    assert view(savonlinna, world.ref(person)).status_code == 404


def test_an_older_identity_code_leads_to_the_same_reference(world, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    world.also_known_by(person, OTHER_HETU)

    assert (
        resolve(savonlinna, OTHER_HETU).json() == resolve(savonlinna, HETU).json() == {"person_ref": world.ref(person)}
    )


def test_two_recipients_know_a_person_by_names_that_do_not_join(world, http, savonlinna):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})

    assert world.ref(person, SAVONLINNA) != world.ref(person, MIKKELI)
    assert view(savonlinna, world.ref(person, MIKKELI)).status_code == 404


def test_an_emergency_is_asked_with_its_reason_and_logged_with_it(world, savonlinna, owner):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    body = {"emergency": {"justification": f"Found unconscious. {FREE_TEXT}"}}

    answer = view(savonlinna, world.ref(person), method="POST", body=body)

    assert categories(answer) == ["te.suunnitelma"]
    assert last(owner)["request"]["route"] == "POST /v1/people/{person_ref}/support-view"
    assert "unconscious" not in json.dumps(last(owner))


def test_a_disclosure_is_one_event_that_says_what_was_asked_given_and_withheld_and_why(world, savonlinna, owner):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "te.perustiedot": NAMES, "sote.palvelutarve": NEED})
    before = len(entries(owner))

    answer = savonlinna.view_of(HETU, purpose=TYO, case="SLN-2026-118")

    types = [row.type for row in entries(owner)[before:]]
    assert types == ["session.opened", "query.resolved", "disclosure.read"]
    event_ = last(owner)
    assert (event_["outcome"], event_["purpose"], event_["class"]) == ("partial", TYO, "sote")
    assert event_["actor"]["org"] == SAVONLINNA
    assert event_["actor"]["system"] == "sln-asiakastyo"
    assert len(event_["categories"]) == 18
    assert "sote.palvelutarve" in event_["withheld"]
    assert not {"te.suunnitelma", "te.perustiedot"} & set(event_["withheld"])
    reasons = event_["decision"]["reason"]
    assert (reasons["te.suunnitelma"], reasons["sote.palvelutarve"]) == ("statute", "no_consent")
    assert event_["result"]["bytes"] == len(answer.content)
    assert event_["result"]["count"] == 2
    assert event_["request"]["trust"] == "dpop"
    assert event_["records"]["count"] == 2


def test_the_act_that_permitted_and_the_denial_that_forbade_are_named_with_their_digests(world, savonlinna, owner):
    person = world.person()
    world.sections(person, {"sote.palvelutarve": NEED})
    act = world.grant(person, "sote.palvelutarve")
    view(savonlinna, world.ref(person))
    permitted = last(owner)
    world.deny(person)
    view(savonlinna, world.ref(person))

    assert permitted["consents"] == [{"act": str(act.act_id), "digest": act.digest.hex(), "state": "given"}]
    [denial] = last(owner)["denials"]
    assert len(denial["digest"]) == 64
    assert last(owner)["outcome"] == "deny"


def test_a_machine_that_asks_without_a_worker_is_told_from_workers(world, http, owner):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})

    roles = []
    for place, user in enumerate(("job:night", "w-7c1e")):
        view(a_system(world, http, f"sln-{place}", user=user), world.ref(person))
        roles.append(last(owner)["actor"].get("role"))

    assert roles == ["system", None]


def test_the_decision_is_kept_beside_its_event(world, savonlinna, owner):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})

    view(savonlinna, world.ref(person))

    with owner.read() as read:
        row = read.execute(select(tables.decision).order_by(tables.decision.c.at.desc()).limit(1)).one()
    assert row.person_id == person
    assert str(row.decision_id) == last(owner)["decision"]["id"]
    assert {result["category"]: result["reason"] for result in row.results}["te.suunnitelma"] == "statute"


def test_no_identity_code_or_name_is_in_an_entry_or_an_answer_beyond_the_section(world, savonlinna, owner):
    person = world.person()
    world.sections(person, {"te.perustiedot": NAMES})

    answer = savonlinna.view_of(HETU, purpose=TYO, case="SLN-2026-118")

    text = b"".join(bytes(row.entry) for row in entries(owner)).decode()
    assert [found for found in (HETU, "Esimerkki", "SLN-2026-118", "w-7c1e", world.ref(person)) if found in text] == []
    assert HETU not in answer.text


def test_without_the_log_nothing_is_shown(world, http, savonlinna, log):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    savonlinna.token()
    http.app.state.services.sealer._patience_s = 0.2
    log.stop()

    answer = view(savonlinna, world.ref(person))

    assert (answer.status_code, kind(answer)) == (503, "log_unavailable")
    assert "VOIMASSA" not in answer.text
    assert answer.headers["Retry-After"]


def test_status_tells_how_fresh_each_source_is_and_when_keys_end(world, http):
    system = a_system(world, http)

    answer = system.call("GET", "/v1/status", purpose=TYO, case="-")

    body = answer.json()
    assert (body["state"], body["version"]) == ("ok", "1.0.0")
    assert [(each["source"], each["fresh"]) for each in body["sources"]] == [
        ("kela", True),
        ("sote", True),
        ("te", True),
    ]
    assert body["keys"] == [{"kid": system.assertion_key.thumbprint}]
    assert "people" not in answer.text


def test_the_process_is_ready_while_the_database_and_the_log_are_there(http, savonlinna, log):
    ready = http.get("/readyz")
    log.stop()
    without_log = http.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"state": "ok"})
    assert (without_log.status_code, kind(without_log)) == (503, "log_unavailable")
    assert http.get("/healthz").json() == {"state": "ok"}
