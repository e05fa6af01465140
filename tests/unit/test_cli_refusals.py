"""What a start refuses before it makes anything: one sentence, an exit code that is not 0, and nothing left behind."""

import io
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli import house, settings
from cli.instance import running
from cli.main import app
from cli.settings import ROOT, Refusal
from tests.instances import free_ports

WORD = "hidden-word"


def refused(act):
    with pytest.raises(Refusal) as caught:
        act()
    told = str(caught.value)
    assert "\n" not in told
    assert told.endswith(".")
    assert caught.value.code != 0
    return told


def opened(**values):
    with house.opened(settings.from_environ(values=values)):
        pass


def test_a_variable_that_is_empty_is_one_that_is_not_there(monkeypatch):
    monkeypatch.setenv("LUUKKU_KEYRING", "")
    monkeypatch.setenv("LUUKKU_STORE", "")

    empty = settings.from_environ(values={"LUUKKU_HOME": "", "LUUKKU_PORT": "", "LUUKKU_PEOPLE": ""})

    assert empty == settings.from_environ(values={})
    assert empty.home == ROOT / "var"
    handed = empty.handed("postgresql:///luukku")
    assert (handed["LUUKKU_KEYRING"], handed["LUUKKU_STORE"]) == (
        str(ROOT / "var" / "keys" / "keyring.json"),
        str(ROOT / "var" / "store"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LUUKKU_PORT", "many"),
        ("LUUKKU_PORT", "80"),
        ("LUUKKU_PORT", "65533"),
        ("LUUKKU_PEOPLE", "0"),
        ("LUUKKU_PEOPLE", "550001"),
        ("LUUKKU_SEED", "-1"),
    ],
)
def test_a_bad_setting_is_named(name, value):
    assert refused(lambda: settings.from_environ(values={name: value})).startswith(name)


@pytest.mark.parametrize("home", ["a-file", "a-file/below", "/proc/nowhere"])
def test_a_home_that_can_be_no_folder_is_one_sentence(tmp_path, home):
    (tmp_path / "a-file").touch()

    told = refused(lambda: opened(LUUKKU_HOME=str(tmp_path / home)))

    assert "LUUKKU_HOME has to be a folder of your own" in told
    assert [each.name for each in tmp_path.iterdir()] == ["a-file"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"postgresql://u:{WORD}@127.0.0.1:{WORD}/db", "is not an address"),
        (f"u:{WORD}@127.0.0.1", "is not an address"),
        (f"mysql://u:{WORD}@127.0.0.1/db", "must name a PostgreSQL database"),
        (f"postgresql://u:{WORD}@127.0.0.1:1/", "must name a PostgreSQL database"),
        (f"postgresql://u:{WORD}@10.0.0.1/db", "sslmode=verify-full"),
        (f"postgresql://u:{WORD}@127.0.0.1:1/db?{WORD}=1", "sets something that no PostgreSQL knows"),
        (f"postgresql://u:{WORD}@127.0.0.1:1/db?sslmode={WORD}", "sets something to what it cannot be"),
        (f"postgresql://u:{WORD}@127.0.0.1:1/db", "does not answer"),
    ],
)
@pytest.mark.loopback
def test_a_wrong_database_url_is_one_sentence_without_what_stands_in_it(tmp_path, address, told):
    home = tmp_path / "home"

    said = refused(lambda: opened(LUUKKU_HOME=str(home), LUUKKU_DATABASE_URL=address))

    assert told in said
    assert WORD not in said
    assert [each for each in home.rglob("*") if each.is_file()] == []


@pytest.mark.loopback
def test_a_port_in_use_is_named_before_anything_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = settings.from_environ(values={"LUUKKU_HOME": str(tmp_path / "home"), "LUUKKU_PORT": str(port - 1)})

        told = refused(lambda: running(started, Console(file=io.StringIO())).__enter__())

    assert f"{port} (airflow)" in told
    assert "LUUKKU_PORT" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.loopback
def test_another_number_of_people_than_the_home_was_begun_with_is_refused_before_anything_is_started(tmp_path):
    (tmp_path / "people.json").write_text('{"people": 60, "seed": 1, "closing": "2026-06-04T02:00:00+00:00"}')
    asked = settings.from_environ(
        values={"LUUKKU_HOME": str(tmp_path), "LUUKKU_PORT": str(free_ports()), "LUUKKU_PEOPLE": "20"}
    )

    told = refused(lambda: running(asked, Console(file=io.StringIO())).__enter__())

    assert told.startswith("This home was begun with 60 people")
    assert [each.name for each in tmp_path.iterdir()] == ["people.json"]


@pytest.mark.parametrize("command", [["verify"], ["backup", "copy"]])
def test_nothing_is_told_of_a_home_in_which_nothing_was_ever_begun(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(app, command, env={"LUUKKU_HOME": str(tmp_path / "misspelt"), "LUUKKU_DATABASE_URL": ""})

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"luukku: There is no instance in {tmp_path / 'misspelt'}; nothing was made.\n"
    assert list(tmp_path.iterdir()) == []


def front_door(folder: Path, **values):
    """Run a copy of the front door beside a lock, in a world where only the shell's own tools are."""
    shutil.copy(ROOT / "luukku", folder)
    (folder / "requirements.lock").touch()
    ran = subprocess.run(
        [folder / "luukku", "up"], env={"PATH": "/usr/bin:/bin", **values}, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stderr.splitlines(), sorted(each.name for each in folder.iterdir())


def test_an_unsupported_python_is_one_sentence_and_nothing_is_made(tmp_path):
    told = front_door(tmp_path, LUUKKU_PYTHON="/bin/false")

    assert told == (
        2,
        ["luukku: Python 3.11 or newer is needed, and none was found; name one in LUUKKU_PYTHON."],
        ["luukku", "requirements.lock"],
    )


def test_a_second_start_does_not_make_the_environment_beside_the_first(tmp_path):
    (tmp_path / ".venv.making").mkdir()

    code, lines, left = front_door(tmp_path)

    assert (code, len(lines), left) == (2, 1, [".venv.making", "luukku", "requirements.lock"])
    assert lines[0].startswith("luukku: Another start is making the environment")


def test_an_environment_whose_python_went_with_an_update_is_made_anew(tmp_path):
    (tmp_path / "requirements.lock").touch()
    environment = tmp_path / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(tmp_path / "gone")
    lock = subprocess.run(["cksum"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
    (environment / ".made-from").write_text(lock)

    code, lines, _ = front_door(tmp_path, LUUKKU_PYTHON="/bin/false")

    assert (code, lines[0].partition(",")[0]) == (2, "luukku: Python 3.11 or newer is needed")


def test_the_front_door_runs_its_own_checkout_wherever_the_caller_stands(tmp_path):
    (tmp_path / "cli").mkdir()
    for name in ("cli/__init__.py", "cli/__main__.py", "typer.py"):
        (tmp_path / name).write_text("raise SystemExit('another checkout')\n")

    ran = subprocess.run([ROOT / "luukku", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Usage: luukku" in ran.stdout
