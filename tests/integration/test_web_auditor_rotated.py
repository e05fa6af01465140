"""A sealed export asked again after the keys have rotated: the same bytes, which verify when part of the log is gone by right."""

import io
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest

from audit import retention
from audit.checkpoint import HOST
from audit.events import ChangeRef, EventType
from audit.log import record_all
from audit.manifest import exporter
from audit.queries import sequence
from audit.retention import Ended
from cli.verify.given import Given
from cli.verify.pieces import export
from db import clock
from db.clock import now
from db.engine import Database, Login
from db.ids import uuid7
from db.keys import Keyring, Use, destroy, list_keys, new_keyring, rotate
from tests.integration.test_web_auditor import CASE, exported
from tests.logs import an_event
from tests.pages import a_browser


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "keys" / "keyring.json"
    new_keyring(path, development=True)
    return path


@pytest.fixture
def keyring(path):
    return Keyring.open(path)


@pytest.fixture
def auditor(web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


@pytest.fixture
def address(auditor, log, owner):
    """A search that finds what a steward did."""
    with owner.transaction() as tx:
        record_all(tx, [an_event() for _ in range(5)])
    log.settle(owner)
    asked = {"org": "0166906-4", "since": "2026-05-30", "until": "2026-06-02"}
    return auditor.post("/audit/doers", asked | CASE).headers["location"]


@pytest.fixture
def later(monkeypatch, path, owner, log):
    """A key takes over, in time and as the log tells it."""
    passed = [timedelta()]

    def take_over(use):
        key = rotate(path, use)
        passed[0] += timedelta(hours=1)
        moment = clock.now() + passed[0]
        for module in ("ring", "file"):
            monkeypatch.setattr(f"db.keys.{module}.now", lambda: moment)
        monkeypatch.setattr("db.keys.watch.monotonic", lambda: moment.timestamp() + 1e9)
        change = ChangeRef(table="keyring", id=key.id, digest="0a" * 32)
        with owner.transaction() as tx:
            record_all(
                tx, [an_event(id=uuid7(now()), at=now(), type=EventType.KEY_ROTATED, person_id=None, change=change)]
            )
        log.settle(owner)

    return take_over


@pytest.fixture
def next_year(monkeypatch, log, owner):
    """The log of the next year begins."""

    def begin():
        moment = now() + timedelta(days=366)
        monkeypatch.setattr("audit.sequencer.now", lambda: moment)
        monkeypatch.setattr("audit.sequencer.MOST_OFF", timedelta.max)
        log.settle(owner)

    return begin


@pytest.fixture
def pruned(database_url, keyring, log, owner):
    """The first events of the log go by right."""

    def prune():
        with Database(database_url, Login.KEEPER, keyring) as keeper, keeper.transaction() as tx:
            claim = retention.claim(tx, Ended(now().year, 0, 4), now())
        log.settle(owner)
        with Database(database_url, Login.SEQUENCER, keyring) as sequencer, sequencer.transaction() as tx:
            assert retention.prune(tx, claim) == 5

    return prune


@pytest.fixture
def known(address, owner, keyring):
    """The keys that an auditor was given before anything was rotated."""
    with owner.read() as read:
        return [*sequence.signers(read, now().year), str(exporter(HOST, keyring.public_key(Use.EXPORT)))]


def test_keys_rotated_twice_change_no_byte_of_what_was_asked_before(auditor, address, later, next_year):
    action, first = exported(auditor, address)
    for use in (Use.EXPORT, Use.CHECKPOINT, Use.EXPORT, Use.CHECKPOINT):
        later(use)
    next_year()

    again = auditor.post(f"{address}/export{action}", {"as": "sealed"})

    assert again.content == first.content
    assert signers(exported(auditor, address)[1]) != signers(first)


def test_an_export_verifies_after_two_rotations_and_a_prune(auditor, known, request, tmp_path, path):
    _, first = exported(auditor, request.getfixturevalue("address"))
    for use in (Use.CHECKPOINT, Use.EXPORT) * 2:
        request.getfixturevalue("later")(use)
    request.getfixturevalue("next_year")()
    request.getfixturevalue("pruned")()

    for given in (Given(keyring=tmp_path / "none", keys=known), Given(keyring=path)):
        assert verified(first, given, tmp_path) == 0


def test_where_the_key_of_then_is_destroyed_the_page_and_the_export_say_so(auditor, address, later, path):
    action, first = exported(auditor, address)
    (older,) = (key.id for key in list_keys(path) if key.use is Use.EXPORT)
    later(Use.EXPORT)
    destroy(path, older)
    later(Use.CHECKPOINT)

    asked = auditor.get(f"{address}/export{action}").text
    again = auditor.post(f"{address}/export{action}", {"as": "sealed"})

    assert "ei ole enää tallessa" in asked
    assert "ei ole enää tallessa" not in auditor.get(f"{address}/export?kind=all").text
    assert {name for name, content in files(again).items() if files(first)[name] != content} == {
        "README.txt",
        "manifest",
        "vkeys",
    }
    assert b"Signed with a later key" in files(again)["README.txt"]


def verified(answer, given, folder):
    (folder / "export.zip").write_bytes(answer.content)
    return export(folder / "export.zip", given)


def files(answer):
    with ZipFile(io.BytesIO(answer.content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def signers(answer):
    return re.findall(r"— \S+/export \S+", files(answer)["manifest"].decode())
