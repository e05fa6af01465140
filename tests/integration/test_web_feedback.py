"""What anybody tells of the pages without signing in: taken, kept encrypted, answered once, and read only by who holds the reference."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from db.clock import now
from publish.queries import keeping
from tests.integration.test_web_steward import rows, types
from tests.logs import entries
from tests.pages import a_browser
from tests.published import HETU
from web.feedback import box
from web.tables import feedback

WORDS = "Kohdistus katoaa asiakkaan sivulla."
ANSWER = "Korjaamme sen ensi julkaisussa."


@pytest.fixture
def browser(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        yield browser


def asked(browser):
    """The address of the one answer that a steward is asked for."""
    return re.search(r'href="(/answers/[^"]+)"', browser.get("/").text)[1]


def test_feedback_is_sent_without_signing_in_and_answered_where_its_sender_reads_it(browser, owner, log):
    assert 'href="/feedback"' in browser.get("/accessibility").text
    sent = browser.post("/feedback", {"words": WORDS})
    place = sent.headers["location"]
    assert re.fullmatch(r"/feedback/[0-9a-f]{64}", place)
    assert "Palaute on lähetetty" in browser.get(place).text

    browser.sign_in("steward-3")
    assert WORDS in browser.get(asked(browser)).text
    assert browser.post(asked(browser), {"words": ANSWER}).headers["location"] == "/"

    assert "/answers/" not in browser.get("/").text
    assert ANSWER in browser.get(place).text
    assert WORDS not in browser.get(place).text
    assert rows(owner, feedback)[0].answered_by == "idp-steward-3"
    assert "config.changed" in types(owner, log)


def test_nothing_of_it_rests_in_a_form_to_be_read(browser, owner):
    place = browser.post("/feedback", {"words": WORDS}).headers["location"]
    browser.sign_in("steward-1")
    browser.post(asked(browser), {"words": ANSWER})

    (row,) = rows(owner, feedback)
    assert WORDS.encode() not in row.box
    assert ANSWER.encode() not in row.answer
    assert place.rpartition("/")[2].encode() not in row.reference_hash
    assert bytes.fromhex(place.rpartition("/")[2]) != row.reference_hash


@pytest.mark.parametrize(
    ("language", "field"), [("fi", "Mikä ei toimi: "), ("sv", "Vad fungerar inte: "), ("en", "What does not work: ")]
)
@pytest.mark.parametrize("words", ["", "x" * (box.LONGEST + 1), f"Olen {HETU.lower()}.", "Hän on (010180+999X)"])
def test_what_cannot_be_taken_is_named_by_its_field_and_an_identity_code_is_not_shown_again(
    browser, owner, language, field, words
):
    browser.get(f"/language/{language}?back=/")

    answer = browser.post("/feedback", {"words": words})

    assert answer.status_code == 422
    assert f'href="#words">{field}' in answer.text
    assert not re.search(r"\d{6}[-+]\d{3}", answer.text)
    assert rows(owner, feedback) == []


def test_an_answer_with_an_identity_code_or_none_at_all_is_refused(browser, owner):
    browser.post("/feedback", {"words": WORDS})
    browser.sign_in("steward-1")

    for words in ("", f"Koskee {HETU}"):
        answer = browser.post(asked(browser), {"words": words})
        assert answer.status_code == 422
        assert 'href="#words">Vastaus: ' in answer.text
    assert rows(owner, feedback)[0].answer is None


def test_an_answer_is_given_once(browser):
    browser.post("/feedback", {"words": WORDS})
    browser.sign_in("steward-1")
    address = asked(browser)
    browser.post(address, {"words": ANSWER})

    assert browser.post(address, {"words": "toinen"}).status_code == 404
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("account", ["auditor-1", "aino", "case-worker-1", None])
def test_nobody_but_a_steward_reads_or_answers_it(browser, owner, account):
    browser.post("/feedback", {"words": WORDS})
    address = f"/answers/{rows(owner, feedback)[0].feedback_id}"
    if account:
        browser.sign_in(account)

    assert WORDS not in browser.get(address).text
    browser.post(address, {"words": ANSWER})
    assert rows(owner, feedback)[0].answer is None


def test_too_much_at_once_or_in_a_day_is_not_taken_and_what_was_written_is_kept_on_the_page(browser, owner):
    for _ in range(box.MOST_A_MINUTE):
        assert browser.post("/feedback", {"words": WORDS}).status_code == 303
    answer = browser.post("/feedback", {"words": WORDS})

    assert answer.status_code == 429
    assert "yritä myöhemmin uudelleen" in answer.text
    assert WORDS in answer.text
    assert len(rows(owner, feedback)) == box.MOST_A_MINUTE

    with owner.transaction() as tx:
        tx.execute(update(feedback).values(sent_at=now() - timedelta(hours=2)))
    assert browser.post("/feedback", {"words": WORDS}).status_code == 303


def test_a_day_has_its_limit_too(browser, owner, monkeypatch):
    monkeypatch.setattr(box, "MOST_A_DAY", 2)
    answers = []
    for passed in (2, 3, 30):
        answers.append(browser.post("/feedback", {"words": WORDS}).status_code)
        with owner.transaction() as tx:
            tx.execute(update(feedback).values(sent_at=now() - timedelta(hours=passed)))
    answers.append(browser.post("/feedback", {"words": WORDS}).status_code)

    assert answers == [303, 303, 429, 303]


def test_feedback_from_another_site_is_refused_and_unknown_references_are_not_there(browser, owner):
    assert browser.post("/feedback", {"words": WORDS}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert rows(owner, feedback) == []
    for reference in ("x", "0" * 64):
        assert browser.get(f"/feedback/{reference}").status_code == 404
    browser.sign_in("steward-1")
    assert browser.get("/answers/x").status_code == 404


def test_feedback_has_its_end_and_none_before(browser, owner, log):
    browser.post("/feedback", {"words": WORDS})
    log.settle(owner)

    with owner.transaction() as tx:
        kept = keeping.in_force(tx, at=now())["feedback"].days
        assert keeping.forget_feedback(tx, before=now() - timedelta(days=kept)) == 0
        assert keeping.forget_feedback(tx, before=now() + timedelta(seconds=1)) == 1


def test_the_log_holds_no_word_of_it(browser, owner, log):
    browser.post("/feedback", {"words": WORDS})
    browser.sign_in("steward-1")
    browser.post(asked(browser), {"words": ANSWER})

    log.settle(owner)
    said = str([row.entry for row in entries(owner)])
    assert "config.changed" in said
    assert ANSWER not in said
    assert "Kohdistus" not in said
