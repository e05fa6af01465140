"""How an instance's sign-in is set up: its provider, its secret, and when pages may be served at all."""

import stat
from dataclasses import replace

import pytest

from cli import settings, sign_in
from cli.settings import Refusal
from db.keys import Keyring, new_keyring


@pytest.fixture
def development(tmp_path):
    return settings.from_environ(values={"LUUKKU_HOME": str(tmp_path), "LUUKKU_PORT": "23500"})


def test_on_a_developers_machine_the_stand_in_and_we_know_one_secret(development):
    told = sign_in.ours(development, artificial_only=True)

    assert told.issuer == "http://127.0.0.1:23504/identity" == sign_in.stand_in(development).issuer
    assert told.redirect_uri == "http://127.0.0.1:23500/sign-in/back"
    assert told.secret == sign_in.ours(development, artificial_only=True).secret
    assert len(told.secret) == 64
    assert stat.S_IMODE(development.sign_in_secret.stat().st_mode) == 0o600
    assert told.secret not in repr(told)


def test_a_real_providers_secret_is_never_made_up(development):
    real = replace(development, provider="https://tunnistus.example")

    with pytest.raises(Refusal, match=r"https://tunnistus\.example knows us by has to lie in"):
        sign_in.ours(real, artificial_only=False)

    real.sign_in_secret.parent.mkdir(exist_ok=True)
    real.sign_in_secret.write_text("given by the provider\n")
    told = sign_in.ours(real, artificial_only=False)
    assert (told.secret, told.artificial_only) == ("given by the provider", False)


def test_beside_real_keys_the_stand_in_opens_no_pages(development, tmp_path):
    new_keyring(tmp_path / "real.json", development=False)
    real = Keyring.open(tmp_path / "real.json")

    assert sign_in.guarded(development, Keyring.for_tests())
    assert not sign_in.guarded(development, real)
    assert sign_in.guarded(replace(development, provider="https://tunnistus.example"), real)
