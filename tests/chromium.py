"""Pages in a real Chromium: the site and its identity provider on loopback, and what every page is held to."""

import base64
import re
import socket
import threading
import time
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import html5lib
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # it ships no types
from fastapi import FastAPI
from playwright.sync_api import sync_playwright

from db.clock import now
from simulators.identity_provider import Client, IdentityProvider
from tests.pages import Waiting
from web.app import create_app
from web.pages.visit import Doors
from web.settings import WebSettings
from web.sign_in.pages import BACK
from web.sign_in.provider import reached
from web.sign_in.settings import SignInSettings
from web.site import create_site

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WIDTHS = (320, 768, 1280)
OUTPUT = Path(__file__).parents[1] / "test-output" / "pages"
SECRET = "a secret of tests"
START_S = 10
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = "options => axe.run(options).then(found => found.violations.map(each => [each.id, each.nodes[0].html]))"
SMALLEST_TARGET = 24
MOST_TABS = 60
SEEN = """
() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return getComputedStyle(e).outlineStyle !== 'none' && (e.contains(over) || over.contains(e));
}
"""
WIDE_AND_TOO_SMALL = """
smallest => [document.documentElement.scrollWidth,
  [...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
  .filter(e => e.offsetParent !== null && getComputedStyle(e).display !== 'inline')
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < smallest || box.height < smallest)).map(([html]) => html)]
"""


@contextmanager
def a_chromium(program):
    """One browser, for the tests of a file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def a_site(web_login, keyring, *, clock=now, store=None, register=None):
    """The site on a port of its own, with its provider on another; gives its address."""
    ours, theirs = _listening(), _listening()
    origin, issuer = _address(ours), f"{_address(theirs)}/identity"
    idp = FastAPI()
    idp.include_router(IdentityProvider(issuer, Client("luukku", SECRET, (f"{origin}{BACK}",))).router())
    told = SignInSettings(issuer=issuer, client_id="luukku", secret=SECRET, redirect_uri=f"{origin}{BACK}")
    log = Waiting(web_login)
    doors = Doors(
        database=web_login, sealer=log, store=store, keyring=keyring, clock=clock, origin=origin, register=register
    )
    with reached(told) as provider:
        app = create_app(
            web_login,
            None,
            WebSettings(issuer=origin, version="1.0.0"),
            keyring,
            clock,
            pages=create_site(doors, provider),
        )
        with _served(idp, theirs), _served(app, ours):
            yield origin


class Reader:
    """Somebody at a browser window, who looks at each page as every reader has to be able to read it."""

    def __init__(self, page, origin):
        self.page = page
        self.origin = origin
        self.clicks = 0

    def sign_in(self, label, language="fi"):
        """Sign in with the account of this label, and read in this language; straight to the provider, past the page that leads there."""
        self.page.goto(f"{self.origin}/language/{language}?back=/sign-in/go")
        self.choose(label)

    def choose(self, label):
        """Choose the account of this label at the provider, and come back to the site."""
        with self.page.expect_navigation(url=f"{self.origin}/**"):
            self.page.get_by_role("button", name=label, exact=True).click()

    def open(self, address):
        """Open a page of the site."""
        self.page.goto(self.origin + address)

    def click(self, wanted):
        """Click what this selector finds first, or this locator, wait for the page that it leads to, and count it."""
        self.clicks += 1
        with self.page.expect_navigation():
            (self.page.locator(wanted).first if isinstance(wanted, str) else wanted).click()

    def download(self, selector):
        """Click what leads to a file, and give the file."""
        with self.page.expect_download() as file:
            self.page.locator(selector).first.click()
        return file.value

    def tab_to(self, selector):
        """Go on by the Tab key until an element has the focus, its ring visible and nothing over it."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                assert self.page.evaluate(SEEN), f"{selector} has the focus and it cannot be seen"
                return
        raise AssertionError(f"{selector} is not reached by the Tab key")

    def look(self, name, *, scripted=False):
        """Hold the page to what all pages are held to, at each width, and keep pictures of it; only the verifier computes by itself."""
        found = [*_strict(self.page.content(), scripted=scripted), *self._by_axe()]
        pictured = self._pictured()
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            found += [f"{width} px: {each}" for each in self._at_width(width)]
            if width in pictured:
                self._picture(f"{name}-{width}")
        assert found == [], f"{name}: " + "\n".join(found)

    def hand_over(self, name):
        """Print the page, as a file and as it looks on paper; give what of it is still there to click."""
        self.page.emulate_media(media="print")
        self.page.screenshot(path=OUTPUT / f"{name}-printed.png", full_page=True)
        self.page.pdf(path=OUTPUT / f"{name}.pdf", format="A4")
        left = self.page.locator("header:visible, nav:visible, footer:visible, button:visible").count()
        self.page.emulate_media(media="screen")
        return left

    def twice_as_large(self, name):
        """Double the size of all text, and say what then does not fit; a page needs no width of its own (WCAG 1.4.4)."""
        width = WIDTHS[-1]
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate("document.documentElement.style.fontSize = '225%'")
        self.page.screenshot(path=OUTPUT / f"{name}-{width}.png", full_page=True)
        return list(self._at_width(width))

    def _pictured(self):
        """In Finnish at each width; in the other languages at the smallest, where long words have the least room."""
        return WIDTHS if self.page.evaluate("document.documentElement.lang") == "fi" else WIDTHS[:1]

    @cached_property
    def _devtools(self):
        return self.page.context.new_cdp_session(self.page)

    def _picture(self, name):
        """Keep a picture of the whole page, packed loosely: packing it well takes longer than drawing it."""
        taken = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True}
        OUTPUT.mkdir(parents=True, exist_ok=True)
        picture = self._devtools.send("Page.captureScreenshot", taken)["data"]
        (OUTPUT / f"{name}.png").write_bytes(base64.b64decode(picture))

    def _by_axe(self):
        """Ask axe, whose half a million letters are sent past what wraps each call for the page: that took twice as long."""
        sent = self._devtools.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
        assert "exceptionDetails" not in sent
        found = self.page.evaluate(VIOLATIONS, {"runOnly": RULES, "resultTypes": ["violations"]})
        return [f"axe {rule}: {html[:200]}" for rule, html in found]

    def _at_width(self, width):
        wide, too_small = self.page.evaluate(WIDE_AND_TOO_SMALL, SMALLEST_TARGET)
        if wide > width:
            yield f"scrolls sideways, {wide} px"
        for html in too_small:
            yield f"a target smaller than {SMALLEST_TARGET} px: {html}"


def _strict(text, *, scripted=False):
    """What a strict parser, and our policy, find wrong with a page."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    yield from (f"html: {code} at {place}" for place, code, _ in parser.errors)
    yield from (
        f"not allowed: {each}"
        for each in re.findall(r"\sstyle=|\son\w+=" if scripted else r"<script|\sstyle=|\son\w+=", text)
    )
    ids = re.findall(r'\sid="([^"]+)"', text)
    yield from (f"id twice: {each}" for each in {each for each in ids if ids.count(each) > 1})
    yield from (
        f"points nowhere: {each}" for each in set(re.findall(r'\s(?:for|aria-labelledby)="([^"]+)"', text)) - set(ids)
    )


def _listening():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


def _address(listening):
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def _served(app, listening):
    """Serve an app on a socket in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    end = time.monotonic() + START_S
    while not server.started and time.monotonic() < end:
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join(START_S)
    listening.close()
