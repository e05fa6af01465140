"""The log as a folder of tiles: written from a real log, verified offline from the files alone, each kind of damage named."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from audit import tables, tiles
from audit.checkpoint import Checkpoint, VerifierKey, parted
from audit.cosignature import WitnessKey, cosigned
from audit.log import record_all
from audit.proof import Proof, extra_of, proof_of
from audit.tiles import TilesCopy
from audit.verify.folder import verify_folder
from cli import tiles as command
from cli.settings import Refusal, from_environ
from db.keys import Use, new_keyring
from tests.logs import AT, a_disclosure, a_log, an_event, entries, known_to
from tests.tampering import tamper

SIZE = 600


@pytest.fixture(scope="module")
def made(copies, keyring, tmp_path_factory):
    """A folder of tiles of 600 events, the key that signed it, and an older folder of the first 300."""
    from db.engine import Database, Login

    folder = tmp_path_factory.mktemp("tiles")
    with (
        copies() as url,
        a_log(url, keyring) as log,
        Database(url, Login.WEB, keyring) as web,
        Database(url, Login.OWNER, keyring) as owner,
    ):
        for part in ("old", "new"):
            with web.transaction() as tx:
                record_all(tx, [an_event() for _ in range(SIZE // 2 - (2 if part == "old" else 1))])
            log.start()
            with log.sealer() as sealer:
                sealer.seal(a_disclosure())
            log.stop()
            with owner.read() as read:
                note = read.execute(tables.checkpoint.select().order_by(tables.checkpoint.c.size.desc())).first().note
            tiles.write(folder / part, [bytes(row.entry) for row in entries(owner)], note)
    origin = note.partition("\n")[0]
    return folder, VerifierKey(origin, keyring.public_key(Use.CHECKPOINT))


@pytest.fixture
def folder(made, tmp_path):
    shutil.copytree(made[0], tmp_path / "log")
    tiles._content.cache_clear()
    return tmp_path / "log"


@pytest.fixture
def found(made, folder):
    def verify(*witnesses):
        lines = list(verify_folder(folder / "new", [made[1]], witnesses))
        return [(line.code, line.index) for line in lines[:-1]], lines[-1]

    return verify


def test_a_whole_folder_verifies(found):
    findings, summary = found()

    assert findings == []
    assert list(summary.sizes.values()) == [SIZE]


def test_a_witness_s_line_under_the_checkpoint_is_verified_by_its_key(found, folder, keyring):
    witness = WitnessKey("savonlinna.example", keyring.public_key(Use.RECEIPT))
    path = folder / "new" / "checkpoint"
    note = path.read_text()
    line = cosigned(
        Checkpoint.parse(parted(note)[0]), witness, lambda text: keyring.sign(Use.RECEIPT, text).signature, AT
    )
    altered = line[:60] + ("Q" if line[60] == "A" else "A") + line[61:]
    codes = {}

    for name, written in (("good", line), ("altered", altered)):
        path.write_text(note + written)
        codes[name] = [[str(code) for code, _ in found(*known)[0]] for known in ([witness], [])]

    assert codes == {"good": [[], ["key_missing"]], "altered": [["signature_bad"], ["key_missing"]]}


def test_the_files_are_those_of_the_layout(folder):
    names = {str(path.relative_to(folder / "new")) for path in (folder / "new").rglob("*") if path.is_file()}

    assert names == {
        "checkpoint",
        *(f"tile/{level}/{n}" for level in ("0", "entries") for n in ("000", "001", "002.p/88")),
        "tile/1/000.p/2",
    }


@pytest.mark.parametrize(("n", "path"), [(5, "005"), (1234067, "x001/x234/067"), (1000, "x001/000")])
def test_a_number_is_written_in_groups_of_three(n, path):
    assert tiles.number_path(n) == path


def changed(path: Path, at: int):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("level", ["0/001", "1/000.p/2"])
def test_a_changed_hash_tile_is_named(found, folder, level):
    changed(folder / "new" / "tile" / level, 40)

    assert {code for code, _ in found()[0]} == {"node_changed"}


def test_a_changed_entry_is_named(found, folder):
    changed(folder / "new" / "tile" / "entries" / "001", 30)

    assert ("entry_changed", 256) in found()[0]


def test_a_bundle_that_is_gone_is_named(found, folder):
    (folder / "new" / "tile" / "entries" / "001").unlink()

    assert ("entry_missing", 256) in found()[0]


def test_a_checkpoint_whose_signature_is_changed_is_named(found, folder):
    path = folder / "new" / "checkpoint"
    path.write_text(path.read_text().replace(f"\n{SIZE}\n", f"\n{SIZE - 1}\n"))

    assert "signature_bad" in {code for code, _ in found()[0]}


def test_entries_that_do_not_lead_to_the_signed_root_are_not_written(folder, tmp_path):
    copy = TilesCopy.of(folder / "new")

    with pytest.raises(tiles.BadTiles):
        tiles.write(tmp_path / "other", [entry for _, entry in list(copy.entries())[:-1]], copy.note)


def luukku(folder, *arguments):
    """Run the command as on another machine: no home, no keyring, no database."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LUUKKU_")}
    run = subprocess.run(
        [sys.executable, "-m", "cli", "verify", *map(str, arguments)],
        env=environ | {"LUUKKU_HOME": str(folder / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def test_the_command_verifies_offline_by_a_key_alone(folder, made):
    assert luukku(folder, "log", folder / "new", "--key", made[1])[0] == 0
    assert luukku(folder, "log", folder / "new")[0] == 3
    changed(folder / "new" / "tile" / "entries" / "000", 30)
    code, told = luukku(folder, "log", folder / "new", "--key", made[1])
    assert (code, "entry_changed" in told) == (1, True)


def test_the_command_verifies_a_packed_export_and_refuses_what_is_none(folder, made):
    packed = folder / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((folder / "new").rglob("*")):
            archive.write(path, path.relative_to(folder / "new"))

    assert luukku(folder, "export", packed, "--key", made[1])[0] == 0
    packed.write_bytes(b"no zip")
    assert luukku(folder, "export", packed, "--key", made[1])[0] == 2


def test_the_command_verifies_that_the_older_log_begins_the_newer(folder, made):
    assert luukku(folder, "consistency", folder / "old", folder / "new", "--key", made[1])[0] == 0
    code, told = luukku(folder, "consistency", folder / "new", folder / "old", "--key", made[1])
    assert (code, "rolled_back" in told) == (1, True)


def test_the_command_verifies_a_proof_and_names_what_is_wrong_with_it(folder, made):
    copy = TilesCopy.of(folder / "new")
    entry = dict(copy.entries())[77]
    proof = str(proof_of(77, copy.note, copy.node_at, extra_of(entry)))
    path = folder / "77.tlog-proof"

    path.write_text(proof)
    assert luukku(folder, "proof", path, "--key", made[1])[0] == 0
    assert str(Proof.parse(proof)) == proof
    path.write_text(proof.replace("index 77", "index 78"))
    code, told = luukku(folder, "proof", path, "--key", made[1])
    assert (code, "entry_changed" in told) == (1, True)
    path.write_text("no proof")
    code, told = luukku(folder, "proof", path, "--key", made[1])
    assert (code, "Line 1" in told) == (2, True)


@pytest.fixture
def written(tmp_path, database_url, log):
    """Writes the log by the command, beside an instance whose log is at work."""
    new_keyring(tmp_path / "keys" / "keyring.json", development=True)
    known_to(tmp_path, log)
    settings = from_environ(values={"LUUKKU_HOME": str(tmp_path), "LUUKKU_DATABASE_URL": database_url})
    with log.sealer() as sealer:
        sealer.seal(a_disclosure())
    return lambda: command.write(settings, tmp_path / "out")


def test_the_command_writes_what_it_verifies_and_its_own_event_is_in_it(tmp_path, written, keyring, owner):
    told = written()

    (year,) = (tmp_path / "out").iterdir()
    key = VerifierKey(f"luukku.example/audit/{year.name}", keyring.public_key(Use.CHECKPOINT))
    (size,) = (line.sizes[int(year.name)] for line in verify_folder(year, [key]))
    assert told == f"{year}: {size} events\n"
    assert [row.type for row in entries(owner)][:size][-1] == "log.exported"


def test_the_command_writes_no_file_while_the_export_cannot_be_sealed(tmp_path, written, log):
    log.stop()

    with pytest.raises(Refusal, match="cannot be reached; nothing may be shown") as refusal:
        written()

    assert (refusal.value.code, (tmp_path / "out").exists()) == (3, False)


def test_the_command_leaves_no_half_of_a_log_behind(tmp_path, written, database_url):
    tamper(database_url, "UPDATE audit.event SET entry = entry || ' '::bytea WHERE index = 1")

    with pytest.raises(Refusal, match="was not written"):
        written()

    assert list((tmp_path / "out").iterdir()) == []
