"""Papers sent as a file: each row answered by its line, a refused one unrecorded and named, no identity code shown again."""

import pytest
from sqlalchemy import func, select

from consent.tables import act
from publish.importing import MOST_BYTES
from tests.integration.test_web_steward import types
from tests.pages import a_browser
from tests.published import HETU, a_hetu

HEADER = "key;hetu;agreement_id;answer;categories;signed_on;language;valid_until"
NEED = "sote.palvelutarve"
ELSEWHERE = a_hetu("020291", "901")
NOT_FOUND = {
    "fi": "Toimistollasi ei ole asiakasta, jolla on tämä henkilötunnus.",
    "sv": "Ditt kontor har ingen klient med denna personbeteckning.",
    "en": "Your office has no client with this identity code.",
}
HETU_FIELD = {"fi": "Henkilötunnus (hetu)", "sv": "Personbeteckning (hetu)", "en": "Identity code (hetu)"}


@pytest.fixture
def steward(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("steward-1")
        browser.world = world
        yield browser


def recorded(owner):
    with owner.read() as read:
        return read.execute(select(func.count()).select_from(act)).scalar_one()


def row(steward, key, hetu=HETU, *, answer="given", signed_on="2026-02-01", until=""):
    return f"{key};{hetu};{steward.world.agreement_id};{answer};{NEED};{signed_on};fi;{until}"


def sent(steward, *rows, header=HEADER):
    return steward.upload("/imports", "file", "\n".join((header, *rows)).encode(), called=f"{HETU}.csv")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_of_a_file_with_half_its_rows_broken_every_row_is_answered_and_the_good_half_recorded(steward, owner, language):
    steward.world.person()
    steward.world.person(ELSEWHERE, municipality="491")
    steward.get(f"/language/{language}?back=/")
    rows = (
        row(steward, "a1"),
        row(steward, "a2", "120384-9127"),
        row(steward, "a3", answer="refused", signed_on="2026-03-01"),
        row(steward, "a4", ELSEWHERE),
        row(steward, "a5", signed_on="2026-04-01", until="2026-12-31"),
        row(steward, "a6", until="2026-01-01"),
    )

    answer = sent(steward, *rows)
    page = steward.get(answer.headers["location"]).text

    assert answer.status_code == 303
    assert recorded(owner) == 3
    assert page.count('class="tag good"') == page.count('class="tag no"') == 3
    assert [page.count(f'class="number">{line}</th>') for line in range(2, 8)] == [1] * 6
    assert page.count(HETU_FIELD[language]) == 2
    assert NOT_FOUND[language] in page
    assert not any(hetu in page for hetu in (HETU, ELSEWHERE, "120384-9127"))


def test_another_offices_client_is_nobody_and_each_look_up_is_in_the_log(steward, owner, log):
    steward.world.person(ELSEWHERE, municipality="491")

    there = steward.get(sent(steward, row(steward, "a1", ELSEWHERE)).headers["location"]).text
    nobody = steward.get(sent(steward, row(steward, "a1", a_hetu("010180", "902"))).headers["location"]).text

    token = 'name="form" value="'
    assert there.partition("<main")[2] == nobody.partition("<main")[2]
    assert token in there
    assert types(owner, log).count("person.searched") == 2
    assert recorded(owner) == 0


def test_only_the_refused_are_shown_on_demand_and_long_answers_page_by_page(steward):
    rows = [row(steward, f"a{number}", "120384-9127") for number in range(101)]

    address = sent(steward, *rows).headers["location"]
    first = steward.get(address).text
    second = steward.get(f"{address}?after=101").text

    assert first.count('class="tag no"') == 100
    assert 'href="?after=101"' in first
    assert second.count('class="tag no"') == 1
    assert "Rivejä oli yli 100" in first
    assert steward.get(f"{address}?only=refused").text.count('class="tag no"') == 100


def test_the_same_file_sent_again_records_nothing_more(steward, owner):
    steward.world.person()

    for _ in range(2):
        assert sent(steward, row(steward, "a1")).status_code == 303

    assert recorded(owner) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "CSV-tiedosto: valitse tiedosto"),
        (HEADER.encode(), "CSV-tiedosto: valitse tiedosto"),
        (b"x;y\n1;2", "CSV-tiedosto: ensimmäisen rivin sarakkeet"),
        (b"\xff\xfe\x00", "CSV-tiedosto: tiedosto on liian suuri"),
        (HEADER.encode() + b"\n;;;;;;;" * 1001, "CSV-tiedosto: tiedosto on liian suuri"),
        (b"x" * (MOST_BYTES + 200_000), "CSV-tiedosto: tiedosto on liian suuri"),
    ],
)
def test_what_is_no_file_of_papers_is_refused_in_a_sentence(steward, owner, body, said):
    answer = steward.upload("/imports", "file", body)

    assert answer.status_code == 422
    assert said in answer.text
    assert recorded(owner) == 0


def test_the_answers_of_one_session_are_not_there_in_another(steward, web_login, keyring):
    address = sent(steward, row(steward, "a1")).headers["location"]

    with a_browser(web_login, keyring) as colleague:
        colleague.sign_in("steward-2")
        assert colleague.get(address).status_code == 404
    assert steward.get(address).status_code == 200


def test_the_page_names_what_the_office_may_ask_by_the_codes_of_the_file(steward):
    page = steward.get("/imports").text

    assert str(steward.world.agreement_id) in page
    assert f"<code>{NEED}</code>" in page
