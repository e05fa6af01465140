"""The pages as their readers meet them: the site over a test's database, an identity provider beside it, and somebody at a browser."""

import re
from contextlib import contextmanager
from datetime import timedelta

from fastapi import FastAPI
from starlette.testclient import TestClient

from audit.disclosure import Sealed
from audit.log import record
from db.clock import now
from simulators.identity_provider import Client, IdentityProvider
from web.app import create_app
from web.pages.languages import HELSINKI
from web.pages.visit import Doors
from web.settings import WebSettings
from web.sign_in.pages import BACK
from web.sign_in.provider import Provider
from web.sign_in.settings import SignInSettings
from web.site import create_site

ORIGIN = "https://luukku.example"
ISSUER = "https://idp.example/identity"
SECRET = "a secret of tests"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Clock:
    """The time, which a test lets pass."""

    passed = timedelta()

    def __call__(self):
        return now() + self.passed


def today():
    """The day in Finland, by which pages and letters count: for two or three hours of each night it is not UTC's."""
    return now().astimezone(HELSINKI).date()


def from_now(seconds):
    """A time as tokens tell it, in whole seconds, counted when the test runs and not when it is collected."""
    return int(now().timestamp()) + seconds


class Http:
    """The provider's app as an HTTP client; time-outs are the network's, and there is none."""

    def __init__(self, client):
        self.client = client

    def request(self, method, url, *, timeout=None, **given):
        return self.client.request(method, url, **given)


class Waiting:
    """A log whose sequencer is not at work: what is sealed stands in the inbox, where tests read it or a sequencer takes it up."""

    def __init__(self, database):
        self.database = database

    def seal(self, disclosure):
        """Put the event where a sequencer finds it."""
        with self.database.transaction() as tx:
            record(tx, disclosure.event)
        return Sealed(log="0", index=0, size=0)

    def reachable(self):
        """Say that it can be asked."""
        return True


class Browser:
    """Somebody at a browser: follows the way to the provider and back, and sends forms as a browser does."""

    def __init__(self, site, provider):
        self.site = site
        self.provider = provider

    def sign_in(self, account, *, back="/", query=""):
        """Sign in with an account, and give what the site answers at the end of the way."""
        return self.come_back(self.go(account, back=back, query=query))

    def sign_in_anew(self, account, *, back="/"):
        """Prove anew who one is, with an account, and give what the site answers at the end of the way."""
        return self.come_back(self.go(account, back=back, way="anew"))

    def go(self, account, *, back="/", query="", way="go"):
        """Go to the provider and choose an account; give the address it sends the browser back to."""
        sent = self.site.get(f"/sign-in/{way}?back={back}{query}", follow_redirects=False)
        page = self.provider.get(sent.headers["location"])
        assert page.status_code == 200, page.text
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        fields |= dict(sent.next_request.url.params) | {"account": account}
        return self.provider.post(f"{ISSUER}/authorize", data=fields, follow_redirects=False).headers["location"]

    def come_back(self, address):
        """Open the address that the provider sent the browser to."""
        return self.site.get(address.removeprefix(ORIGIN), follow_redirects=False)

    def get(self, address, **given):
        """Open a page."""
        return self.site.get(address, follow_redirects=False, **given)

    def post(self, address, fields=None, *, headers=SAME_ORIGIN, token=None):
        """Send a form of the page that was open."""
        sent = {"form": token if token is not None else self.token()} | (fields or {})
        return self.site.post(address, data=sent, headers=headers, follow_redirects=False)

    def upload(self, address, name, body, fields=None, *, called="scan", headers=SAME_ORIGIN):
        """Send a form with a file."""
        sent = {"form": self.token()} | (fields or {})
        files = {name: (called, body)}
        return self.site.post(address, data=sent, files=files, headers=headers, follow_redirects=False)

    def token(self):
        """Read the form token off a page."""
        found = re.search(r'name="form" value="([0-9a-f]{64})"', self.site.get("/sign-in").text)
        return found.group(1) if found else ""


def settings(**changes):
    """How the tests' site knows its provider."""
    known = {"issuer": ISSUER, "client_id": "luukku", "secret": SECRET, "redirect_uri": f"{ORIGIN}{BACK}"}
    return SignInSettings(**known | changes)


def a_provider():
    """The stand-in that knows the tests' site."""
    return IdentityProvider(ISSUER, Client("luukku", SECRET, (f"{ORIGIN}{BACK}",)))


@contextmanager
def a_browser(web_login, keyring, sealer=None, *, clock=now, idp=None, store=None, register=None):
    """A browser in front of the site; ``store``: where scans rest, ``register``: who tells of mandates; None where there is none."""
    idp = idp or a_provider()
    provider_app = FastAPI()
    provider_app.include_router(idp.router())
    told = WebSettings(issuer=ORIGIN, version="1.0.0")
    told_to = sealer or Waiting(web_login)
    doors = Doors(
        database=web_login,
        sealer=told_to,
        store=store,
        keyring=keyring,
        clock=clock,
        origin=ORIGIN,
        register=register,
    )
    with TestClient(provider_app, base_url=ISSUER) as provider:
        pages = create_site(doors, Provider(settings(), Http(provider)))
        app = create_app(web_login, sealer, told, keyring, clock, pages=pages)
        with TestClient(app, base_url=ORIGIN) as site:
            yield Browser(site, provider)
