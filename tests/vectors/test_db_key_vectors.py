"""Published vectors of the algorithms that ``db.keys`` stands on; each names its source (all are in the public domain)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from db.ids import assemble
from db.keys import Encrypted, Key, Keyring, State, Use, verify

MADE = datetime(2026, 1, 1, tzinfo=UTC)


def ring(use, secret):
    return Keyring([Key("k", use, State.CURRENT, MADE, bytes.fromhex(secret))], development=True)


@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ],
)
def test_ed25519_signs_as_rfc_8032_section_7_1_says(seed, public, message, signature):
    keyring = ring(Use.CHECKPOINT, seed)

    assert keyring.public_key(Use.CHECKPOINT).hex() == public
    assert keyring.sign(Use.CHECKPOINT, bytes.fromhex(message)).signature.hex() == signature
    assert verify(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))


def test_hmac_sha_256_hashes_as_rfc_4231_case_1_says_with_the_key_filled_by_zeros_to_a_block():
    keyring = ring(Use.IDENTITY_HASH, "0b" * 20 + "00" * 12)

    digest = keyring.keyed_hash(Use.IDENTITY_HASH, b"Hi There")

    assert digest.hex() == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"


def test_aes_256_gcm_opens_test_case_16_of_the_gcm_specification():
    keyring = ring(Use.STORE, "feffe9928665731c6d6a8f9467308308" * 2)
    box = (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    encrypted = Encrypted("k", bytes.fromhex("cafebabefacedbaddecaf888"), bytes.fromhex(box))

    plaintext = keyring.decrypt(Use.STORE, encrypted, context=bytes.fromhex("feedfacedeadbeef" * 2 + "abaddad2"))

    assert plaintext.hex() == (
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )


def test_uuid_7_is_laid_out_as_in_rfc_9562_appendix_a_6():
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=0x017F22E279B0)
    random = (0xCC3).to_bytes(2, "big") + (0x18C4DC0C0C07398F).to_bytes(8, "big")

    assert assemble(at, random) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
