"""Every page of the steward in a false language that puts brackets round each message: what stands outside was forgotten."""

import re

import html5lib
import pytest

from consent.model import Change
from publish import changes_of_will
from publish.importing import COLUMNS
from tests.integration.test_web_steward import NEED, act, denial, find, opened, recorded, rows
from tests.pages import a_browser
from tests.published import HETU, SAVONLINNA
from tests.quarantined import a_batch
from web.pages import languages, texts
from web.pages.words import Words

DATA = re.compile(
    r"381/2023|STATUTE_[A-Z]+"
    r"|Luukku|suomi|svenska|English|Savonlinna|Mikkeli|Etelä-Savon hyvinvointialue|KEHA-keskus|Kela|Annan luvan\.|[0-9A-Z]{4}-[0-9A-Z]{2}"
    r"|SHA-256 [0-9a-f]{64}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}|part 0, row \d+|Tyollisyysjakso|alku_pvm|reason here"
    r"|key|hetu|agreement_id|answer|categories|signed_on|language|valid_until|sote\.[a-z-]+|PDF|kB|tietosuoja@om\.fi|PL|Helsinki"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+|[✓✕!?§=*:,·→☐+−.-]|-"
)
"""Names, codes, dates and signs, which are the same in every language."""


@pytest.fixture
def bracketed(monkeypatch):
    """Every message and every word of the domain in brackets."""
    catalogue, of = texts.catalogue, Words.of

    def wrapped(name):
        return {key: {code: f"⟦{text}⟧" for code, text in message.items()} for key, message in catalogue(name).items()}

    monkeypatch.setattr(texts, "catalogue", wrapped)
    monkeypatch.setattr(Words, "of", lambda self, text: f"⟦{of(self, text)}⟧")
    for name in ("day", "last_day", "moment", "birthday"):
        monkeypatch.setattr(languages, name, lambda *_, **__: "⟦a time⟧")


@pytest.fixture
def steward(world, web_login, keyring, bracketed):
    with a_browser(web_login, keyring) as browser:
        browser.world = world
        browser.sign_in("steward-1")
        yield browser


def outside(page):
    """The words of a page that stand in no brackets and are no data."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    said = [text for part in tree.iter() for text in (part.text, part.tail)]
    said += [part.get(name) for part in tree.iter() for name in ("aria-label", "title", "alt", "label")]
    without = re.sub(r"⟦[^⟦⟧]*(?:⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧", "", "\n".join(text for text in said if text))
    return DATA.sub("", without).split()


def pages(browser, owner):
    """Yield every page by name."""
    world = browser.world
    person = world.person()
    yield "sign-in", browser.get("/sign-in")
    yield "not found", browser.get("/nothing")
    yield "find", browser.get("/people")
    yield "find with errors", find(browser, "x", "")
    recorded(browser, world)
    waiting = rows(owner, act)[0].act_id
    world.grant(person, NEED, through=changes_of_will)
    address, given = opened(browser), rows(owner, act)[-1].act_id
    refused, stopped = a_batch(owner), a_batch(owner, state="held", held=["reason here"])
    base = f"{address}/record/{world.agreement_id}"
    for path in ("/", "/sources", f"/sources/{stopped}", f"/quarantine/{refused}", f"/confirm/{waiting}"):
        yield path, browser.get(path)
    yield from pages_of_a_consent(browser, f"{address}/consents/{world.agreement_id}", waiting)
    check = browser.post(f"{address}/deny", {"what": "sote", "whom": "anybody"}).headers["location"]
    for path in (
        address,
        base,
        f"{address}/acts/{given}",
        f"{address}/acts/{given}/invalidate",
        f"{address}/deny",
        check,
    ):
        yield path, browser.get(path)
    pause = f"{address}/consents/{world.agreement_id}/pause"
    yield "pause", browser.get(pause)
    browser.post(pause, {"do": "pause"})
    yield "paused", browser.get(address)
    yield "lift a pause", browser.get(pause)
    browser.post(pause, {"do": "lift"})
    withdraw = f"{address}/consents/{world.agreement_id}/withdraw"
    yield withdraw, browser.get(withdraw)
    yield "why", browser.get(f"{address}/why/0166906-4/{NEED}")
    yield "withdrawn", browser.get(browser.post(withdraw).headers["location"])
    browser.post(check)
    no = f"{address}/denials/{rows(owner, denial)[0].denial_id}/invalidate"
    yield "invalidate a no", browser.get(no)
    yield "a no", browser.get(no.removesuffix("/invalidate"))
    yield "proposal", browser.get(browser.post(no, {"cause": "wrong_person"}).headers["location"])
    yield "imports", browser.get("/imports")
    yield "imports without a file", browser.upload("/imports", "file", b"")
    table = f"{';'.join(COLUMNS)}\na1;x;x;x;x;x;x;\na2;{HETU};{world.agreement_id};withdrawn;{NEED};2026-02-01;fi;"
    yield "imported", browser.get(browser.upload("/imports", "file", table.encode()).headers["location"])
    later = re.search(r'href="(/people/[^"]+/scan)"', browser.get(address).text)[1]
    yield "scan later", browser.get(later)
    yield "scan later without a file", browser.upload(later, "scan", b"")
    yield "paper", paper(browser, base)
    yield "lift", browser.get(f"{address}/denials/{rows(owner, denial)[0].denial_id}/lift")
    world.announce(2, Change.EDITORIAL, "Annan luvan. Annan luvan.")
    for rest in (
        "",
        f"/{world.agreement_id}",
        *(f"/{world.agreement_id}/{each}" for each in ("form", "ending", "preview")),
    ):
        yield rest, browser.get(f"/agreements{rest}")
    yield from pages_for_everybody(browser)
    yield from pages_of_feedback(browser)
    yield "signed out", browser.get(browser.post("/sign-out").headers["location"])


def pages_for_everybody(browser):
    """Yield the pages of the register."""
    texts_of = f"/notices/{browser.world.agreement_id}"
    for path in ("/notices", texts_of, f"{texts_of}/compare", "/statutes", f"/recipients/{SAVONLINNA}"):
        yield path, browser.get(path)


def pages_of_a_consent(browser, consent, waiting):
    """Yield the pages on which a consent is renewed, and ended by its controller."""
    yield "revoke", browser.get(f"{consent}/revoke")
    yield "pause all", browser.get(f"{consent.partition('/consents')[0]}/pause")
    yield "renew what waits", browser.get(f"{consent}/renew")
    browser.sign_in("steward-2")
    browser.post(f"/confirm/{waiting}", {"word": "reject"})
    browser.sign_in("steward-1")
    yield "renew", browser.get(f"{consent}/renew")


def pages_of_feedback(browser):
    """Yield the pages on which somebody tells of a fault and a steward answers."""
    yield "feedback", browser.get("/feedback")
    yield "feedback without a word", browser.post("/feedback", {"words": ""})
    told = browser.post("/feedback", {"words": "⟦x⟧"}).headers["location"]
    yield "feedback sent", browser.get(told)
    task = re.search(r'href="(/answers/[^"]+)"', browser.get("/").text)[1]
    yield "feedback to answer", browser.get(task)
    browser.post(task, {"words": "⟦y⟧"})
    yield "feedback answered", browser.get(told)


def paper(browser, base):
    """The last step of a paper, sent without its scan."""
    sha256 = browser.get(base).text.partition('name="sha256" value="')[2][:64]
    how = browser.post(base, {"answer": "all", "language": "fi", "sha256": sha256}).headers["location"]
    check = browser.post(how, {"channel": "paper", "signed_on": "1.6.2026", "until": "31.12.2026"}).headers["location"]
    return browser.upload(check, "scan", b"GIF89a")


def test_a_word_outside_the_brackets_is_found():
    assert outside('<p lang="fi" title="there">⟦in ⟦deep⟧ it⟧ hello 12.3.2026</p>') == ["hello", "there"]


def test_no_page_says_anything_that_is_in_no_catalogue(steward, owner):
    found = {name: outside(page.text) for name, page in pages(steward, owner)}

    assert {name: words for name, words in found.items() if words} == {}
    assert len(found) > 15
