"""The code lists, for any registered system; and every operation of the API called as its description's example says."""

import pytest

from schemas.vocabulary import Category, Purpose, Reason
from tests.calls import a_system, fits, kind
from web.problems import Kind
from web.scopes import Scope

NOWHERE = {"person_not_available", "not_found", "token_invalid"}
"""What an example may be answered that names nobody who is there."""


@pytest.fixture
def system(world, http):
    return a_system(world, http, "sln-kaikki", scopes=tuple(Scope))


def get(system, path):
    return system.send("GET", path, {})


def test_every_list_is_named_with_its_version_and_given_in_three_languages(http, system):
    index = get(system, "/v1/codelists")

    assert fits(http, "CodeLists", index)
    for named in index.json()["codelists"]:
        answer = get(system, f"/v1/codelists/{named['id']}")
        assert (answer.json()["id"], answer.json()["version"]) == (named["id"], named["version"])
        assert fits(http, "CodeList", answer)
        assert all(each[language] for each in answer.json()["codes"] for language in ("fi", "sv", "en"))


def test_the_lists_hold_the_codes_that_the_api_speaks(system):
    def codes(name):
        return [each["code"] for each in get(system, f"/v1/codelists/{name}").json()["codes"]]

    assert codes("categories") == [each.value for each in Category]
    assert codes("purposes") == [each.value for each in Purpose]
    assert set(codes("reasons")) == set(Reason)
    assert set(codes("problems")) == set(Kind)
    assert (len(codes("employment-areas")), codes("grounds")) == (45, ["statute", "consent", "emergency"])
    assert {"740", "491"} <= set(codes("municipalities"))
    assert {"code": "740", "fi": "Savonlinna", "sv": "Nyslott", "en": "Savonlinna"} in get(
        system, "/v1/codelists/municipalities"
    ).json()["codes"]


def test_a_list_is_kept_an_hour_and_not_sent_again_while_it_is_the_same(http, system):
    first = get(system, "/v1/codelists/categories")

    again = system.send("GET", "/v1/codelists/categories", {"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "max-age=3600"
    assert (again.status_code, again.content) == (304, b"")


def test_a_list_that_is_none_and_a_caller_who_is_nobody_are_refused(world, http, system):
    assert kind(get(system, "/v1/codelists/people")) == "not_found"
    assert kind(http.get("/v1/codelists")) == "unauthenticated"
    system.token()
    world.stop("sln-kaikki", "system")
    assert kind(get(system, "/v1/codelists")) == "recipient_not_active"


def test_every_operation_takes_the_example_of_its_description(http, system):
    document = http.get("/v1/openapi.json").json()
    called = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation.get("security"):
                answer = as_described(system, path, method, operation)
                called.append(operation["operationId"])
                assert answer.status_code in (200, 201) or kind(answer) in NOWHERE, (path, answer.text)

    assert {"resolve", "consents", "decide", "decided", "usage_find", "changes_of", "applied"} <= set(called)


def as_described(system, path, method, operation):
    """Make a call of the description alone."""
    headers, query = {}, {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header":
            headers[parameter["name"]] = parameter["example"]
        if parameter["in"] == "query" and parameter["required"]:
            query[parameter["name"]] = "now" if parameter["name"] == "at" else "t_AAAA"
    address = path.replace("{person_ref}", "pr_3b42b52dhec6khkffnb840ysf0").replace("{id}", "categories")
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    return system.send(method.upper(), f"{address}?{asked}" if asked else address, headers, body=body)
