"""A steward at the desk, in a real Chromium: every page in three languages and at three widths, and no finding anywhere."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from consent.model import Change
from db.clock import now
from publish import changes_of_will
from publish.importing import COLUMNS
from tests.chromium import Reader
from tests.published import HETU
from tests.quarantined import a_batch
from web.tables import session

STEWARD, COLLEAGUE = "Data steward, Savonlinna", "Second data steward, Savonlinna"
LANGUAGES = ("fi", "sv", "en")
A_SCAN = b"%PDF-1.7 a signed paper"
CONSENT_CLICKS, WITHDRAWAL_CLICKS = 4, 2

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


@pytest.fixture
def colleague(chromium, origin):
    with chromium.new_context(locale="fi-FI") as context:
        yield Reader(context.new_page(), origin)


def find(reader, hetu=HETU, reason="reason"):
    """Look for a client by a HETU, for a reason."""
    reader.open("/people")
    reader.page.fill("#hetu", hetu)
    reader.page.check(f"#{reason}")
    reader.click("main form button")


def long_ago(owner):
    """Everybody proved who they are an hour ago."""
    with owner.transaction() as tx:
        tx.execute(update(session).values(signed_in_at=now() - timedelta(hours=1)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_steward_signs_in_and_out(reader, language):
    reader.open(f"/language/{language}?back=/sign-in")
    reader.look(f"sign-in-{language}")

    reader.click("main a.button")
    reader.choose(STEWARD)
    reader.look(f"tasks-empty-{language}")
    reader.click("header button")

    assert reader.page.url.endswith("/signed-out")
    reader.look(f"signed-out-{language}")
    reader.open("/")
    assert "/sign-in" in reader.page.url
    reader.sign_in("Case worker, Savonlinna", language)
    reader.look(f"home-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_consent_is_recorded_in_four_clicks_and_withdrawn_in_two(world, reader, colleague, language):
    world.person()
    reader.sign_in(STEWARD, language)
    reader.open("/people")
    reader.look(f"find-{language}")
    find(reader)
    reader.look(f"client-empty-{language}")

    reader.clicks = 0
    reader.click("section[aria-labelledby=ask] a.button")
    reader.look(f"record-text-{language}")
    reader.click("button[value=all]")
    reader.look(f"record-how-{language}")
    reader.click("button[value=counter]")
    reader.look(f"record-check-{language}")
    reader.click("#record")
    assert reader.clicks == CONSENT_CLICKS
    reader.look(f"recorded-{language}")
    assert reader.hand_over(f"receipt-{language}") == 0

    colleague.sign_in(COLLEAGUE, language)
    colleague.look(f"tasks-confirm-{language}")
    colleague.click("main .cards a")
    colleague.look(f"confirm-{language}")
    long_ago(world.owner)
    colleague.click("button[value=accept]")
    colleague.look(f"confirm-anew-{language}")
    colleague.click("#anew a.button")
    colleague.click(colleague.page.get_by_role("button", name=COLLEAGUE, exact=True))
    colleague.click("button[value=accept]")

    reader.open("/")
    find(reader)
    reader.look(f"client-consented-{language}")
    pause(reader, language)
    reader.click("section[aria-labelledby=consents] a[href$=revoke]")
    reader.click("button.hurts")
    reader.look(f"revoke-errors-{language}")
    renew(world, reader, language)
    reader.clicks = 0
    reader.click("section[aria-labelledby=consents] a[href$=withdraw]")
    reader.look(f"withdraw-{language}")
    reader.click("button.hurts")
    assert reader.clicks == WITHDRAWAL_CLICKS
    reader.look(f"withdrawn-{language}")
    reader.click("main .acts a.button")
    assert reader.page.locator("section[aria-labelledby=consents] .cards li").count() == 0


def pause(reader, language):
    """From the client's page: all and one are looked at, one is paused, and the pause lifted."""
    reader.click("main a[href$='/pause']:not([href*=consents])")
    reader.click("button[value=pause]")
    reader.look(f"pause-all-errors-{language}")
    reader.click("main .acts a")
    reader.click("section[aria-labelledby=consents] a[href$=pause]")
    reader.look(f"pause-{language}")
    reader.click("button[value=pause]")
    reader.look(f"client-paused-{language}")
    reader.click("section[aria-labelledby=paused] a.button")
    reader.look(f"pause-lift-{language}")
    reader.click("button[value=lift]")


def renew(world, reader, language):
    """The text changes, and the consent is renewed from the task that this makes, up to the client's page."""
    world.announce(2, Change.MATERIAL, "Annan luvan. Luvan voi perua milloin tahansa.")
    reader.open("/")
    reader.look(f"tasks-anew-{language}")
    reader.click("main .cards a[href$=renew]")
    reader.look(f"renew-{language}")
    reader.click("#renew")
    reader.click("button[value=counter]")
    reader.look(f"record-check-renew-{language}")
    reader.click("#record")
    reader.look(f"renewed-{language}")
    reader.click("main .acts a.button")
    reader.look(f"client-outdated-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_standing_no_is_recorded_and_lifted(world, reader, language):
    person = world.person()
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    reader.sign_in(STEWARD, language)
    find(reader)

    reader.click("section[aria-labelledby=denials] a.button")
    reader.look(f"deny-{language}")
    reader.click("main form button")
    reader.look(f"deny-errors-{language}")
    reader.page.select_option("#what", "sote")
    reader.page.check("#whom")
    reader.click("main form button")
    reader.look(f"deny-check-{language}")
    reader.click("button.hurts")
    reader.look(f"client-denied-{language}")
    reader.click("a.tag.no")
    reader.look(f"why-{language}")
    reader.click("main .acts a")
    reader.click("section[aria-labelledby=denials] .item a")
    reader.look(f"denial-{language}")
    reader.page.goto(reader.page.url + "/invalidate")
    reader.look(f"denial-invalidate-{language}")
    find(reader)
    reader.click("section[aria-labelledby=denials] .item a[href$=lift]")
    reader.look(f"lift-{language}")
    reader.click("#lift")

    assert reader.page.locator("section[aria-labelledby=denials] .item").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_with_mistakes_or_too_late_names_each_field_and_keeps_no_hetu(world, reader, language):
    reader.sign_in(STEWARD, language)
    reader.open("/people")
    reader.page.fill("#hetu", "120384-9127")
    reader.click("main form button")

    reader.look(f"find-errors-{language}")
    assert reader.page.locator(".errors a").count() == 2
    assert reader.page.input_value("#hetu") == ""
    assert "120384" not in reader.page.content()

    reader.page.fill("#hetu", HETU)
    with world.owner.transaction() as tx:
        tx.execute(update(session).values(seen_at=now() - timedelta(hours=1)))
    reader.click("main form button")
    reader.click("main a.button")
    reader.click(reader.page.get_by_role("button", name=STEWARD, exact=True))
    reader.look(f"late-{language}")
    assert HETU not in reader.page.content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_part_a_paper_and_a_record_that_was_an_error(world, reader, language):
    world.person()
    reader.sign_in(STEWARD, language)
    find(reader)
    reader.click("section[aria-labelledby=ask] a.button")
    reader.click("button[value=part]")
    reader.click("button[value=paper]")
    reader.look(f"record-how-errors-{language}")
    reader.page.check("#categories")
    reader.page.fill("#signed_on", "1.6.2026")
    reader.page.fill("#until", "1.5.2026")
    reader.click("button[value=paper]")
    assert reader.page.locator(".errors a[href='#until']").count() == 1
    reader.page.fill("#until", "31.12.2026")
    reader.click("button[value=paper]")
    reader.look(f"record-check-paper-{language}")
    reader.page.set_input_files("#scan", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"GIF89a"})
    reader.click("#record")
    reader.look(f"record-check-errors-{language}")
    reader.page.set_input_files("#scan", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": A_SCAN})
    reader.click("#record")
    reader.look(f"recorded-paper-{language}")

    reader.page.goto(reader.page.url + "/invalidate")
    reader.look(f"invalidate-{language}")
    reader.page.check("#cause")
    reader.click("button.hurts")
    reader.look(f"invalidated-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_papers_come_many_at_once_and_every_row_is_answered(world, reader, language):
    world.person()
    reader.sign_in(STEWARD, language)
    reader.open("/people")
    reader.click("main a[href='/imports']")
    reader.look(f"imports-{language}")
    reader.click("main form button")
    reader.look(f"imports-errors-{language}")
    good = f"a1;{HETU};{world.agreement_id};given;sote.palvelutarve;2026-02-01;fi;"
    rows = "\n".join([";".join(COLUMNS), good, good.replace(HETU, "120384-9127"), good.replace("given", "perhaps")])
    reader.page.set_input_files("#file", {"name": "x.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    reader.click("main form button")
    reader.look(f"imported-{language}")
    assert reader.page.locator("tbody tr").count() == 3

    find(reader)
    reader.look(f"client-unscanned-{language}")
    reader.click(".life a[href$='/scan']")
    reader.look(f"scan-later-{language}")
    reader.click("main form button")
    reader.look(f"scan-later-errors-{language}")
    reader.page.set_input_files("#scan", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": A_SCAN})
    reader.click("main form button")
    reader.look(f"scan-added-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mistaken_no_and_the_end_of_an_agreement_are_put_before_a_colleague(world, reader, colleague, language):
    person = world.person()
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
    reader.sign_in(STEWARD, language)
    find(reader)
    reader.look(f"client-life-{language}")
    reader.click(".life a[href$='/invalidate']")
    long_ago(world.owner)
    reader.page.check("#cause")
    reader.click("button.hurts")
    reader.look(f"invalidate-anew-{language}")
    reader.click("#anew a.button")
    reader.click(reader.page.get_by_role("button", name=STEWARD, exact=True))
    reader.look(f"invalidate-no-{language}")
    assert reader.page.is_checked("#cause")
    reader.click("button.hurts")
    reader.look(f"proposal-own-{language}")
    reader.open(f"/agreements/{world.agreement_id}/ending")
    reader.click("button.hurts")

    colleague.sign_in(COLLEAGUE, language)
    colleague.look(f"tasks-proposals-{language}")
    colleague.click("main .cards li:nth-child(1) a")
    colleague.look(f"proposal-no-{language}")
    colleague.click("button[value=accept]")
    colleague.open("/")
    colleague.click("main .cards a")
    colleague.look(f"proposal-agreement-{language}")
    colleague.click("button[value=accept]")
    colleague.look(f"agreement-ended-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_agreements_are_read_compared_and_printed(world, reader, language):
    world.grant(world.person(), "sote.palvelutarve", through=changes_of_will)
    world.announce(2, Change.MATERIAL, "Annan luvan nyt ja ymmärrän, mitä se tarkoittaa.")
    reader.sign_in(STEWARD, language)
    reader.look(f"tasks-anew-{language}")
    reader.click("nav.main a[href='/agreements']")
    reader.look(f"agreements-{language}")
    reader.click("main .cards a")
    reader.look(f"agreement-{language}")
    reader.click("main .acts a[href$='/preview']")
    reader.look(f"agreement-preview-{language}")
    reader.click("main .acts a")
    reader.click("main .acts a[href$='/form']")
    reader.look(f"blank-form-{language}")
    reader.click("main .acts a")
    reader.click("main .acts a[href$='/compare']")
    reader.look(f"compare-{language}")
    reader.click("main .acts a")
    reader.look(f"notice-{language}")
    reader.click("main dd a[href^='/recipients/']")
    reader.look(f"recipient-{language}")
    reader.click("footer a[href='/notices']")
    reader.look(f"notices-{language}")
    reader.click("footer a[href='/statutes']")
    reader.look(f"statutes-{language}")
    reader.click("nav.main a[href='/agreements']")
    reader.click("main .cards a")
    reader.click("main .acts a[href$='/ending']")
    reader.look(f"agreement-ending-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_sources_sent_is_read_row_by_row(world, owner, reader, language):
    rows, stopped = a_batch(owner), a_batch(owner, state="held", held=["tiedot.uusi is new, 12000 rows"])
    reader.sign_in(STEWARD, language)
    reader.look(f"tasks-{language}")

    reader.open("/sources")
    reader.look(f"sources-{language}")
    reader.open(f"/sources/{stopped}")
    reader.look(f"batch-{language}")
    reader.open(f"/quarantine/{rows}")
    reader.look(f"quarantine-{language}")
    reader.click("button.hurts")
    reader.look(f"quarantine-errors-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_is_not_there_and_a_sign_in_that_is_refused_are_pages_too(reader, language):
    reader.sign_in("Steward and auditor at once (is refused)", language)
    reader.look(f"not-signed-in-{language}")
    reader.sign_in(STEWARD, language)

    reader.click("footer a[href='/help']")
    reader.look(f"help-{language}")
    reader.open("/accessibility")
    reader.look(f"accessibility-{language}")
    reader.click("main a[href='/feedback']")
    reader.look(f"feedback-{language}")
    reader.click("main form button")
    reader.look(f"feedback-errors-{language}")
    reader.page.fill("#words", "Kohdistus katoaa.")
    reader.click("main form button")
    reader.look(f"feedback-sent-{language}")
    told = reader.page.url
    reader.open("/")
    reader.look(f"tasks-feedback-{language}")
    reader.click("main .cards a")
    reader.look(f"feedback-answer-{language}")
    reader.page.fill("#words", "Korjaamme sen.")
    reader.click("main form button")
    reader.page.goto(told)
    reader.look(f"feedback-answered-{language}")
    reader.open("/nothing")

    reader.look(f"not-found-{language}")


def test_the_whole_journey_works_with_scripts_off(chromium, world, origin):
    world.person()
    with chromium.new_context(locale="fi-FI", java_script_enabled=False) as context:
        reader = Reader(context.new_page(), origin)
        reader.sign_in(STEWARD)
        find(reader)
        reader.click("section[aria-labelledby=ask] a.button")
        reader.click("button[value=all]")
        reader.click("button[value=counter]")
        reader.click("#record")

        assert reader.page.inner_text("h1") == "Suostumus on kirjattu"


def test_the_keyboard_alone_leads_from_the_first_link_to_a_recorded_answer(world, reader):
    world.person()
    reader.sign_in(STEWARD)
    find(reader)
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.className") == "skip"
    reader.page.keyboard.press("Enter")

    for wanted in ("a.button[href*='/record/']", "button[value=all]", "button[value=counter]", "#record"):
        reader.tab_to(wanted)
        with reader.page.expect_navigation():
            reader.page.keyboard.press("Enter")

    assert reader.page.inner_text("h1") == "Suostumus on kirjattu"


def test_the_dark_scheme_and_text_twice_as_large_leave_nothing_unreadable(chromium, world, origin):
    person = world.person()
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    with chromium.new_context(locale="fi-FI", color_scheme="dark") as context:
        reader = Reader(context.new_page(), origin)
        reader.sign_in(STEWARD)
        find(reader)
        reader.look("client-dark")

        assert reader.twice_as_large("client-large") == []
