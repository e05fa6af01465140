"""The machine API as its callers meet it: the app over a test's database and sequencer, and a municipal system in front of it."""

import json
from contextlib import contextmanager

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from starlette.testclient import TestClient

from db.clock import now
from simulators.municipality import Key, Municipality
from tests.logs import entries
from web.app import create_app
from web.settings import WebSettings

ISSUER = "https://luukku.example"
TYO, TYM = "TYO-380-2023", "TYM-381-2023"
ALL = ("people:resolve", "view:read", "changes:read", "consents:read", "decisions:ask")
"""Every scope of a municipality's system."""
PLAN = '[{"plan_type":"05","state":"VOIMASSA","signed":"2026-01-15","review":"2026-04-15"}]'
PERIOD = '[{"code":"02","from":"2025-02-20"}]'
NEED = '[{"open":true,"recorded":"2026-05-28","county":"12"}]'
NAMES = '[{"family_name":"Esimerkki","given_names":"Aino Maria","birth_date":"1984-03-12","language":"fi","jobseeker_since":"2025-02-20"}]'


class Http:
    """The app as an HTTP client for the stand-in; time-outs are the network's, and there is none."""

    def __init__(self, client):
        self.client = client

    def post(self, url, *, timeout=None, **given):
        return self.client.post(url, **given)

    def request(self, method, url, *, timeout=None, **given):
        return self.client.request(method, url, **given)


@contextmanager
def the_app(web_login, sealer, keyring, *, clock=now, **settings):
    """A client of the app."""
    told = WebSettings(**{"issuer": ISSUER, "version": "1.0.0"} | settings)
    app = create_app(web_login, sealer, told, keyring, clock)
    with TestClient(app, base_url=ISSUER) as client:
        yield client


def a_system(world, http, client_id="sln-asiakastyo", *, user="w-7c1e", **registered):
    """A registered system with keys of its own."""
    key = Key.make()
    world.system(client_id, key, **registered)
    asked = {"scopes": " ".join(registered["scopes"])} if "scopes" in registered else {}
    return Municipality(base=ISSUER, client_id=client_id, assertion_key=key, user=user, http=Http(http), **asked)


def view(system, ref, *, purpose=TYO, query="", method="GET", body=None):
    """Read the view of a person."""
    return system.call(method, f"/v1/people/{ref}/support-view{query}", purpose=purpose, case="SLN-1", body=body)


def resolve(system, hetu, *, purpose=TYO):
    """Ask for a person's reference."""
    return system.call("POST", "/v1/people/resolve", purpose=purpose, case="SLN-1", body={"hetu": hetu})


def sealed(owner, before):
    """Read the events sealed since there were ``before``."""
    return [json.loads(row.entry) for row in entries(owner)[before:]]


def categories(answer):
    """Name the sections of an answer."""
    return [section["category"] for section in answer.json()["sections"]]


def kind(answer):
    """Name the problem of an answer."""
    return answer.json()["type"].rpartition("/")[2]


def fits(http, name, answer):
    """Tell whether an answer is of the schema that the API's description names."""
    document = http.get("/v1/openapi.json").json()
    whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return list(Draft202012Validator(whole).iter_errors(answer.json())) == []
