"""A request for correction goes over the wire to whoever answers for the data, and its answer comes back to person and auditor."""

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from audit.tables import review_end
from connectors.ledger import Connection
from connectors.queries import books
from db.clock import now
from db.engine import Database
from publish.handing_on import exchange
from publish.queries.correcting import unanswered
from publish.tables import correction
from schemas.vocabulary import Source
from tests.asking import CLIENT, a_simulation
from tests.calls import PLAN
from tests.logs import entries
from tests.pages import a_browser
from tests.published import HETU, KEHA
from tests.sources import SERVICES, joined

WORDS = "Suunnitelmani päivä on väärin."
PLAN_OF_KEHA = {"data": f"te.suunnitelma/{KEHA}", "words": WORDS}


@dataclass
class Home:
    """What the nightly task is handed."""

    url: str
    keyring: object
    security_server: str = "http://security-server"

    def database(self, login, *, pool_size):
        return Database(self.url, login, self.keyring, pool_size=pool_size)


@pytest.fixture
def simulation():
    return a_simulation(people=20)


@pytest.fixture
def seen():
    return []


@pytest.fixture
def night(database_url, keyring, simulation, seen):
    """What a night of handing on comes to; ``days`` later at the sources."""

    def exchanged(days=0):
        for _ in range(days):
            simulation.world.advance()
        return exchange(Home(database_url, keyring), joined(simulation.server, seen), now=now)

    return exchanged


@pytest.fixture
def connected(owner):
    te = Connection(
        connection_id="a-te",
        source=Source.TE,
        controller=KEHA,
        place="36",
        client=CLIENT,
        service=SERVICES["te"],
        from_at=now() - timedelta(days=1),
    )
    with owner.transaction() as tx:
        books.define_connection(tx, defined=te)


@pytest.fixture
def aino(world, web_login, keyring):
    """Somebody whose plan is held."""
    world.sections(world.person(), {"te.suunnitelma": PLAN})
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("aino")
        yield browser


def asked(browser, **given):
    return browser.post("/me/correction", PLAN_OF_KEHA | given)


@pytest.fixture
def auditing(web_login, keyring):
    """An auditor's browser, so many days from now."""

    @contextmanager
    def opened(days=0):
        with a_browser(web_login, keyring, clock=lambda: now() + timedelta(days=days)) as auditor:
            auditor.sign_in("auditor-1")
            yield auditor

    return opened


@pytest.fixture
def case(auditing):
    """The case as the auditor sees it."""

    def shown():
        with auditing() as auditor:
            return auditor.get(address_in(auditor)).text

    return shown


def address_in(auditor):
    return re.search(r'href="(/audit/reviews/[0-9a-f-]{36})"', auditor.get("/audit/reviews").text).group(1)


@pytest.mark.usefixtures("connected")
def test_a_request_is_handed_over_once_and_its_answer_comes_back(aino, log, night, owner, case):
    assert asked(aino).headers["location"] == "/me/requests"
    assert "välitetään rekisterinpitäjälle yöllä" in aino.get("/me/requests").text

    first, same_day = night(), night()
    handed = aino.get("/me/requests").text
    answered = night(days=1)

    assert [first["handed"], same_day["waits"], answered["answered"]] == [1, 1, 1]
    assert night() == {"handed": 0, "answered": 0, "waits": 0, "failed": 0}
    assert "OIK-1" in handed
    for page in (aino.get("/me/requests").text, case()):
        assert "Tieto on korjattu" in page
        assert "Tieto on tarkistettu ja korjattu rekisteriin." in page
    log.settle(owner)
    told = of_corrections(owner)
    assert [each["type"] for each in told] == ["correction.handed", "correction.answered"]
    assert all(each["controllers"] == [KEHA] and each["person"] for each in told)
    assert not any(HETU in row or WORDS in row for row in map(str, told))


def of_corrections(owner):
    return [json.loads(row.entry) for row in entries(owner) if row.type.startswith("correction")]


def ended(owner):
    """How cases ended, and by which events."""
    with owner.read() as read:
        return [
            (row.outcome, str(row.closing)) for row in read.execute(select(review_end).order_by(review_end.c.closed_at))
        ]


@pytest.mark.usefixtures("connected")
def test_the_source_s_answer_closes_the_case_by_the_event_that_tells_of_it(aino, log, night, owner):
    asked(aino)
    night()
    waiting = aino.get("/me/requests").text
    night(days=1)
    log.settle(owner)

    (answered,) = [each for each in of_corrections(owner) if each["type"] == "correction.answered"]
    opening = next(str(row.id) for row in entries(owner) if row.type == "dispute.opened")
    assert ended(owner) == [("corrected", answered["id"])]
    assert answered["ref"] == opening
    assert ("vastaus viimeistään" in waiting, "vastaus viimeistään" in aino.get("/me/requests").text) == (True, False)
    assert "vastattu" in aino.get("/").text


@pytest.mark.usefixtures("connected")
def test_what_is_refused_is_told_with_its_reason_and_what_the_person_can_do(aino, log, night, owner):
    for _ in range(2):
        asked(aino)
    night()
    night(days=1)

    page = aino.get("/me/requests").text

    assert {outcome for outcome, _ in ended(owner)} == {"corrected", "refused"}
    assert page.count("Rekisterinpitäjä on tarkistanut tiedon ja pitää sitä oikeana.") == 1
    assert page.count("valituksen tietosuojavaltuutetulle") == 1


@pytest.mark.usefixtures("connected", "log")
def test_data_of_another_controller_leave_the_case_to_the_auditors_whose_queue_it_heads_when_overdue(
    aino, night, owner, auditing
):
    for _ in range(3):
        asked(aino)
    night()
    night(days=1)

    page = aino.get("/me/requests").text

    assert len(ended(owner)) == 2
    assert "Selvitämme, kenen se on, ja vastaamme sinulle." in page
    assert page.count("vastaus viimeistään") == 1
    with auditing(days=15) as later:
        assert later.get("/audit/reviews").text.count("olisi pitänyt vastata") == 1


@pytest.mark.usefixtures("connected")
def test_two_nights_at_once_tell_of_each_step_once(aino, log, night, owner, monkeypatch):
    asked(aino)
    with owner.read() as read:
        waiting = unanswered(read, limit=1)
    monkeypatch.setattr("publish.handing_on.rows.unanswered", lambda *_, **__: waiting * 2)
    night()
    with owner.read() as read:
        waiting = unanswered(read, limit=1)
    night(days=1)
    log.settle(owner)

    assert [each["type"] for each in of_corrections(owner)] == ["correction.handed", "correction.answered"]
    assert len(ended(owner)) == 1


@pytest.mark.usefixtures("connected", "log")
def test_an_answer_to_what_the_auditors_have_closed_is_kept_beside_theirs(aino, night, owner, auditing, request):
    asked(aino)
    night()
    with auditing() as auditor:
        auditor.post(address_in(auditor), {"outcome": "explained", "note": "Tieto on toisessa rekisterissä."})

    assert night(days=1)["answered"] == 1
    request.getfixturevalue("log").settle(owner)
    page = aino.get("/me/requests").text
    assert [outcome for outcome, _ in ended(owner)] == ["explained"]
    assert "Tieto on toisessa rekisterissä." in page
    assert "Tieto on korjattu" in page


@pytest.mark.usefixtures("connected", "log")
def test_the_source_gets_whose_data_which_and_what_is_wrong_in_the_body_alone(aino, night, seen):
    asked(aino)
    night()
    night(days=1)

    sent = json.loads(seen[0].content)
    assert (sent["person"], sent["category"], sent["words"]) == (HETU, "te.suunnitelma", WORDS)
    assert [request.method for request in seen] == ["POST", "GET"]
    assert not any(HETU in str(request.url) + str(request.headers) for request in seen)


def test_a_source_that_takes_in_no_requests_is_asked_again_the_next_night(aino, log, night, owner, request):
    asked(aino)

    assert night()["failed"] == 1
    assert "ei mennyt perille" in aino.get("/me/requests").text
    request.getfixturevalue("connected")
    assert night()["handed"] == 1


def test_what_was_handed_over_and_not_noted_is_the_same_request_to_the_source(aino, connected, log, night, owner):
    asked(aino)
    night()
    with owner.transaction() as tx:
        tx.execute(update(correction).values(handed_at=None, reference=None))

    night()

    with owner.read() as read:
        assert read.execute(select(correction.c.reference)).scalar_one() == "OIK-1"


@pytest.mark.usefixtures("connected", "log")
def test_who_does_not_know_whose_data_are_wrong_is_answered_by_us(aino, night, case):
    asked(aino, data="")

    assert night()["handed"] == 0
    assert WORDS in case()


@pytest.mark.parametrize("data", ["te.suunnitelma/0246246-0", "sote.palvelutarve/3221331-8", "x"])
def test_data_that_nobody_holds_about_the_person_are_refused(aino, log, owner, data):
    answer = asked(aino, data=data)

    assert (answer.status_code, 'href="#data"' in answer.text) == (422, True)
    with owner.read() as read:
        assert read.execute(select(func.count()).select_from(correction)).scalar_one() == 0


def test_what_was_asked_and_answered_lies_encrypted(aino, connected, log, night, owner):
    asked(aino)
    night()
    night(days=1)

    with owner.read() as read:
        row = read.execute(select(correction)).one()
    assert WORDS.encode() not in row.words
    assert b"tarkistettu" not in row.answer
