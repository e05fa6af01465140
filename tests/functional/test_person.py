"""A person at their own pages, in a real Chromium: who looked, what was agreed to, a question, and an auditor's answer to it."""

import subprocess
import sys
from pathlib import Path

import pytest

from audit.queries import reviews, sequence
from consent.model import Change
from db.clock import now
from publish import changes_of_will
from publish.correcting import closed
from publish.queries import correcting
from tests.calls import NEED, PLAN, a_system, the_app, view
from tests.chromium import Reader

PERSON, STRANGER, AUDITOR = "Aino Maria Esimerkki, a person", "A person whom no source knows", "Auditor"
LANGUAGES = ("fi", "sv", "en")
WITHDRAWAL_CLICKS = 2
ANSWER_CLICKS = 2
NO_STEPS = 3
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


@pytest.fixture
def auditor(chromium, origin):
    with chromium.new_context(locale="fi-FI") as context:
        yield Reader(context.new_page(), origin)


@pytest.fixture
def looked(world, log, owner, web_login, keyring):
    """A person whose need for services a worker saw by consent."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        view(a_system(world, http, user="w-17"), world.ref(person))
    log.settle(owner)
    return person


@pytest.fixture
def both(reader, auditor):
    return reader, auditor


@pytest.fixture
def settle(log, owner):
    """Wait until all that was recorded is sealed."""
    return lambda: log.settle(owner)


@pytest.fixture
def elsewhere(owner, tmp_path):
    """Verify a proof as on another machine: in a process of its own, by the log's key alone."""

    def verified(download):
        with owner.read() as read:
            keys = sequence.signers(read, now().year)
        (tmp_path / "vkeys").write_text("".join(f"{key}\n" for key in keys))
        download.save_as(tmp_path / "kept.tlog-proof")
        command = [sys.executable, "-m", "cli", "verify", "proof", str(tmp_path / "kept.tlog-proof")]
        environment = {"PATH": "/usr/bin:/bin", "LUUKKU_HOME": str(tmp_path / "home")}
        asked = [*command, "--key", str(tmp_path / "vkeys")]
        return subprocess.run(asked, check=False, cwd=ROOT, env=environment).returncode

    return verified


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_look_that_is_not_recognised_is_asked_about_and_answered(looked, settle, elsewhere, both, language):
    reader, auditor = both
    reader.sign_in(PERSON, language)
    reader.look(f"me-{language}")
    reader.open("/me/log")
    reader.look(f"me-log-{language}")
    reader.click("a[href='/me/log/older']")
    reader.click("main form button")
    reader.look(f"me-log-older-{language}")
    reader.page.fill("#why", "Selvitän, kuka on asioinut puolestani.")
    reader.click("main form button")
    reader.look(f"me-log-older-shown-{language}")
    reader.open("/me/log")
    reader.click("main .cards li:has(.tag.soon) a")
    reader.look(f"me-look-{language}")
    proof = reader.download("section[aria-labelledby=proof] a.button")
    assert elsewhere(proof) == 0

    reader.click("section[aria-labelledby=question] a.button")
    reader.look(f"me-question-{language}")
    reader.page.fill("#words", "En ole asioinut Savonlinnassa.")
    reader.click("main form button")
    settle()

    auditor.sign_in(AUDITOR, language)
    auditor.open("/audit/reviews")
    auditor.look(f"audit-reviews-{language}")
    auditor.click("main .cards a")
    auditor.look(f"audit-review-{language}")
    assert "En ole asioinut Savonlinnassa." in auditor.page.locator(".notice").text_content()
    auditor.page.check("#outcome")
    auditor.page.fill("#note", "Katselu liittyi työllisyyssuunnitelmaan.")
    auditor.click("main form button")
    auditor.look(f"audit-reviews-closed-{language}")
    settle()

    reader.open("/me/requests")
    reader.look(f"me-questions-{language}")
    assert "Katselu liittyi työllisyyssuunnitelmaan." in reader.page.content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_withdraws_in_two_clicks(looked, reader, language):
    reader.sign_in(PERSON, language)
    reader.open("/me/consents")
    reader.look(f"me-consents-{language}")
    reader.click("main .cards li h2 a")
    reader.look(f"me-consent-{language}")
    reader.click("main .acts a[href$=pause]")
    reader.look(f"me-pause-{language}")
    reader.click("button[value=pause]")
    reader.look(f"me-consent-paused-{language}")
    reader.click("main .acts a[href$=pause]")
    reader.look(f"me-pause-lift-{language}")
    reader.click("button[value=lift]")
    reader.click("main .acts:last-child a")
    reader.click("main a[href='/me/pause']")
    reader.click("button[value=pause]")
    reader.look(f"me-pause-all-errors-{language}")
    reader.page.check("#what")
    reader.click("button[value=pause]")
    reader.look(f"me-consents-paused-{language}")
    reader.click("main a[href='/me/pause']")
    reader.look(f"me-pause-all-{language}")
    reader.page.check("#what")
    reader.click("button[value=lift]")

    reader.clicks = 0
    reader.click("main .cards a.button")
    reader.look(f"me-withdraw-{language}")
    reader.click("button.hurts")

    assert reader.clicks == WITHDRAWAL_CLICKS
    reader.look(f"me-consents-none-{language}")
    assert reader.page.locator("main .cards li").count() == 0
    reader.open("/me/consents")
    reader.page.locator("summary").click()
    reader.look(f"me-life-{language}")
    assert reader.page.locator("svg.life-line .mark").count() == reader.page.locator(".life-table tbody tr").count()


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_data_are_a_page_and_a_file_and_can_be_asked_to_be_corrected(looked, owner, reader, language):
    reader.sign_in(PERSON, language)
    reader.open("/me/data")
    reader.look(f"me-data-{language}")
    file = reader.download("main .acts a.button")
    assert b"sote.palvelutarve" in Path(file.path()).read_bytes()

    reader.open("/me/correction")
    reader.look(f"me-correction-{language}")
    reader.click("main form button")
    reader.look(f"me-correction-errors-{language}")
    reader.page.select_option("#data", index=1)
    reader.page.fill("#words", "Suunnitelman päivä on väärin.")
    reader.click("main form button")

    answered(owner)
    reader.open("/me/requests")
    reader.look(f"me-corrections-{language}")
    assert reader.page.locator("main .cards li").count() == 1


def answered(owner):
    """The source has been given the request, and has answered it."""
    with owner.transaction() as tx:
        (row,) = correcting.unanswered(tx, limit=2)
        box = closed(tx.keyring, "Päivä vastaa päätöstä.", row.correction_id, "answer")
        handed = {"handed_at": row.asked_at, "reference": "OIK-1", "tried_at": row.asked_at}
        said = {"outcome": "refused", "reason": "accurate", "answer": box, "answered_at": row.asked_at}
        correcting.note(tx, correction_id=row.correction_id, noted=handed | said)
        ended = {"outcome": "refused", "closed_at": now(), "closing": row.correction_id}
        reviews.close_if_open(tx, review_id=row.correction_id, **ended)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_sees_who_sees_what_answers_what_is_asked_anew_and_says_no(looked, world, reader, language):
    world.announce(2, Change.MATERIAL, "Annan luvan nyt ja ymmärrän, mitä se tarkoittaa.")
    reader.sign_in(PERSON, language)
    reader.look(f"me-asked-{language}")
    reader.open("/me/requests")
    reader.look(f"me-requests-{language}")
    reader.clicks = 0
    reader.click("main .cards a.button")
    reader.look(f"me-request-{language}")
    reader.click("button[value=part]")
    reader.look(f"me-request-part-{language}")
    reader.page.check("#categories")
    reader.click("#record")
    assert reader.clicks == ANSWER_CLICKS + 1
    reader.look(f"me-requests-done-{language}")

    reader.open("/me/seen-by")
    reader.look(f"me-seen-by-{language}")
    reader.click("section[aria-labelledby=show] a")
    reader.look(f"me-seen-by-one-{language}")

    reader.open("/me/no")
    reader.look(f"me-no-none-{language}")
    reader.clicks = 0
    reader.click("main a.button")
    reader.look(f"me-no-say-{language}")
    reader.page.select_option("#what", "sote")
    reader.page.select_option("#whom", "anybody")
    reader.click("main form button")
    reader.look(f"me-no-check-{language}")
    reader.click("button.hurts")
    assert reader.clicks == NO_STEPS
    reader.look(f"me-no-said-{language}")
    reader.open("/me/no")
    reader.look(f"me-no-{language}")
    reader.click("main .cards a.button")
    reader.look(f"me-no-lift-{language}")
    reader.click("main form button")
    reader.look(f"me-no-lifted-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_whom_no_source_knows_gets_the_same_pages_empty(log, reader, language):
    reader.sign_in(STRANGER, language)
    for address in ("/", "/me/log", "/me/consents", "/me/data", "/me/requests", "/me/no", "/me/seen-by"):
        reader.open(address)
        reader.look(f"me-empty{address.replace('/', '-')}-{language}")
        assert reader.page.locator("main .cards li").count() == 0
