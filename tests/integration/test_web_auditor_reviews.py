"""The review queue over the real log: what people ask, who may close a case, and what leaves no trace."""

import json
import re
from datetime import timedelta

import pytest

from audit.events import Actor, EventType
from audit.witnessing import Asked, Outcome
from db.clock import now
from db.engine import Database, Login
from db.ids import uuid7
from publish import changes_of_will
from publish.reconciling.witnesses import tell_disagreement
from tests.calls import NEED, PLAN, a_system, the_app, view
from tests.logs import a_disclosure, an_event, entries
from tests.looking import looks, people
from tests.pages import a_browser
from tests.privacy.searched import FREE_TEXT
from tests.published import SAVONLINNA
from web.auditor import reviewing


@pytest.fixture
def auditor(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


@pytest.fixture
def person(world, web_login, keyring):
    world.person()
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")
        yield browser


@pytest.fixture
def system(world, log, web_login, keyring):
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        yield a_system(world, http, user="w-17")


@pytest.fixture
def settle(log, owner):
    """Wait until all that was recorded is sealed."""
    return lambda: log.settle(owner)


def test_a_request_after_a_withdrawal_is_found_though_nothing_was_given(world, system, settle, auditor):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    view(system, world.ref(person))
    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
    settle()
    view(system, world.ref(person))
    settle()

    assert auditor.post("/audit/reviews").status_code == 303
    page = auditor.get("/audit/reviews").text

    assert page.count("Haku peruutuksen tai kiellon jälkeen") == 1


def test_looking_twice_opens_one_case(world, log, owner, auditor):
    looks(log, people(1), at=now() - timedelta(hours=30), withheld=())
    with log.sealer() as sealer:
        for user in range(11):
            at = now() - timedelta(hours=2)
            actor = Actor(org=SAVONLINNA, system="sln", user=f"w-{user}", role="case_worker")
            sealer.seal(a_disclosure(id=uuid7(at), at=at, actor=actor, decided=False))

    assert auditor.post("/audit/reviews").status_code == 303
    assert auditor.post("/audit/reviews").status_code == 303
    log.settle(owner)

    assert auditor.get("/audit/reviews").text.count("Yhtä henkilöä katsoi yli 10 työntekijää") == 1
    assert [json.loads(row.entry)["type"] for row in entries(owner)].count("review.opened") >= 1


def asked(person, world, log, owner):
    """The person asks about a look at them; gives the event's id."""
    with owner.read() as read:
        from connectors.tables import person as table

        (person_id,) = read.execute(table.select().with_only_columns(table.c.person_id)).scalars()
    at = now()
    with log.sealer() as sealer:
        sealer.seal(a_disclosure(person_id=person_id, id=uuid7(at), at=at, decided=False))
    event = re.search(r"/me/log/([0-9a-f-]{36})", person.get("/me/log").text).group(1)
    assert person.post(f"/me/log/{event}/question", {"words": f"En tunne heitä. {FREE_TEXT}"}).status_code == 303
    log.settle(owner)
    return event


@pytest.fixture
def question(person, world, log, owner):
    return asked(person, world, log, owner)


def the_case(auditor):
    return re.search(r"/audit/reviews/[0-9a-f-]{36}", auditor.get("/audit/reviews").text).group(0)


def test_a_question_stands_in_the_queue_with_its_deadline_and_its_words_are_opened_by_an_event(
    world, person, auditor, log, owner
):
    event = asked(person, world, log, owner)

    page = auditor.get(the_case(auditor)).text
    log.settle(owner)
    told = [json.loads(row.entry) for row in entries(owner)]

    assert "vastaus viimeistään" in auditor.get("/audit/reviews").text
    assert "En tunne heitä." in page
    assert [each["ref"] for each in told if each["type"] == "dispute.opened"] == [event]
    assert any(each["type"] == "log.revealed" for each in told)
    assert "En tunne" not in json.dumps(told, ensure_ascii=False)


def test_a_case_is_closed_once_with_an_outcome_and_a_sentence_that_the_person_reads(world, person, auditor, log, owner):
    asked(person, world, log, owner)
    case = the_case(auditor)

    assert auditor.post(case, {"outcome": "", "note": ""}).status_code == 422
    assert auditor.post(case, {"outcome": "explained", "note": f"Peruste oli laki. {FREE_TEXT}"}).status_code == 303
    assert auditor.post(case, {"outcome": "breach", "note": "Toinen kerta."}).status_code == 404
    log.settle(owner)

    page = person.get("/me/requests").text
    assert "Peruste oli laki." in page
    assert "selvitetty: käytölle oli peruste" in page


def test_what_did_not_add_up_is_closed_as_a_finding_and_the_integrity_page_leads_to_its_case(
    auditor, log, owner, database_url, keyring
):
    with Database(database_url, Login.RECONCILER, keyring) as reconciler:
        tell_disagreement(reconciler, [Asked("w1", Outcome.FORKED, 7)], at=now())
    log.settle(owner)
    case, page = the_case(auditor), auditor.get("/audit/integrity").text

    auditor.post(case, {"outcome": "explained", "note": f"Todistaja oli väärä. {FREE_TEXT}"})
    log.settle(owner)

    assert f'<a href="{case}">Ulkopuolinen todistaja on nähnyt toisenlaisen lokin</a>' in page
    types = [row.type for row in entries(owner)]
    assert (types.count("finding.closed"), types.count("review.closed")) == (1, 0)
    assert auditor.get("/audit/integrity").text.count(case) == 2


@pytest.fixture
def four_cases(database_url, keyring):
    """Four witnesses have seen other logs."""
    told = [Asked(f"w{number}", Outcome.FORKED, number) for number in range(4)]
    with Database(database_url, Login.RECONCILER, keyring) as reconciler:
        tell_disagreement(reconciler, told, at=now())


@pytest.mark.usefixtures("four_cases", "question")
def test_a_long_queue_is_read_page_by_page_and_what_has_a_deadline_heads_it(auditor, monkeypatch):
    monkeypatch.setattr(reviewing, "MOST_SHOWN", 2)

    pages, left = [], [""]
    while left:
        text = auditor.get(f"/audit/reviews{left[0]}").text
        pages.append(re.findall(r'<h2 class="small-title"><a href="/audit/reviews/([0-9a-f-]{36})">([^<]+)', text))
        left = re.findall(r'href="(\?after=[0-9a-f-]{36})"', text)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({case for page in pages for case, _ in page}) == 5
    assert pages[0][0][1] == "Henkilö ei tunnista katselua"


@pytest.mark.parametrize("page", ["/audit/reviews", "/audit/integrity", "/audit/retention"])
def test_what_auditors_look_at_without_a_search_is_told_to_the_log_too(auditor, log, owner, page):
    assert auditor.get(page).status_code == 200
    log.settle(owner)

    told = [json.loads(row.entry) for row in entries(owner) if row.type == "log.read"]
    assert [each["request"]["route"] for each in told] == [f"GET {page}"]


def test_a_look_is_asked_about_once(world, person, auditor, log, owner):
    event = asked(person, world, log, owner)

    person.post(f"/me/log/{event}/question", {"words": f"Vielä kerran. {FREE_TEXT}"})

    assert auditor.get("/audit/reviews").text.count("Henkilö ei tunnista katselua") == 1


def test_a_question_unanswered_after_fourteen_days_is_overdue(question, web_login, keyring):
    assert question

    with a_browser(web_login, keyring, clock=lambda: now() + timedelta(days=15)) as later:
        later.sign_in("auditor-1")

        assert "olisi pitänyt vastata" in later.get("/audit/reviews").text


def test_nobody_closes_a_case_about_an_act_of_their_own(world, auditor, log, owner, web_login):
    at = now()
    actor = Actor(user="idp-auditor-1", role="auditor")
    own = an_event(type=EventType.LOG_READ, id=uuid7(at), at=at, actor=actor)
    with owner.transaction() as tx:
        from audit.log import record

        record(tx, own)
    log.settle(owner)
    opened(owner, own.id)
    case = the_case(auditor)

    assert "Tämä on oma tekosi." in auditor.get(case).text
    assert auditor.post(case, {"outcome": "no_finding", "note": "Kaikki hyvin."}).status_code == 404


def opened(owner, about):
    from audit.tables import review

    with owner.transaction() as tx:
        tx.connection.exec_driver_sql("SET LOCAL ROLE audit_owner")
        row = {"review_id": uuid7(now()), "rule": "volume", "about": about, "opened_at": now(), "opening": uuid7(now())}
        tx.execute(review.insert().values(row))
