"""The form of receipts, held against what other libraries make of it."""

import json

import jwt
import pytest

from consent.model import Kind, Step
from consent.receipts import jwks, sign
from consent.receipts.jose import TYPE, canonical, public_bytes
from consent.receipts.states import OF_KIND, OF_STEP, State
from consent.receipts.verifying import Verdict, keys_of, verify
from db.keys import Keyring

RING = Keyring.for_tests()
CLAIMS = {
    "sub": "urn:uuid:1",
    "notice": {"text": "Ääkkösiä “lainattuna”\n"},
    "items": [{"category": "k", "n": 1}],
    "prev": None,
}


def test_any_jose_library_verifies_a_receipt_with_the_published_keys():
    (key,) = jwks(RING)["keys"]

    read = jwt.decode(sign(CLAIMS, RING), jwt.PyJWK(key), algorithms=["EdDSA"])

    assert read == CLAIMS
    assert jwt.get_unverified_header(sign(CLAIMS, RING)) == {"alg": "EdDSA", "typ": TYPE, "kid": key["kid"]}


def test_claims_are_written_in_one_way():
    turned = dict(reversed(CLAIMS.items()))

    assert canonical(CLAIMS) == json.dumps(CLAIMS, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert sign(CLAIMS, RING) == sign(turned, RING)


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "EC", "crv": "P-256", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "no base64url!"},
    ],
)
def test_a_key_that_is_no_public_one_is_refused(key):
    with pytest.raises(ValueError, match=r".+"):
        public_bytes(key)


def test_a_receipt_under_no_signature_or_another_algorithm_is_no_receipt():
    for algorithm, secret in (("none", None), ("HS256", "secret" * 8)):
        token = jwt.encode(CLAIMS, secret, algorithm=algorithm, headers={"typ": TYPE, "kid": "receipt-test"})

        assert verify(token, jwks(RING)["keys"]).verdict is Verdict.MALFORMED


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 1}', '{"keys": ["a"]}'])
def test_what_is_no_jwks_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        keys_of(text)


def test_every_kind_and_every_step_has_a_state_of_dpv():
    assert set(OF_KIND) == set(Kind)
    assert set(OF_STEP) == set(Step)


def test_only_what_permits_is_active_in_fhir():
    assert {state for state in State if state.fhir == "active"} == {State.GIVEN, State.RENEWED}
