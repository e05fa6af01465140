"""What the machine API and its token endpoint refuse, one wrong thing at a time, in the order of API.md 1.4."""

import json
import time
from datetime import timedelta

import pytest

from db.clock import now
from db.errors import Unavailable
from publish import gate
from simulators.municipality import Key
from tests.calls import ISSUER, PLAN, TYM, TYO, a_system, kind, resolve, the_app, view
from tests.logs import entries
from tests.published import HETU, MIKKELI
from web.jose import digest

OTHER = Key.make()
REF = "pr_3b42b52dhec6khkffnb840ysf0"
PATH = f"/v1/people/{REF}/support-view"
RESOLVE = "/v1/people/resolve"
HEADS = {"Luukku-Purpose": TYO, "Luukku-Case": "SLN-1", "Luukku-User": "w-1"}


@pytest.fixture
def system(world, http, log, owner):
    made = a_system(world, http)
    made.token()
    log.settle(owner)
    return made


def sent(system, method="GET", path=PATH, *, headers=None, without=(), proof=None, token=None, query="", **given):
    """Make one call by hand; ``headers`` replace those of a good one."""
    token = token or system.token()
    url = f"{ISSUER}{path}"
    good = {"Authorization": f"DPoP {token}", "DPoP": proof or system.proof(method, url, token=token)} | HEADS
    kept = {name: value for name, value in (good | (headers or {})).items() if name not in without}
    return system.http.client.request(method, url + query, headers=kept, **given)


def new(owner, before):
    return [json.loads(row.entry) for row in entries(owner)[before:]]


@pytest.mark.parametrize(
    ("change", "status", "problem"),
    [
        ({"without": ("Luukku-Purpose",)}, 400, "purpose_missing"),
        ({"headers": {"Luukku-Purpose": "two words"}}, 400, "bad_request"),
        ({"without": ("Luukku-Case",)}, 400, "bad_request"),
        ({"headers": {"Luukku-Case": "a b"}}, 400, "bad_request"),
        ({"headers": {"Luukku-Case": "x" * 65}}, 400, "bad_request"),
        ({"without": ("Luukku-User",)}, 400, "bad_request"),
        ({"headers": {"Luukku-User": "aino@savonlinna.example"}}, 400, "bad_request"),
        ({"query": "?categories=te.unknown"}, 400, "bad_request"),
        ({"query": "?categories="}, 400, "bad_request"),
        ({"query": "?categories=te.palvelut&categories=te.tyollisyys"}, 400, "bad_request"),
        ({"query": "?category=te.palvelut"}, 400, "bad_request"),
        ({"query": "?hetu=120384-9128"}, 400, "hetu_outside_body"),
        ({"query": "?q=120384%2D9128"}, 400, "hetu_outside_body"),
        ({"query": "?q=010190%2B999X"}, 400, "hetu_outside_body"),
        ({"path": "/v1/people/120384-9128/support-view"}, 400, "hetu_outside_body"),
        ({"headers": {"Luukku-Case": "120384-9128"}}, 400, "hetu_outside_body"),
        ({"headers": {"Luukku-User": "w_290200a900b"}}, 400, "hetu_outside_body"),
        ({"headers": {"X-Request-Id": "120384-9128"}}, 400, "hetu_outside_body"),
        ({"headers": {"X-Road-Client": "FI-TEST/MUN/0166906-4/asiakastyo"}}, 400, "mixed_credentials"),
        ({"headers": {"Client-Cert": ":AAAA:"}}, 400, "mixed_credentials"),
        ({"headers": {"X-Much": "x" * 16_400}}, 413, "too_large"),
        ({"without": ("Authorization",)}, 401, "unauthenticated"),
        ({"headers": {"Authorization": "DPoP"}}, 401, "unauthenticated"),
        ({"headers": {"Authorization": "DPoP nonsense"}}, 401, "unauthenticated"),
        ({"headers": {"Authorization": "Basic c2xuOnNlY3JldA=="}}, 401, "unauthenticated"),
        ({"without": ("DPoP",)}, 401, "proof_refused"),
        ({"headers": {"DPoP": "nonsense"}}, 401, "proof_refused"),
        ({"headers": {"Luukku-Purpose": "KUNTAOSUUS"}}, 403, "purpose_not_granted"),
        ({"headers": {"Luukku-Purpose": "UNKNOWN"}}, 403, "purpose_not_granted"),
        ({"path": "/v1/people/x/y"}, 404, "not_found"),
        ({"path": "/v1/"}, 404, "not_found"),
        ({"path": "/v1/people/resolve/"}, 404, "not_found"),
        ({"method": "DELETE"}, 405, "method_not_allowed"),
        ({"method": "POST", "json": {}, "headers": {"Content-Type": "text/plain"}}, 415, "media_type"),
        ({"method": "POST", "json": {"emergency": {}}}, 422, "invalid_request"),
        (
            {
                "method": "POST",
                "path": RESOLVE,
                "content": b"x" * 65_537,
                "headers": {"Content-Type": "application/json"},
            },
            413,
            "too_large",
        ),
        ({"method": "POST", "path": RESOLVE, "json": {"hetu": "120384-9129"}}, 422, "invalid_request"),
        ({"method": "POST", "path": RESOLVE, "json": {"hetu": "120384-9128", "x": 1}}, 422, "invalid_request"),
        (
            {"method": "POST", "path": RESOLVE, "content": b"{", "headers": {"Content-Type": "application/json"}},
            422,
            "invalid_request",
        ),
    ],
)
def test_each_wrong_call_gets_its_problem(system, change, status, problem):
    answer = sent(system, **change)

    assert (answer.status_code, kind(answer)) == (status, problem)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["status"] == status
    assert "120384" not in answer.text
    assert "120384" not in str(answer.headers)


def test_a_refusal_says_where_and_never_what(system):
    answer = resolve(system, "120384-9129")

    assert answer.json()["errors"] == [{"pointer": "/hetu", "code": "checksum"}]
    assert set(answer.json()) == {"type", "title", "status", "request_id", "errors"}


def test_a_wrong_proof_is_told_what_is_asked_for(system):
    answer = sent(system, without=("DPoP",))

    assert answer.headers["WWW-Authenticate"] == 'DPoP error="invalid_dpop_proof", algs="ES256 PS256 EdDSA"'


def other_proofs(system, token):
    url = f"{ISSUER}{PATH}"
    good = {"htm": "GET", "htu": url, "iat": int(time.time()), "jti": "p-1", "ath": ath(token)}

    def signed(key=system.proof_key, **claims):
        return key.sign(good | claims, typ="dpop+jwt", jwk=key.public)

    return {
        "another key's": signed(OTHER),
        "for another method": signed(htm="POST"),
        "for another path": signed(htu=f"{ISSUER}/v1/status"),
        "for another host": signed(htu=f"https://attacker.example{PATH}"),
        "too old": signed(iat=int(time.time()) - 120),
        "from the future": signed(iat=int(time.time()) + 120),
        "for another token": signed(ath=ath("another")),
        "for no token": system.proof("GET", url),
    }


def ath(token):
    return digest(token.encode())


@pytest.mark.parametrize(
    "which",
    [
        "another key's",
        "for another method",
        "for another path",
        "for another host",
        "too old",
        "from the future",
        "for another token",
        "for no token",
    ],
)
def test_each_wrong_proof_is_refused_and_stands_in_the_log(system, owner, which):
    before = len(entries(owner))

    answer = sent(system, proof=other_proofs(system, system.token())[which])

    assert (answer.status_code, kind(answer)) == (401, "proof_refused")
    [event] = new(owner, before)
    assert (event["type"], event["outcome"], event["actor"]) == ("access.failed", "error", {"system": "sln-asiakastyo"})


def test_a_proof_counts_once_also_when_nothing_was_shown(world, system, owner):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    for path, first in ((f"/v1/people/{world.ref(person)}/support-view", 200), (PATH, 404)):
        token = system.token()
        proof = system.proof("GET", f"{ISSUER}{path}", token=token)

        answers = [sent(system, path=path, proof=proof) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [first, 401]
        assert kind(answers[1]) == "proof_refused"


def test_host_headers_move_no_address_that_a_proof_may_name(system):
    url = f"https://attacker.example{PATH}"
    token = system.token()
    forged = {"Host": "attacker.example", "X-Forwarded-Host": "attacker.example", "X-Forwarded-Proto": "https"}

    answer = sent(system, proof=system.proof("GET", url, token=token), headers=forged)

    assert kind(answer) == "proof_refused"


def test_two_proofs_are_one_too_many(system):
    token, url = system.token(), f"{ISSUER}{PATH}"
    headers = [("Authorization", f"DPoP {token}"), *(("DPoP", system.proof("GET", url, token=token)) for _ in range(2))]

    answer = system.http.client.get(url, headers=[*headers, *HEADS.items()])

    assert kind(answer) == "proof_refused"


def test_a_bound_token_is_nothing_without_its_scheme(system):
    assert kind(sent(system, headers={"Authorization": f"Bearer {system.token()}"})) == "unauthenticated"


def test_a_403_comes_before_the_body_is_looked_at_and_says_nothing_about_a_person(world, http, owner):
    reader = a_system(world, http, "sln-reader", scopes=("view:read",))
    reader._token = token_for(reader, "view:read")
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})

    answers = [resolve(reader, hetu) for hetu in (HETU, "120384-9129", "nonsense")]

    assert [(answer.status_code, kind(answer)) for answer in answers] == [(403, "scope_missing")] * 3
    event = json.loads(entries(owner)[-1].entry)
    assert (event["type"], event["outcome"], event["actor"]["org"]) == ("access.refused", "deny", "0166906-4")


def test_a_scope_that_the_token_was_not_given_is_not_used(system, world):
    narrow = token_for(system, "people:resolve")

    assert kind(sent(system, token=narrow)) == "scope_missing"


def test_a_category_that_the_purpose_does_not_need_is_not_granted(world, http):
    world.recipient("0166906-4", purposes=("KUNTAOSUUS",))
    system = a_system(world, http, purposes=("KUNTAOSUUS",))

    answer = view(system, REF, purpose="KUNTAOSUUS", query="?categories=te.suunnitelma")

    assert (answer.status_code, kind(answer)) == (403, "category_not_granted")


def test_a_purpose_is_granted_to_the_system_and_to_its_recipient(world, http):
    system = a_system(world, http, purposes=(TYM,))

    assert kind(view(system, REF, purpose=TYO)) == "purpose_not_granted"


@pytest.mark.parametrize("stopped", ["system", "recipient", "not yet"])
def test_who_was_stopped_is_refused_at_the_next_call(world, system, stopped):
    world.stop(system.client_id, stopped)

    assert kind(view(system, REF)) == "recipient_not_active"
    assert kind(system.call("GET", "/v1/status", purpose=TYO, case="-")) == "recipient_not_active"


def test_a_system_that_is_gone_is_refused(world, system):
    world.forget(system.client_id)

    assert kind(view(system, REF)) == "recipient_not_active"


def test_more_calls_than_a_minute_allows_are_told_when_to_come_again(web_login, keyring, log, world):
    with log.sealer() as sealer, the_app(web_login, sealer, keyring, workers=300) as client:
        system = a_system(world, client)

        answers = [system.call("GET", "/v1/status", purpose=TYO, case="-") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert kind(answers[2]) == "rate_limited"
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[0].headers["RateLimit-Policy"] == '"calls";q=2;w=60'


def test_a_database_that_is_away_shows_nothing_and_says_so(system, web_login, monkeypatch):
    def away(**_):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(web_login, "read", away)

    answer = view(system, REF)

    assert (answer.status_code, kind(answer)) == (503, "not_ready")


def test_what_breaks_inside_is_told_to_nobody(system, monkeypatch, caplog):
    def broken(*_, **__):
        raise RuntimeError("a value that must not leave")

    monkeypatch.setattr(gate, "disclose", broken)

    answer = view(system, REF)

    assert (answer.status_code, kind(answer)) == (500, "internal")
    assert "must not leave" not in answer.text


@pytest.mark.parametrize(("given", "is_kept"), [("a-b-1", True), ("x" * 64, True), ("x" * 65, False), ("a b", False)])
def test_a_request_id_of_the_callers_is_kept_when_it_has_the_form(system, given, is_kept):
    answer = sent(system, headers={"X-Request-Id": given})

    assert (answer.headers["X-Request-Id"] == given) is is_kept
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def token_for(system, scope):
    answer = asked(system, scope=scope)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def asked(system, *, headers=None, without=(), **form):
    """Ask for a token by hand; the form's members replace those of a good one, None leaves one out."""
    url = f"{ISSUER}/oauth/token"
    good = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": system._assertion(),
    }
    sent_ = {name: value for name, value in (good | form).items() if value is not None}
    kept = {"DPoP": system.proof("POST", url)} | (headers or {})
    return system.http.client.post(url, data=sent_, headers={k: v for k, v in kept.items() if k not in without})


def an_assertion(system, key=None, header=None, **claims):
    at = int(time.time())
    good = {
        "iss": system.client_id,
        "sub": system.client_id,
        "aud": ISSUER,
        "iat": at,
        "exp": at + 60,
        "jti": f"j{time.time_ns()}",
    }
    key = key or system.assertion_key
    return key.sign(good | claims, **{"kid": system.assertion_key.thumbprint} | (header or {}))


def test_a_token_is_given_for_five_minutes_with_what_was_asked(system, owner):
    before = len(entries(owner))

    answer = asked(system, scope="view:read")

    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("DPoP", 300, "view:read")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["RateLimit-Policy"] == '"token";q=30;w=60'
    [event] = new(owner, before)
    assert (event["type"], event["actor"]["org"]) == ("session.opened", "0166906-4")
    assert event["request"]["key"] == system.proof_key.thumbprint


def test_without_a_scope_all_that_is_granted_is_given(system):
    assert asked(system).json()["scope"] == "people:resolve view:read"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "secret"}, 400, "invalid_request"),
        ({"headers": {"Authorization": "Basic c2xuOnNlY3JldA=="}}, 400, "invalid_request"),
        ({"headers": {"Content-Type": "application/json"}}, 400, "invalid_request"),
        ({"client_assertion_type": None}, 401, "invalid_client"),
        ({"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}, 401, "invalid_client"),
        ({"client_assertion": None}, 401, "invalid_client"),
        ({"client_assertion": "nonsense"}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"scope": "view:write"}, 400, "invalid_scope"),
        ({"scope": "people:resolve view:read exports:run"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"without": ("DPoP",)}, 400, "invalid_dpop_proof"),
        ({"headers": {"DPoP": "nonsense"}}, 400, "invalid_dpop_proof"),
    ],
)
def test_each_wrong_request_for_a_token_gets_its_error(system, change, status, error):
    answer = asked(system, **change)

    assert (answer.status_code, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "another"},
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/oauth/token"},
        {"aud": "https://another.example"},
        {"exp": int(time.time()) + 3600},
        {"exp": int(time.time()) - 1},
        {"iat": int(time.time()) - 3600},
        {"jti": ""},
    ],
)
def test_each_wrong_assertion_is_refused_and_stands_in_the_log(system, owner, claims):
    before = len(entries(owner))

    answer = asked(system, client_assertion=an_assertion(system, **claims))

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert [event["type"] for event in new(owner, before)] == ["access.failed"]


def test_an_assertion_of_another_key_or_another_system_is_refused(system):
    assert asked(system, client_assertion=an_assertion(system, key=OTHER)).status_code == 401
    assert asked(system, client_assertion=an_assertion(system, sub="nobody", iss="nobody")).status_code == 401


def test_an_assertion_and_a_proof_count_once(system):
    assertion, proof = an_assertion(system), system.proof("POST", f"{ISSUER}/oauth/token")

    first = asked(system, client_assertion=assertion, headers={"DPoP": proof})

    assert first.status_code == 200
    assert asked(system, client_assertion=assertion).json() == {"error": "invalid_client"}
    assert asked(system, headers={"DPoP": proof}).json() == {"error": "invalid_client"}


def test_a_form_that_says_a_thing_twice_is_refused(system):
    url = f"{ISSUER}/oauth/token"
    content = (
        f"grant_type=client_credentials&scope=view:read&scope=people:resolve&client_assertion={an_assertion(system)}"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded", "DPoP": system.proof("POST", url)}

    answer = system.http.client.post(url, content=content, headers=headers)

    assert answer.json() == {"error": "invalid_request"}


def test_nothing_of_a_request_for_a_token_may_stand_in_its_address(system):
    answer = system.http.client.post(
        f"{ISSUER}/oauth/token?grant_type=client_credentials", data={"grant_type": "client_credentials"}
    )

    assert answer.json() == {"error": "invalid_request"}


@pytest.mark.parametrize("stopped", ["system", "recipient", "not yet"])
def test_who_was_stopped_gets_no_token(world, system, stopped):
    world.stop(system.client_id, stopped)

    assert asked(system).json() == {"error": "invalid_client"}


def test_without_the_log_no_token_is_given(http, system, log):
    http.app.state.services.sealer._patience_s = 0.2
    log.stop()

    answer = asked(system)

    assert (answer.status_code, kind(answer)) == (503, "log_unavailable")


def test_a_token_lives_five_minutes(web_login, keyring, log, world):
    moment = [now()]

    with log.sealer() as sealer, the_app(web_login, sealer, keyring, clock=lambda: moment[0]) as client:
        system = a_system(world, client)
        system.token()
        moment[0] += timedelta(seconds=301)
        answer = sent(system)

    assert kind(answer) == "unauthenticated"


def test_another_recipients_system_is_another_principal(world, http):
    mikkeli = a_system(world, http, "mli-asiakastyo", recipient=MIKKELI)
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})

    assert view(mikkeli, world.ref(person)).status_code == 404
    assert view(mikkeli, world.ref(person, MIKKELI)).status_code == 404
    assert resolve(mikkeli, HETU).status_code == 404
