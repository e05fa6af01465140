"""The keyring file: one owner, whole or not at all, and seen by processes that run."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from db import clock
from db.errors import KeyMissing, KeyringUnusable
from db.keys import Keyring, State, Use, add, destroy, list_keys, new_keyring, retire, rotate, supplement, watch
from db.keys.held import SETTLING


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "keys" / "keyring.json"
    new_keyring(path, development=False)
    return path


@pytest.fixture
def later(monkeypatch):
    """Let time pass: the clock and the watch's patience."""

    def pass_(by: timedelta) -> None:
        moment = clock.now() + by
        monkeypatch.setattr("db.keys.ring.now", lambda: moment)
        monkeypatch.setattr("db.keys.file.now", lambda: moment)
        monkeypatch.setattr("db.keys.watch.monotonic", lambda: by.total_seconds() + 1e9)

    return pass_


def test_a_new_keyring_has_a_key_per_use_and_is_readable_by_its_owner_only(path):
    assert [key.use for key in list_keys(path)] == list(Use)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not Keyring.open(path).development


def test_a_keyring_is_never_overwritten(path):
    before = path.read_bytes()

    with pytest.raises(KeyringUnusable, match="already"):
        new_keyring(path, development=True)

    assert path.read_bytes() == before


def test_a_use_that_a_newer_release_brought_gets_a_key_that_works_at_once_and_the_others_keep_theirs(path):
    older = {key.use: key.id for key in list_keys(path)}
    destroy(path, older.pop(Use.EXPORT))

    supplement(path)

    keys = {key.use: key.id for key in list_keys(path)}
    assert keys.pop(Use.EXPORT) == Keyring.open(path).sign(Use.EXPORT, b"an export").key_id
    assert keys == older


def test_a_keyring_that_lacks_nothing_is_not_written(path):
    before = path.stat().st_ino

    supplement(path)

    assert path.stat().st_ino == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_keyring_that_others_can_read_is_refused(path, mode):
    path.chmod(mode)

    with pytest.raises(KeyringUnusable, match="chmod 600"):
        Keyring.open(path)


def test_a_missing_keyring_says_how_to_make_one(tmp_path):
    with pytest.raises(KeyringUnusable, match="keys new"):
        Keyring.open(tmp_path / "none.json")


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"form": 1, "development": false, "keys": [{"id": "a"}]}', "\x00"])
def test_a_damaged_keyring_is_refused_without_showing_it(path, damage):
    path.write_text(damage)

    with pytest.raises(KeyringUnusable, match="is damaged") as caught:
        Keyring.open(path)

    assert caught.value.__suppress_context__


def test_a_secret_of_another_length_is_damage(path):
    document = json.loads(path.read_text())
    document["keys"][0]["secret"] = "c2hvcnQ="
    path.write_text(json.dumps(document))

    with pytest.raises(KeyringUnusable, match="is damaged"):
        Keyring.open(path)


def test_a_keyring_of_a_later_form_is_refused(path):
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"form": 2}))

    with pytest.raises(KeyringUnusable, match="form this release does not know"):
        Keyring.open(path)


def test_a_process_holds_only_the_uses_it_was_given(path):
    ring = Keyring.open(path, {Use.CHECKPOINT})

    ring.sign(Use.CHECKPOINT, b"x")

    with pytest.raises(KeyMissing):
        ring.keyed_hash(Use.IDENTITY_HASH, b"x")


def test_a_rotation_reaches_a_running_process_before_it_makes_anything(path, later):
    ring = Keyring.open(path)
    (old,) = ring.key_ids(Use.STORE)
    new = rotate(path, Use.STORE).id

    later(timedelta(seconds=watch.LOOK_EVERY_S + 1))
    seen = ring.key_ids(Use.STORE)
    later(SETTLING + timedelta(seconds=1))
    settled = ring.key_ids(Use.STORE)

    assert seen == (old, new)
    assert settled == (new, old)


def test_what_a_newer_process_closed_opens_at_once_in_an_older_one(path, later):
    older = Keyring.open(path)
    rotate(path, Use.STORE)
    later(SETTLING + timedelta(seconds=1))
    closed = Keyring.open(path).encrypt(Use.STORE, b"x", context=b"")

    assert older.decrypt(Use.STORE, closed, context=b"") == b"x"


def test_a_keyring_file_that_goes_away_leaves_a_running_process_its_keys(path, later):
    ring = Keyring.open(path)
    closed = ring.encrypt(Use.STORE, b"x", context=b"")
    path.unlink()

    later(timedelta(seconds=watch.LOOK_EVERY_S + 1))

    assert ring.decrypt(Use.STORE, closed, context=b"") == b"x"


def test_after_a_second_rotation_only_the_last_two_may_make_things(path, later):
    first = Keyring.open(path).key_ids(Use.STORE)[0]
    later(SETTLING * 2)
    second = rotate(path, Use.STORE).id
    later(SETTLING * 4)
    third = rotate(path, Use.STORE).id

    states = {key.id: key.state for key in list_keys(path) if key.use is Use.STORE}

    assert states == {first: State.FORMER, second: State.CURRENT, third: State.CURRENT}


def test_a_key_in_use_is_not_retired_and_a_former_one_is(path, later):
    (old,) = Keyring.open(path).key_ids(Use.STORE)
    rotate(path, Use.STORE)

    with pytest.raises(KeyringUnusable, match="is in use"):
        retire(path, old)
    later(SETTLING * 2)
    retire(path, old)

    assert old not in Keyring.open(path).key_ids(Use.STORE)


def test_a_named_key_serves_only_where_it_is_named_and_can_be_destroyed(path):
    add(path, Use.LOG_PSEUDONYM, "pseudonym-2026-sote")
    ring = Keyring.open(path)
    named = ring.keyed_hash(Use.LOG_PSEUDONYM, b"x", key_id="pseudonym-2026-sote")

    destroy(path, "pseudonym-2026-sote")

    assert named != ring.keyed_hash(Use.LOG_PSEUDONYM, b"x")
    with pytest.raises(KeyMissing, match="pseudonym-2026-sote"):
        Keyring.open(path).keyed_hash(Use.LOG_PSEUDONYM, b"x", key_id="pseudonym-2026-sote")


def test_an_id_is_given_once_and_an_unknown_one_cannot_be_destroyed(path):
    add(path, Use.STORE, "twice")

    with pytest.raises(KeyringUnusable, match="twice already"):
        add(path, Use.STORE, "twice")
    with pytest.raises(KeyMissing, match="never"):
        destroy(path, "never")


def test_a_keyring_of_another_user_is_told_as_such(path, monkeypatch):
    monkeypatch.setattr(type(path), "read_bytes", lambda _: (_ for _ in ()).throw(PermissionError))

    with pytest.raises(KeyringUnusable, match="belongs to another user"):
        Keyring.open(path)


def test_rotations_at_the_same_time_lose_no_key(path):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda use: rotate(path, use).id, [Use.STORE, Use.TOKEN, Use.RECEIPT, Use.CHECKPOINT] * 3))

    assert set(made) <= {key.id for key in list_keys(path)}


def test_a_crash_while_writing_leaves_the_old_file(path, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr("db.keys.file.os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        rotate(path, Use.STORE)

    assert path.read_bytes() == before
