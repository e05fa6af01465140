"""The parts of the embedded server that can be seen without one."""

import os
import pwd
import signal
import subprocess
import sys

import psutil  # type: ignore[import-untyped] # it ships no types
import pytest

from db.embedded import Programs
from db.embedded.account import choose
from db.embedded.places import make_passable
from db.embedded.processes import gone, live_server, runs, send
from db.embedded.programs import dump_programs
from db.errors import ServerFailed


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def test_an_ordinary_user_runs_the_server_as_themself(tmp_path, monkeypatch):
    me = pwd.getpwuid(1)
    monkeypatch.setattr(os, "getuid", lambda: me.pw_uid)

    account = choose(tmp_path, "postgres")

    assert (account.name, account.dropped) == (me.pw_name, False)
    assert "user" not in account.process_options()


def test_root_without_any_other_account_is_told_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwall", list)

    with pytest.raises(ServerFailed, match="LUUKKU_DB_ACCOUNT"):
        choose(tmp_path / "none", None)


def test_the_server_s_programs_see_none_of_the_caller_s_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "word")

    account = choose(tmp_path / "none", None)

    assert set(account.process_options()["env"]) == {"LC_ALL", "TZ", "PATH"}


def test_without_the_wheel_the_sentence_names_the_other_way(monkeypatch):
    monkeypatch.setattr("db.embedded.programs._WHEEL", "no_such_wheel")

    with pytest.raises(ServerFailed, match="set LUUKKU_DATABASE_URL"):
        Programs.of_wheel()


def test_a_program_that_does_not_run_is_named(tmp_path):
    program = tmp_path / "postgres"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)

    with pytest.raises(ServerFailed, match="does not run on this machine"):
        Programs(tmp_path).major()


def test_a_distribution_s_programs_are_found_where_debian_lays_them(tmp_path, monkeypatch):
    monkeypatch.setattr("db.embedded.programs._SYSTEM", tmp_path)
    folder = tmp_path / "99" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").write_text("")

    assert Programs.of_system(99) == Programs(folder)
    assert Programs.of_system(98) is None


def test_a_newer_server_is_dumped_with_its_own_programs_or_not_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr("db.embedded.programs._SYSTEM", tmp_path)
    folder = tmp_path / "99" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").write_text("")

    assert dump_programs(15) == Programs.of_wheel()
    assert dump_programs(99) == Programs(folder)
    with pytest.raises(ServerFailed, match="no pg_dump of version 100"):
        dump_programs(100)


def test_folders_above_ours_keep_their_permissions(tmp_path):
    tmp_path.chmod(0o700)

    make_passable(tmp_path / "new" / "newer")

    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o711
    assert (tmp_path / "new" / "newer").stat().st_mode & 0o777 == 0o711


def test_a_process_that_stays_is_not_gone_and_a_zombie_is(sleeper):
    stays = gone(sleeper, 0.05)
    sleeper.kill()

    assert not stays
    assert gone(sleeper, 5)
    assert sleeper.status() == psutil.STATUS_ZOMBIE


def test_a_signal_to_a_process_that_ended_is_nothing():
    process = subprocess.Popen([sys.executable, "-c", ""])
    watched = psutil.Process(process.pid)
    process.wait()

    send(watched, signal.SIGTERM)

    assert gone(watched, 0)


def test_a_process_that_ends_while_it_is_looked_at_does_not_run(sleeper, monkeypatch):
    monkeypatch.setattr(psutil.Process, "status", lambda self: (_ for _ in ()).throw(psutil.NoSuchProcess(self.pid)))

    assert not runs(sleeper)


def test_a_process_that_hides_where_it_works_is_not_ours(tmp_path, monkeypatch):
    from db.embedded.places import Places

    places = Places(tmp_path, tmp_path / "server")
    places.data.mkdir(parents=True)
    (places.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    monkeypatch.setattr(psutil.Process, "name", lambda _: "postgres")
    monkeypatch.setattr(psutil.Process, "cwd", lambda self: (_ for _ in ()).throw(psutil.AccessDenied(self.pid)))

    assert live_server(places) is None
    assert not (places.data / "postmaster.pid").exists()
