"""The API's own description: the version X-Road takes, every route with its scope and event, and schemas that the answers fit."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from audit.catalogue import EventType
from db.keys import Keyring
from publish import answer
from publish.answer import Shown, Why
from publish.assembly import text_of
from schemas.view.sote import ContactPerson
from schemas.view.te import Plan, PlanTask
from schemas.vocabulary import Category, Ground
from web import problems
from web.app import create_app
from web.problems import Kind
from web.scopes import Scope
from web.settings import WebSettings

AT = datetime(2026, 6, 4, 6, 12, 9, tzinfo=UTC)
TILES = {"/log/{log}/checkpoint", "/log/{log}/tile/{row}/{rest:path}"}
"""Theirs is another description: C2SP's tlog-tiles."""
HIDDEN = {"/healthz", "/readyz", "/v1/openapi.json", "/.well-known/receipt-keys.json", *TILES}


@pytest.fixture(scope="module")
def app():
    return create_app(None, None, WebSettings(issuer="https://luukku.example", version="1.2.3"), Keyring.for_tests())


@pytest.fixture(scope="module")
def document(app):
    return TestClient(app).get("/v1/openapi.json").json()


def operations(document):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def fits(document, schema, value):
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_the_description_is_of_exactly_the_version_that_x_road_takes(document):
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "1.2.3"
    assert len(json.dumps(document)) < 10 * 2**20


def test_the_description_is_a_valid_one(document):
    validate(document)


def test_every_route_is_described_and_names_its_scope_and_its_event(app, document):
    routes = {
        f"{method} {route.path}"
        for route in app.routes
        for method in route.methods - {"HEAD"}
        if route.path not in HIDDEN
    }

    assert {name for name, _ in operations(document)} == routes
    for name, operation in operations(document):
        assert operation["x-luukku-scope"] in ("none", *Scope), name
        assert operation["x-luukku-event"] in ("none", *EventType), name


def test_every_problem_that_an_operation_names_is_one_and_stands_under_its_status(document):
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if problems.MEDIA_TYPE in response.get("content", {}):
                for kind in response["description"].split(", "):
                    assert str(problems.FORMS[Kind(kind)].status.value) == status, name


def test_no_operation_promises_an_answer_that_echoes_its_input(document):
    assert "HTTPValidationError" not in json.dumps(document)


def test_each_operation_with_a_body_gives_an_example_that_fits(document):
    for name, operation in operations(document):
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            assert list(Draft202012Validator(content["schema"]).iter_errors(content["example"])) == [], name


def test_a_view_fits_its_schema_and_more_than_it_may_show_does_not(document):
    plan = Plan(
        plan_type="05",
        state="VOIMASSA",
        signed=AT.date(),
        review=None,
        ended=None,
        tasks=(PlanTask(code="002", due=None, handled=False, handled_on=None),),
    )
    shown = [
        Shown(
            category=category,
            controller="2296962-1",
            text=text_of([item]),
            as_of=AT,
            fresh=True,
            why=Why(kind=Ground.CONSENT, key="CONSENT_SECRECY", ref=UUID(int=7), until=AT),
        )
        for category, item in (
            (Category.TE_SUUNNITELMA, plan),
            (Category.SOTE_YHTEYSHENKILO, ContactPerson(name="O. Ohjaaja", unit=None, phone=None)),
        )
    ]
    text, _ = answer.visible(UUID(int=5), "TYO-380-2023", shown)
    body = json.loads(answer.view(UUID(int=5), "TYO-380-2023", text, decision_id=UUID(int=6), at=AT))

    assert fits(document, "View", body) == []
    body["sections"][0]["items"][0]["note"] = "a text of the plan"
    assert fits(document, "View", body) != []


def test_every_problem_fits_its_schema(document):
    for kind in Kind:
        response = problems.Problem(kind).answer(base="https://luukku.example", request_id="r-1")

        assert fits(document, "Problem", json.loads(response.body)) == []
        assert response.status_code == problems.FORMS[kind].status


def test_the_authorization_server_describes_itself(app):
    client = TestClient(app, base_url="https://luukku.example")

    metadata = client.get("/.well-known/oauth-authorization-server").json()

    assert metadata["issuer"] == "https://luukku.example"
    assert metadata["token_endpoint"] == "https://luukku.example/oauth/token"
    assert metadata["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert metadata["dpop_signing_alg_values_supported"] == ["ES256", "PS256", "EdDSA"]
    [key] = client.get("/oauth/jwks").json()["keys"]
    assert (key["kty"], key["crv"], "d" in key) == ("EC", "P-256", False)


def test_anybody_is_given_the_keys_that_check_receipts(app):
    answer = TestClient(app, base_url="https://luukku.example").get("/.well-known/receipt-keys.json")

    [key] = answer.json()["keys"]
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert (key["kty"], key["crv"], "d" in key) == ("OKP", "Ed25519", False)


def test_the_web_loads_neither_great_expectations_nor_airflow_nor_polars():
    code = "import sys, web.app; print([name for name in ('great_expectations', 'airflow', 'polars') if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
