"""A keyring opens what it closed, in its place, and nothing else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import clock
from db.errors import DecryptionFailed, KeyMissing
from db.keys import Encrypted, Key, Keyring, State, Use, verify

RING = Keyring.for_tests()
NOW = clock.now()


def key(name, *, age_s=3600, use=Use.IDENTITY_ENCRYPTION, state=State.CURRENT):
    return Key(name, use, state, clock.now() - timedelta(seconds=age_s), name.encode().ljust(32, b"."))


@given(plaintext=st.binary(max_size=200), context=st.binary(max_size=40))
def test_what_was_encrypted_opens_in_its_context(plaintext, context):
    packed = RING.encrypt_packed(Use.IDENTITY_ENCRYPTION, plaintext, context=context)

    assert RING.decrypt_packed(Use.IDENTITY_ENCRYPTION, packed, context=context) == plaintext


def test_a_box_moved_to_another_row_does_not_open():
    packed = RING.encrypt_packed(Use.IDENTITY_ENCRYPTION, b"010190-999X", context=b"row 1")

    with pytest.raises(DecryptionFailed, match="does not open here"):
        RING.decrypt_packed(Use.IDENTITY_ENCRYPTION, packed, context=b"row 2")


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_box_with_one_bit_changed_does_not_open(place, bit):
    packed = bytearray(RING.encrypt_packed(Use.STORE, b"a page", context=b""))
    packed[place % len(packed)] ^= 1 << bit

    with pytest.raises((DecryptionFailed, KeyMissing)):
        RING.decrypt_packed(Use.STORE, bytes(packed), context=b"")


@pytest.mark.parametrize("packed", [b"", b"\x01", b"\x02\x01k", b"\x01\xff", bytes(100)])
def test_bytes_of_no_known_form_are_refused(packed):
    with pytest.raises((DecryptionFailed, KeyMissing)):
        RING.decrypt_packed(Use.STORE, packed, context=b"")


def test_a_key_of_one_use_serves_no_other():
    encrypted = RING.encrypt(Use.STORE, b"a page", context=b"")

    with pytest.raises(KeyMissing, match="store-test"):
        RING.decrypt(Use.LOG_DETAIL, encrypted, context=b"")


def test_a_missing_key_is_named():
    with pytest.raises(KeyMissing, match="gone-1") as caught:
        RING.decrypt(Use.STORE, Encrypted("gone-1", bytes(12), bytes(16)), context=b"")

    assert caught.value.key_id == "gone-1"


def test_a_use_without_a_key_is_named():
    with pytest.raises(KeyMissing, match="for identity_hash"):
        Keyring([key("a")], development=True).keyed_hash(Use.IDENTITY_HASH, b"")


def test_no_secret_is_printed():
    secret = b"sixteen secrets."
    keyring = Keyring([Key("k", Use.STORE, State.CURRENT, NOW, secret * 2)], development=True)

    shown = f"{keyring!r} {keyring.__dict__} {Key('k', Use.STORE, State.CURRENT, NOW, secret * 2)}"

    assert "sixteen" not in shown
    assert "Keyring(store)" in shown


def test_the_newest_settled_key_closes_and_the_one_before_still_opens():
    old = Keyring([key("old", age_s=900)], development=True)
    closed = old.encrypt(Use.IDENTITY_ENCRYPTION, b"x", context=b"")
    both = Keyring([key("old", age_s=900), key("new", age_s=90)], development=True)

    assert both.encrypt(Use.IDENTITY_ENCRYPTION, b"x", context=b"").key_id == "new"
    assert both.decrypt(Use.IDENTITY_ENCRYPTION, closed, context=b"") == b"x"


def test_a_key_younger_than_a_minute_opens_and_does_not_close():
    both = Keyring([key("old", age_s=900), key("new", age_s=30)], development=True)

    assert both.key_ids(Use.IDENTITY_ENCRYPTION) == ("old", "new")


def test_a_first_key_need_not_settle():
    alone = Keyring([key("first", age_s=0)], development=True)

    assert alone.key_ids(Use.IDENTITY_ENCRYPTION) == ("first",)


def test_a_former_key_never_closes():
    both = Keyring([key("now", age_s=900), key("former", age_s=90, state=State.FORMER)], development=True)

    assert both.key_ids(Use.IDENTITY_ENCRYPTION) == ("now", "former")


def test_a_box_closed_anew_is_under_the_current_key():
    both = Keyring([key("old", age_s=900), key("new", age_s=90)], development=True)
    closed = Keyring([key("old", age_s=900)], development=True).encrypt(Use.IDENTITY_ENCRYPTION, b"x", context=b"row")

    anew = both.reencrypt(Use.IDENTITY_ENCRYPTION, closed, context=b"row")

    assert anew.key_id == "new"
    assert both.decrypt(Use.IDENTITY_ENCRYPTION, anew, context=b"row") == b"x"


def test_while_a_hash_key_rotates_a_value_is_found_under_both():
    hash_keys = [key("old", age_s=900, use=Use.IDENTITY_HASH), key("new", age_s=90, use=Use.IDENTITY_HASH)]
    both, old = Keyring(hash_keys, development=True), Keyring(hash_keys[:1], development=True)

    hashes = dict(both.keyed_hashes(Use.IDENTITY_HASH, b"010190-999X"))

    assert list(hashes) == ["new", "old"]
    assert hashes["old"] == old.keyed_hash(Use.IDENTITY_HASH, b"010190-999X")
    assert hashes["new"] == both.keyed_hash(Use.IDENTITY_HASH, b"010190-999X")
    assert hashes["old"] == both.keyed_hash(Use.IDENTITY_HASH, b"010190-999X", key_id="old")


def test_many_hashes_are_the_same_as_one_by_one_for_text_and_bytes():
    values: list[str | bytes] = ["010190-999X", b"010190Y999X", "ä"]

    hashes = RING.hash_many(Use.IDENTITY_HASH, values)

    assert hashes == [RING.keyed_hash(Use.IDENTITY_HASH, v.encode() if isinstance(v, str) else v) for v in values]


def test_a_signature_holds_for_its_message_and_key_alone():
    signed = RING.sign(Use.RECEIPT, b"a receipt")
    public = RING.public_key(Use.RECEIPT, signed.key_id)

    assert verify(public, signed.signature, b"a receipt")
    assert not verify(public, signed.signature, b"another")
    assert not verify(RING.public_key(Use.CHECKPOINT), signed.signature, b"a receipt")
    assert not verify(b"too short", signed.signature, b"a receipt")


def test_the_token_key_signs_what_its_public_half_verifies():
    import jwt

    token = jwt.encode({"sub": "x"}, jwt.PyJWK(RING.jwk(private=True)).key, "ES256")

    (public,) = RING.jwks()

    assert "d" not in public
    assert jwt.decode(token, jwt.PyJWK(public).key, ["ES256"]) == {"sub": "x"}


def test_the_keys_of_tests_are_development_keys_and_the_same_everywhere():
    assert RING.development
    assert Keyring.for_tests().keyed_hash(Use.IDENTITY_HASH, b"x") == RING.keyed_hash(Use.IDENTITY_HASH, b"x")
