"""``./luukku receipt``: what is printed, and the exit codes that scripts see."""

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from consent.receipts import jwks, sign
from consent.receipts.claims import SCHEMA
from db.keys import Keyring, Use, new_keyring, rotate

CLAIMS = {
    "iss": "https://luukku.example",
    "iat": 1,
    "jti": "1",
    "sub": "urn:uuid:1",
    "conformsTo": SCHEMA,
    "event": "consent.given",
    "prev": None,
    "status": "https://luukku.example/receipts/1",
    "log": {"origin": "luukku.example", "event": "1"},
    "signed": "2026-02-01T10:00:00Z",
    "items": [{"category": "kela.vireillaolo", "kind": "given"}],
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LUUKKU_HOME", str(tmp_path))
    monkeypatch.delenv("LUUKKU_KEYRING", raising=False)
    (tmp_path / "keys").mkdir()
    new_keyring(tmp_path / "keys" / "keyring.json", development=True)
    return tmp_path


def ring(home):
    return Keyring.open(home / "keys" / "keyring.json", {Use.RECEIPT})


def run(*arguments):
    return CliRunner().invoke(app, ["receipt", *map(str, arguments)])


def written(home, text, name="receipt.jws"):
    (home / name).write_text(text)
    return home / name


def test_a_receipt_of_this_instance_is_verified_and_told(home):
    done = run("verify", written(home, sign(CLAIMS, ring(home)) + "\n"))

    assert done.exit_code == 0
    assert done.output.startswith("verified, key ")
    assert "kela.vireillaolo" in done.output


def test_an_altered_receipt_ends_with_one(home):
    header, payload, _ = sign(CLAIMS, ring(home)).split(".")
    *_, signature = sign(CLAIMS | {"event": "consent.withdrawn"}, ring(home)).split(".")

    done = run("verify", written(home, f"{header}.{payload}.{signature}"))

    assert (done.exit_code, done.output.splitlines()[1][:27]) == (1, "Its signature does not hold")


def test_a_text_that_is_not_the_one_hashed_ends_with_one(home):
    done = run("verify", written(home, sign(CLAIMS | {"notice": {"text": "A", "sha256": "00"}}, ring(home))))

    assert done.exit_code == 1
    assert "notice.sha256 is not that of the text shown." in done.output


@pytest.mark.parametrize("text", ["", "not a receipt", "a.b.c", "a.b", "é.é.é"])
def test_what_is_no_receipt_ends_with_two(home, text):
    assert run("verify", written(home, text)).exit_code == 2


def test_a_file_that_is_not_there_ends_with_two(home):
    assert run("verify", home / "none").exit_code == 2


def test_a_key_that_is_not_given_ends_with_three(home):
    keys = written(home, json.dumps({"keys": []}), "jwks.json")

    assert run("verify", written(home, sign(CLAIMS, ring(home))), "--jwks", keys).exit_code == 3


def test_keys_that_are_none_end_with_two(home):
    keys = written(home, "[]", "jwks.json")

    assert run("verify", written(home, sign(CLAIMS, ring(home))), "--jwks", keys).exit_code == 2


def test_the_keys_printed_verify_elsewhere(home, tmp_path_factory, monkeypatch):
    receipt, keys = written(home, sign(CLAIMS, ring(home))), run("keys").output
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setenv("LUUKKU_HOME", str(elsewhere))

    done = run("verify", receipt, "--jwks", written(elsewhere, keys, "jwks.json"))

    assert done.exit_code == 0
    assert '"d"' not in keys


def test_a_rotated_key_still_verifies_what_it_signed(home):
    receipt = written(home, sign(CLAIMS, ring(home)))
    rotate(home / "keys" / "keyring.json", Use.RECEIPT)

    assert len(jwks(ring(home))["keys"]) == 2
    assert run("verify", receipt).exit_code == 0
