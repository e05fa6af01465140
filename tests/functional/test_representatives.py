"""Two guardians at a desk, in a real Chromium: taken by identity code, refused, in conflict, in three languages and at three widths."""

import pytest
from sqlalchemy import select

from consent.registry import By
from consent.tables import act
from db.clock import now
from publish import changes_of_will
from simulators.mandates import Kind
from tests.chromium import Reader, a_site
from tests.functional.test_pages import LANGUAGES, STEWARD, find
from tests.mandates import Told, a_register
from tests.published import HETU, SAVONLINNA, a_hetu

MOTHER, FATHER, STRANGER = (a_hetu("010180", number) for number in ("955", "956", "957"))

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(600)]


@pytest.fixture
def reader(chromium, web_login, keyring):
    told = Told()
    told.lets(HETU, MOTHER, FATHER, kind=Kind.CUSTODIAN)
    with (
        a_site(web_login, keyring, register=a_register(web_login, told)) as origin,
        chromium.new_context(locale="fi-FI") as context,
    ):
        yield Reader(context.new_page(), origin)


def asked(reader, answer):
    """Go to the step that asks who answers."""
    find(reader)
    reader.click("section[aria-labelledby=ask] a.button")
    reader.click(f"button[value={answer}]")


def comes(reader, hetu, *, send="button[value=counter]"):
    """A guardian says who they are; the code is typed nowhere else."""
    reader.page.check("#who-new")
    reader.page.check("#kind")
    reader.page.fill("#hetu", hetu)
    reader.click(send)


def confirmed(world):
    """A second steward accepts what waits."""
    second = By(user="idp-steward-2", role="steward", office=SAVONLINNA)
    with world.owner.transaction() as tx:
        act_id = tx.execute(select(act.c.act_id)).scalar_one()
        changes_of_will.confirm(tx, act_id=act_id, accepted=True, by=second, at=now())


@pytest.mark.parametrize("language", LANGUAGES)
def test_guardians_are_taken_at_the_desk_and_their_conflict_is_seen(world, reader, language):
    world.person(born="2012-03-12")
    reader.sign_in(STEWARD, language)
    asked(reader, "all")
    assert not reader.page.locator("#hetu").is_visible()
    reader.look(f"speakers-of-a-minor-{language}")
    comes(reader, STRANGER)
    assert reader.page.input_value("#hetu") == ""
    reader.look(f"speakers-refused-{language}")
    comes(reader, MOTHER)
    reader.look(f"speakers-check-{language}")
    reader.click("#record")
    reader.look(f"speakers-recorded-{language}")

    asked(reader, "part")
    reader.page.check("#who")
    reader.look(f"speakers-alone-{language}")
    confirmed(world)
    find(reader)
    reader.click("section[aria-labelledby=consents] a.button")
    reader.page.check("#who-new")
    reader.look(f"speakers-known-{language}")
    comes(reader, FATHER, send="button.hurts")
    find(reader)
    reader.look(f"speakers-conflict-{language}")

    assert reader.page.locator("section[aria-labelledby=representatives] .item").count() == len((MOTHER, FATHER))
    assert reader.page.locator("section[aria-labelledby=conflict-1]").is_visible()
    reader.click("section[aria-labelledby=denials] a.button")
    reader.look(f"speakers-deny-{language}")
    assert MOTHER not in reader.page.content()
