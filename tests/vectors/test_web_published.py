"""Published vectors: RFC 9449 (proofs), RFC 7638 and RFC 8037 (thumbprints, Ed25519); IETF Trust's terms for code components."""

from datetime import UTC, datetime, timedelta

import pytest

from web import dpop, jose
from web.jose import BadToken

TOKEN_PROOF = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldW"
    "QVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2My"
    "bFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP"
    "0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)
CALL_PROOF = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldW"
    "QVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1M"
    "QUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRo"
    "IjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVn"
    "mcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
ACCESS_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
TOKEN_MADE_AT = datetime.fromtimestamp(1562262616, UTC)
CALL_MADE_AT = datetime.fromtimestamp(1562262618, UTC)
TOKEN_ADDRESS = "https://server.example.com/token"
CALL_ADDRESS = "https://resource.example.org/protectedresource"

RSA_KEY = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W"
    "-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr"
    "dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}
ED25519_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
ED25519_JWS = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


def test_the_proof_of_rfc_9449_for_a_token_holds():
    proof = dpop.verify(TOKEN_PROOF, method="POST", addresses=[TOKEN_ADDRESS], at=TOKEN_MADE_AT)

    assert proof == dpop.Proof(jkt=JKT, jti="-BwC3ESc6acc2lTc")


def test_the_proof_of_rfc_9449_for_a_call_holds_and_names_its_token():
    proof = dpop.verify(CALL_PROOF, method="GET", addresses=[CALL_ADDRESS], at=CALL_MADE_AT, token=ACCESS_TOKEN)

    assert proof == dpop.Proof(jkt=JKT, jti="e1j3V_bKic8-LAEB")


@pytest.mark.parametrize(
    ("method", "address", "at", "token", "why"),
    [
        ("GET", TOKEN_ADDRESS, TOKEN_MADE_AT, None, "another call"),
        ("POST", "https://server.example.com/other", TOKEN_MADE_AT, None, "another call"),
        ("POST", "https://attacker.example.com/token", TOKEN_MADE_AT, None, "another call"),
        ("POST", "http://server.example.com/token", TOKEN_MADE_AT, None, "another call"),
        ("POST", TOKEN_ADDRESS, TOKEN_MADE_AT + timedelta(seconds=61), None, "just now"),
        ("POST", TOKEN_ADDRESS, TOKEN_MADE_AT - timedelta(seconds=11), None, "just now"),
        ("POST", TOKEN_ADDRESS, TOKEN_MADE_AT, ACCESS_TOKEN, "another token"),
    ],
)
def test_the_same_proof_is_refused_for_anything_else(method, address, at, token, why):
    with pytest.raises(BadToken, match=why):
        dpop.verify(TOKEN_PROOF, method=method, addresses=[address], at=at, token=token)


def test_a_proof_for_another_token_is_refused():
    with pytest.raises(BadToken, match="another token"):
        dpop.verify(CALL_PROOF, method="GET", addresses=[CALL_ADDRESS], at=CALL_MADE_AT, token="another")


@pytest.mark.parametrize(
    ("named", "is_same"),
    [
        ("HTTPS://Server.Example.COM/token", True),
        ("https://server.example.com:443/token", True),
        ("https://server.example.com/token?a=b#c", True),
        ("https://server.example.com:8443/token", False),
        ("https://server.example.com/token/", False),
        ("https://server.example.com/TOKEN", False),
        ("https://user@server.example.com/token", False),
        ("https://server.example.com:port/token", False),
        ("/token", False),
    ],
)
def test_addresses_are_compared_as_rfc_9449_says(named, is_same):
    assert dpop.same_address(named, TOKEN_ADDRESS) is is_same


def test_the_thumbprint_of_rfc_7638():
    assert jose.thumbprint(RSA_KEY) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_thumbprint_of_rfc_8037():
    assert jose.thumbprint(ED25519_KEY) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_signature_of_rfc_8037_holds_and_its_payload_is_no_claims():
    with pytest.raises(BadToken, match="not JSON"):
        jose.claims_of(ED25519_JWS, ED25519_KEY, algorithm="EdDSA")


def test_the_signature_of_rfc_8037_over_anything_else_does_not_hold():
    header, payload, signature = ED25519_JWS.split(".")

    with pytest.raises(BadToken, match="signature"):
        jose.claims_of(f"{header}.{payload[:-1]}Q.{signature}", ED25519_KEY, algorithm="EdDSA")
