"""A steward sees that an ending has come through: the signed proof, its place in the log, and who was told of a standing no."""

import re

import pytest

from consent.tables import denial
from publish import changes_of_will
from publish.queries.outbox import about
from tests.integration.test_web_feed import published
from tests.integration.test_web_steward import NEED, opened, rows, types
from tests.pages import a_browser
from tests.published import HETU


@pytest.fixture
def steward(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("steward-1")
        yield browser


@pytest.fixture
def withdrawn(world, steward):
    """The page of a withdrawal."""
    world.grant(world.person(), NEED, through=changes_of_will)
    return steward.post(f"{opened(steward)}/consents/{world.agreement_id}/withdraw").headers["location"]


def test_the_proof_of_a_withdrawal_is_handed_over_signed_and_the_look_is_logged(steward, withdrawn, owner, log):
    before = types(owner, log).count("person.viewed")

    answer = steward.get(f"{withdrawn}/proof")

    assert answer.headers["content-type"].startswith("application/jwt")
    assert re.fullmatch(r'attachment; filename="proof-[0-9a-f-]{36}.jwt"', answer.headers["content-disposition"])
    assert answer.text.count(".") == 2
    assert types(owner, log).count("person.viewed") == before + 1


def test_the_page_of_a_withdrawal_names_its_place_in_the_log_once_that_is_sealed(steward, withdrawn, owner, log):
    log.settle(owner)

    page = steward.get(withdrawn).text

    assert re.search(r"Vuoden \d{4} loki, merkintä [\d\s]+\. Allekirjoitettu tarkastuspiste kattaa", page)
    assert f'href="{withdrawn}/proof"' in page


def test_a_yes_has_no_proof_of_an_ending(world, steward):
    act_id = world.grant(world.person(), NEED, through=changes_of_will).act_id

    assert steward.get(f"{opened(steward)}/acts/{act_id}/proof").status_code == 404


def test_the_page_of_a_standing_no_names_who_was_told_of_it(world, steward, owner, web_login):
    published(world)
    address = opened(steward)
    check = steward.post(f"{address}/deny", {"what": "all", "whom": "anybody", "who": "self"}).headers["location"]
    steward.post(check)
    (row,) = rows(owner, denial)

    page = steward.get(f"{address}/denials/{row.denial_id}").text

    with web_login.read() as read:
        assert len(about(read, row.denial_id)) == 1
    assert '<th scope="row">Savonlinna</th>' in page
    assert "ei vielä" in page
    assert HETU not in page


def test_a_standing_no_that_nobody_had_to_be_told_of_says_so_and_stays_readable_once_lifted(world, steward, owner):
    world.person()
    address = opened(steward)
    check = steward.post(f"{address}/deny", {"what": "sote", "whom": "anybody", "who": "self"}).headers["location"]
    steward.post(check)
    (row,) = rows(owner, denial)
    steward.post(f"{address}/denials/{row.denial_id}/lift")

    page = steward.get(f"{address}/denials/{row.denial_id}").text

    assert "kenellekään ei ollut kerrottavaa" in page
    assert "Poistettu" in page
