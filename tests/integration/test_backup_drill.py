"""The drill: an instance is copied while it works, goes on, is destroyed and restored; what is lost is told, and closes what it touches."""

import json
from pathlib import Path

import pytest

from cli.backup.making import backup
from cli.backup.restoring import Given, restore
from cli.settings import Refusal
from cli.verify.given import Given as Keys
from cli.verify.log import verify_tables
from consent import closing
from consent.queries import closings
from db.clock import now
from db.keys import Use, list_keys
from publish import changes_of_will
from tests.drills import CONSENTED, LAWFUL, an_instance, destroy, running
from tests.published import SAVONLINNA, STEWARD

BOTH = [LAWFUL, CONSENTED]

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def instance(server_homes):
    return an_instance(server_homes())


def landed(instance, name, body):
    path = instance.home / "store" / "landed" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def feed_keys(instance):
    return {key.id for key in list_keys(instance.home / "keys" / "keyring.json") if key.use is Use.FEED_TOKEN}


def member(row):
    return json.loads(bytes(row.entry))


def test_after_a_restore_the_loss_is_named_and_nothing_is_shared_by_consent_until_a_steward_opens_it(
    instance, tmp_path, capsys
):
    copy = tmp_path / "copy"
    file = landed(instance, "page-1", b"pages of a source")
    with running(instance) as before:
        person, system = before.person(), before.system()
        assert before.sees(system, person) == BOTH
        said = before.backup(copy)
        log, copied = before.size()
        before.world.withdraw(person, CONSENTED, through=changes_of_will)
        assert before.sees(system, person) == [LAWFUL]
        _, announced = before.size()
    assert announced > copied
    destroy(instance, fence=False)

    told = restore(instance, copy, Given())

    assert "keyring.json apart" in said
    assert file.read_bytes() == b"pages of a source"
    with running(instance) as after:
        system = after.system("sln-toinen")
        assert after.sees(system, person) == [LAWFUL]
        with after.owner.read() as read:
            (lost,) = closings.waiting(read, recipient=SAVONLINNA)
        assert (lost.log, lost.last) == (log, announced - 1)
        assert f"the events {lost.first} to {lost.last} of the log {log}" in told
        restored = next(row for row in after.entries() if row.type == "log.restored")
        assert (restored.log, restored.index) == (log * 10 + 1, 1)
        assert member(restored)["result"] == {
            "all": 1,
            "count": announced - lost.first,
            "from": lost.first,
            "log": log,
            "to": lost.last,
        }
        with after.web.transaction() as tx:
            why = "The withdrawals since the copy were recorded again from paper."
            closing.reopen(tx, lost.closing_id, recipient=SAVONLINNA, by=STEWARD, why=why, at=now())
        assert after.sees(system, person) == BOTH
        after.size()
    assert verify_tables(instance, Keys(instance.home / "keys" / "keyring.json"), (), with_details=True) == 0, (
        capsys.readouterr().out
    )


def test_a_restore_of_all_that_was_announced_closes_nothing_and_goes_on_in_the_same_log(instance, tmp_path):
    with running(instance) as before:
        person = before.person()
        log, _ = before.size()
    backup(instance, tmp_path / "copy")
    destroy(instance, fence=False)

    told = restore(instance, tmp_path / "copy", Given())

    assert "nothing that was announced is lost" in told
    with running(instance) as after:
        assert after.sees(after.system(), person) == BOTH
        assert {row.log for row in after.entries()} == {log}
        assert [row.type for row in after.entries()].count("log.exported") == 1


def test_where_the_fence_is_gone_too_something_is_taken_for_lost(instance, tmp_path):
    with running(instance) as before:
        person = before.person()
        before.backup(tmp_path / "copy")
        log, _ = before.size()
    destroy(instance, fence=True)
    tokens = feed_keys(instance)

    told = restore(instance, tmp_path / "copy", Given())

    assert f"of the log {log} from " in told
    assert feed_keys(instance).isdisjoint(tokens), "a token from after the copy would pass over what comes next"
    destroy(instance, fence=True)
    assert restore(instance, tmp_path / "copy", Given()) == told
    with running(instance) as after:
        assert after.sees(after.system(), person) == [LAWFUL]


@pytest.mark.parametrize("name", ["database.dump", "store/landed/page-1"])
def test_a_damaged_copy_is_refused_by_the_file_s_name_before_anything_is_written(instance, tmp_path, name):
    landed(instance, "page-1", b"pages of a source")
    copy = tmp_path / "copy"
    with running(instance) as before:
        before.backup(copy)
    destroy(instance, fence=False)
    damaged = bytearray((copy / name).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (copy / name).write_bytes(damaged)

    with pytest.raises(Refusal, match=name):
        restore(instance, copy, Given())

    assert not (instance.home / "db").exists()
    (copy / name).unlink()
    with pytest.raises(Refusal, match=f"{name} is not there"):
        restore(instance, copy, Given())


def test_a_copy_that_was_cut_off_is_no_copy(instance, tmp_path):
    (tmp_path / "database.dump").write_bytes(b"half of it")

    with pytest.raises(Refusal, match="no whole copy"):
        restore(instance, tmp_path, Given())


def test_a_copy_is_never_put_over_data_nor_under_other_keys(instance, server_homes, tmp_path):
    copy = tmp_path / "copy"
    with running(instance) as before:
        before.backup(copy)
    with pytest.raises(Refusal, match="never put over data"):
        restore(instance, copy, Given())
    other = an_instance(server_homes())
    with running(other):
        pass
    destroy(other, fence=True)

    with pytest.raises(Refusal, match="lacks the key"):
        restore(other, copy, Given())

    assert not (other.home / "db").exists()


def test_a_copy_is_made_in_a_folder_of_its_own(instance, tmp_path):
    (tmp_path / "mine").write_text("something")

    with pytest.raises(Refusal, match="is not empty"):
        backup(instance, tmp_path)

    assert [path.name for path in Path(tmp_path).iterdir()] == ["mine"]
