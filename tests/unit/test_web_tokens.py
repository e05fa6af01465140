"""Access tokens of our own, clients' assertions and proofs: each rule with what breaks it (API.md 3)."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest

from db.keys import Keyring, Use
from publish.recipients import Keys
from simulators.municipality import Key
from web import assertions, dpop, jose
from web.jose import BadToken
from web.settings import WebSettings
from web.tokens import Tokens

NOON = datetime(2026, 6, 1, 9, tzinfo=UTC)
SECONDS = int(NOON.timestamp())
ISSUER = "https://luukku.example"
CLIENT = "sln-asiakastyo"
SETTINGS = WebSettings(issuer=ISSUER, version="1.0.0")
KEY = Key.make()
ADDRESS = f"{ISSUER}/v1/status"
PRIVATE_RSA = {"kty": "RSA", "n": "AQAB" * 90, "e": "AQAB", "d": "AQAB"}


def segment(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def tokens():
    return Tokens(SETTINGS, Keyring.for_tests())


def a_token(**claims):
    values = {"iss": ISSUER, "aud": f"{ISSUER}/v1", "sub": CLIENT, "client_id": CLIENT, "scope": "view:read"}
    values |= {"iat": SECONDS, "exp": SECONDS + 300, "jti": "a8", "cnf": {"jkt": "abc"}}
    return jose.signed(values | claims, Keyring.for_tests().jwk(Use.TOKEN, private=True), type_="at+jwt")


def test_a_token_reads_back_as_it_was_given():
    given = tokens().give(
        system=CLIENT, scopes={"view:read", "people:resolve"}, jkt=KEY.thumbprint, id_=UUID(int=1), at=NOON
    )

    read = tokens().read(given, at=NOON + timedelta(seconds=299))

    assert (read.system, read.scopes, read.jkt) == (CLIENT, {"view:read", "people:resolve"}, KEY.thumbprint)
    assert jwt.get_unverified_header(given) == {"typ": "at+jwt", "alg": "ES256", "kid": "token-test"}


def test_a_token_ends_after_five_minutes_also_when_it_is_remembered():
    kept = tokens()
    given = kept.give(system=CLIENT, scopes={"view:read"}, jkt=KEY.thumbprint, id_=UUID(int=1), at=NOON)
    kept.read(given, at=NOON)

    with pytest.raises(BadToken, match="ended"):
        kept.read(given, at=NOON + timedelta(seconds=300))


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("", "compact"),
        ("a.b", "compact"),
        ("a.b.c.d", "compact"),
        ("x" * 9_000 + ".b.c", "compact"),
        (f"{segment({'typ': 'at+jwt', 'alg': 'none'})}.{segment({})}.AA", "of ours"),
        (f"{segment({'typ': 'at+jwt', 'alg': 'HS256', 'kid': 'token-test'})}.{segment({})}.AA", "of ours"),
        (f"{segment({'typ': 'JWT', 'alg': 'ES256', 'kid': 'token-test'})}.{segment({})}.AA", "of ours"),
        (f"{segment({'typ': 'at+jwt', 'alg': 'ES256', 'kid': 'other'})}.{segment({})}.AA", "of ours"),
        (f"{segment({'typ': 'at+jwt', 'alg': 'ES256', 'kid': 'token-test'})}.{segment({})}.AAAA", "signature"),
        (KEY.sign({"iss": ISSUER}, typ="at+jwt", kid="token-test"), "signature"),
        (a_token(iss="https://other.example"), "somebody else"),
        (a_token(aud=ISSUER), "somebody else"),
        (a_token(aud=[f"{ISSUER}/v1"]), "somebody else"),
        (a_token(exp=SECONDS), "ended"),
        (a_token(iat=SECONDS + 11), "future"),
        (a_token(cnf=None), "no key"),
        (a_token(cnf={}), "jkt"),
        (a_token(exp="later"), "not a moment"),
    ],
)
def test_any_other_token_is_refused(token, why):
    with pytest.raises(BadToken, match=why):
        tokens().read(token, at=NOON)


def test_a_token_altered_in_one_character_is_refused():
    given = a_token()
    header, claims, signature = given.split(".")
    altered = f"{header}.{claims[:-2]}{'A' if claims[-2] != 'A' else 'B'}{claims[-1]}.{signature}"

    with pytest.raises(BadToken):
        tokens().read(altered, at=NOON)


def keys(*registered, algorithms=("ES256",), token_audience=False):
    return Keys("0166906-4", registered or (KEY.registered(),), frozenset(algorithms), token_audience, frozenset())


def an_assertion(key=KEY, header=None, **claims):
    values = {"iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "iat": SECONDS, "exp": SECONDS + 60, "jti": "a1"}
    claims = {name: value for name, value in (values | claims).items() if value is not None}
    return key.sign(claims, **{"kid": key.thumbprint} | (header or {}))


def verified(assertion, of=None):
    return assertions.verify(assertion, client=CLIENT, keys=of or keys(), settings=SETTINGS, at=NOON)


def test_a_good_assertion_gives_its_id():
    assert assertions.client_of(an_assertion()) == CLIENT
    assert verified(an_assertion()) == "a1"


def test_the_token_endpoint_is_an_audience_only_where_the_registration_says_so():
    assertion = an_assertion(aud=f"{ISSUER}/oauth/token")

    assert verified(assertion, keys(token_audience=True)) == "a1"
    with pytest.raises(BadToken, match="aud"):
        verified(assertion)


OTHER = Key.make()


@pytest.mark.parametrize(
    ("assertion", "why"),
    [
        (an_assertion(iss="other"), "iss and sub"),
        (an_assertion(sub="other"), "iss and sub"),
        (an_assertion(aud=[ISSUER]), "aud"),
        (an_assertion(aud="https://other.example"), "aud"),
        (an_assertion(aud=None), "aud"),
        (an_assertion(exp=SECONDS + 301), "too long"),
        (an_assertion(exp=SECONDS), "ended"),
        (an_assertion(exp=None), "exp"),
        (an_assertion(exp=True), "exp"),
        (an_assertion(iat=SECONDS - 61), "just now"),
        (an_assertion(iat=SECONDS + 11), "just now"),
        (an_assertion(nbf=SECONDS + 11), "not in force"),
        (an_assertion(jti=None), "jti"),
        (an_assertion(jti=""), "jti"),
        (an_assertion(jti="x" * 129), "jti"),
        (an_assertion(jti="ä"), "jti"),
        (an_assertion(OTHER), "no live key"),
        (an_assertion(OTHER, header={"kid": KEY.thumbprint}), "signature"),
        (f"{segment({'alg': 'ES256'})}.{segment({'sub': CLIENT})}.AA", "kid"),
        (an_assertion(header={"jku": "https://attacker.example/keys"}), "elsewhere"),
        (an_assertion(header={"x5u": "https://attacker.example/cert"}), "elsewhere"),
        (an_assertion(header={"jwk": KEY.public}), "client's assertion"),
        (an_assertion(header={"typ": "dpop+jwt"}), "client's assertion"),
        (an_assertion(header={"typ": "at+jwt"}), "client's assertion"),
        (f"{segment({'alg': 'none', 'kid': KEY.thumbprint})}.{segment({'sub': CLIENT})}.AA", "alg"),
        (f"{segment({'alg': 'HS256', 'kid': KEY.thumbprint})}.{segment({'sub': CLIENT})}.AA", "alg"),
        (f"{segment({'alg': 'EdDSA', 'kid': KEY.thumbprint})}.{segment({'sub': CLIENT})}.AA", "alg"),
    ],
)
def test_any_other_assertion_is_refused(assertion, why):
    with pytest.raises(BadToken, match=why):
        verified(assertion)


@pytest.mark.parametrize(("ends", "holds"), [("2026-06-01", True), ("2026-05-31", False)])
def test_a_registered_key_is_used_to_its_last_day(ends, holds):
    of = keys(KEY.registered() | {"ends": ends})

    if holds:
        assert verified(an_assertion(), of) == "a1"
    else:
        with pytest.raises(BadToken, match="no live key"):
            verified(an_assertion(), of)


@pytest.mark.parametrize("sub", [None, "", "with space", "x" * 65, "ä", ["sln"], "a/b"])
def test_an_assertion_of_no_client_leads_to_none(sub):
    with pytest.raises(BadToken):
        assertions.client_of(an_assertion(sub=sub))


def a_proof(key=KEY, header=None, **claims):
    values = {"htm": "GET", "htu": ADDRESS, "iat": SECONDS, "jti": "p1"} | claims
    values = {name: value for name, value in values.items() if value is not None}
    return key.sign(values, **{"typ": "dpop+jwt", "jwk": key.public} | (header or {}))


@pytest.mark.parametrize(
    ("proof", "why"),
    [
        (a_proof(header={"typ": "JWT"}), "not a proof"),
        (a_proof(header={"typ": "application/dpop+jwt"}), "not a proof"),
        (a_proof(header={"jwk": None}), "not a proof"),
        (a_proof(header={"jwk": "key"}), "not a proof"),
        (a_proof(header={"jwk": KEY.jwk}), "not a public one"),
        (a_proof(header={"jwk": OTHER.public}), "signature"),
        (a_proof(header={"jwk": {"kty": "oct", "k": "AAAA"}}), "not a public one"),
        (a_proof(header={"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA"}}), "not of its algorithm"),
        (a_proof(header={"jwk": KEY.public | {"crv": "P-384"}}), "not of its algorithm"),
        (a_proof(header={"x5c": ["AA"]}), "elsewhere"),
        (a_proof(htm="POST"), "another call"),
        (a_proof(htm=None), "another call"),
        (a_proof(htu=None), "htu"),
        (a_proof(htu="https://luukku.example/v1/people"), "another call"),
        (a_proof(iat=None), "moment"),
        (a_proof(iat=str(SECONDS)), "moment"),
        (a_proof(iat=float("nan")), "just now"),
        (a_proof(iat=10**400), "moment"),
        (a_proof(ath="\ud800"), "another token"),
        (a_proof(jti=None), "jti"),
        (a_proof(jti=7), "jti"),
        (f"{segment({'typ': 'dpop+jwt', 'alg': 'none', 'jwk': KEY.public})}.{segment({})}.AA", "alg"),
        (f"{segment({'typ': 'dpop+jwt', 'alg': 'PS256', 'jwk': PRIVATE_RSA})}.{segment({})}.AA", "not a public one"),
        (
            f"{segment({'typ': 'dpop+jwt', 'alg': 'PS256', 'jwk': {'kty': 'RSA', 'n': 'AQAB' * 40, 'e': 'AQAB'}})}.{segment({})}.AA",
            "too short",
        ),
    ],
)
def test_a_proof_that_breaks_one_rule_is_refused(proof, why):
    with pytest.raises(BadToken, match=why):
        dpop.verify(proof, method="GET", addresses=[ADDRESS], at=NOON, token="t" if why == "another token" else None)


def test_a_good_proof_names_its_key_and_its_id():
    assert dpop.verify(a_proof(), method="GET", addresses=[ADDRESS], at=NOON) == dpop.Proof(KEY.thumbprint, "p1")
