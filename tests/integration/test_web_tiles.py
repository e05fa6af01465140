"""The log's tiles over HTTP: what anybody fetches is what we write into a folder, and no entry is among it."""

import pytest

from audit import tiles
from audit.log import record_all
from tests.calls import the_app
from tests.logs import an_event, entries

SIZE = 600


@pytest.fixture
def http(log, owner, web_login, keyring):
    with web_login.transaction() as tx:
        record_all(tx, [an_event() for _ in range(SIZE)])
    log.settle(owner)
    log.stop()
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        yield http


@pytest.fixture
def folder(http, owner, tmp_path):
    """The same log as a folder, written from its entries."""
    rows = entries(owner)
    note = http.get(f"/log/{rows[0].log}/checkpoint").text
    tiles.write(tmp_path / str(rows[0].log), [bytes(row.entry) for row in rows], note)
    return tmp_path


def test_every_tile_is_the_file_that_we_write_and_entries_are_nowhere(http, folder):
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    of_entries = {name for name in files if "/tile/entries/" in name}

    answers = {name: http.get(f"/log/{name}") for name in files}

    assert len(files) - len(of_entries) == 5
    assert {name: answers[name].content for name in files.keys() - of_entries} == {
        name: path.read_bytes() for name, path in files.items() if name not in of_entries
    }
    assert not any(answers[name].is_success for name in of_entries)


@pytest.mark.parametrize(
    "wrong",
    [
        "0/003",
        "0/002.p/255",
        "0/000.p/256",
        "0/000.p/0",
        "0/0",
        "0/x000",
        "9/000",
        "1/001",
        "-1/000",
        "0/x999/x999/x999/x999/999",
    ],
)
def test_what_is_not_signed_or_is_no_tile_is_not_there(http, folder, wrong):
    (log,) = [path.name for path in folder.iterdir()]

    assert http.get(f"/log/{log}/tile/{wrong}").status_code in (400, 404)


def test_a_tile_may_be_kept_for_ever_and_a_checkpoint_may_not(http, folder):
    (log,) = [path.name for path in folder.iterdir()]

    kept = {part: http.get(f"/log/{log}/{part}").headers["Cache-Control"] for part in ("checkpoint", "tile/0/000")}

    assert kept == {"checkpoint": "no-store", "tile/0/000": "public, max-age=31536000, immutable"}
    assert http.get(f"/log/{int(log) + 1}/checkpoint").status_code == 404
