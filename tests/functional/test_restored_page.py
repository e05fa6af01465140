"""Two stewards deal with what a restore lost, in a real Chromium: the task, the page, its faults, the proposal, nothing left of it."""

import pytest

from consent import closing
from db.clock import now
from tests.chromium import Reader

STEWARD, COLLEAGUE = "Data steward, Savonlinna", "Second data steward, Savonlinna"

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture
def colleague(chromium, origin):
    with chromium.new_context(locale="fi-FI") as context:
        yield Reader(context.new_page(), origin)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_sharing_by_consent_is_opened_again_by_two_from_the_tasks(world, reader, colleague, language):
    with world.owner.transaction() as tx:
        closing.close(tx, log=2026, first=1_204, last=1_377, at=now())
    reader.sign_in(STEWARD, language)
    reader.look(f"tasks-lost-{language}")

    reader.click("main .cards a")
    reader.look(f"restored-{language}")
    reader.click("main form button")
    reader.look(f"restored-errors-{language}")
    reader.page.fill("#why", "The letters of the week were recorded again.")
    reader.page.check("#done")
    reader.click("main form button")
    reader.look(f"restored-proposed-{language}")

    colleague.sign_in(COLLEAGUE, language)
    colleague.click("main .cards a[href^='/proposals/']")
    colleague.look(f"restored-proposal-{language}")
    colleague.click("button[value=accept]")

    assert colleague.page.locator("main .cards").count() == 0
