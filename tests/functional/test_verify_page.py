"""The page that verifies proofs: opened from its file in a real Chromium, it says of every proof what the command line says."""

import base64
import json
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest

from audit import claims, entry, indexing, retention
from audit.checkpoint import HOST, VerifierKey
from audit.details import commitment
from audit.errors import BadNote
from audit.exporters import Exporter
from audit.manifest import exporter
from audit.page import verifier
from audit.proof import Proof, extra_of, opened_extra
from audit.proving import newest_note, proofs
from audit.queries import search, sequence
from audit.queries.search import Found, Wanted
from audit.retention import Ended
from audit.sealed import Export, sealed
from audit.verify.pieces import Signers, verify_proof
from cli.verify.given import Given
from cli.verify.pieces import export
from db.clock import now
from db.ids import uuid7
from db.keys import Use
from tests.chromium import Reader
from tests.logs import AT, a_disclosure

EVENTS = 7
SALT = "00" * 16

pytestmark = pytest.mark.loopback


@pytest.fixture
def page(chromium, tmp_path):
    """The page as somebody opens it who keeps it on a disk."""
    path = tmp_path / "verify.html"
    path.write_bytes(verifier())
    with chromium.new_context(locale="en-GB", offline=True) as context:
        opened = context.new_page()
        opened.goto(path.as_uri())
        yield opened


@pytest.fixture
def proved(log, owner):
    """A proof of each event of a small log, and the log's key."""
    with log.sealer() as sealer:
        for _ in range(EVENTS):
            sealer.seal(a_disclosure(id=uuid7(AT), decided=False, person_id=uuid7(AT)))
    with owner.transaction(snapshot=True) as tx:
        indexing.write_roots(tx, at=AT)
        retention.claim(tx, Ended(now().year, 0, EVENTS), AT)
    log.settle(owner)
    with owner.read() as read:
        found = search.events(read, Wanted(), limit=100)
        made = proofs(read, found, {now().year: newest_note(read, now().year)})
        (key,) = sequence.signers(read, now().year)
    return made, key


def looked(page, key, *shown):
    """What the page says of proofs: the colour of each, by its place."""
    page.fill("#keys", key)
    files = [
        {"name": f"{n}.tlog-proof", "mimeType": "text/plain", "buffer": str(proof).encode()}
        for n, proof in enumerate(shown)
    ]
    page.set_input_files("#files", files)
    page.wait_for_function("count => document.querySelectorAll('section').length === count", arg=len(shown))
    return page.eval_on_selector_all("section", "all => all.map(each => each.className)")


def by_command(proof, key):
    """What the command line finds: nothing is good."""
    return [finding.code for finding in verify_proof(proof, Signers(keys=[VerifierKey.parse(key)]))]


def with_entry(proof, **changed):
    members = entry.read(opened_extra(proof.extra).entry) | changed
    return replace(proof, extra=extra_of(entry.canonical(members)))


def with_note(proof, old, new):
    return replace(proof, note=proof.note.replace(old, new, 1))


def flipped(raw: bytes) -> bytes:
    return bytes([raw[0] ^ 1]) + raw[1:]


def resigned(proof):
    """A signature with one bit another."""
    head, _, encoded = proof.note.rstrip("\n").rpartition(" ")
    raw = base64.b64decode(encoded)
    return replace(proof, note=f"{head} {base64.b64encode(raw[:-1] + flipped(raw[-1:])).decode()}\n")


ALTERED = {
    "another outcome": lambda proof: with_entry(proof, outcome="permit"),
    "another purpose, in letters": lambda proof: with_entry(proof, purpose="Yksityinen käyttö – ä"),
    "another place": lambda proof: replace(proof, index=proof.index ^ 1),
    "a place outside": lambda proof: replace(proof, index=proof.index + 1_000),
    "another path": lambda proof: replace(proof, path=[flipped(proof.path[0]), *proof.path[1:]]),
    "a shorter path": lambda proof: replace(proof, path=proof.path[:-1]),
    "a longer path": lambda proof: replace(proof, path=[*proof.path, proof.path[0]]),
    "another size": lambda proof: with_note(proof, f"\n{proof.checkpoint.size}\n", f"\n{proof.checkpoint.size + 1}\n"),
    "another signature": resigned,
    "a detail that was never promised": lambda proof: replace(
        proof, extra=extra_of(opened_extra(proof.extra).entry, {"salt": SALT, "user": "w-17"})
    ),
}


def test_every_proof_of_a_log_holds_by_the_page_as_by_the_command(proved, page):
    made, key = proved

    assert set(looked(page, key, *made)) == {"good"}
    assert all(by_command(proof, key) == [] for proof in made)


@pytest.mark.parametrize("how", ALTERED)
def test_what_was_altered_is_refused_by_the_page_as_by_the_command(proved, page, how):
    made, key = proved
    altered = [ALTERED[how](proof) for proof in made]

    assert set(looked(page, key, *altered)) == {"bad"}
    assert all(by_command(proof, key) for proof in altered)


def test_a_detail_is_opened_against_its_promise(proved, page):
    made, key = proved
    detail = {"salt": SALT, "user": "w-17", "text": "Syy: ”kysymys” – ä"}
    promised = commitment(bytes.fromhex(SALT), entry.unchecked(dict(detail)))
    members = entry.read(opened_extra(made[0].extra).entry) | {"detail": promised}
    shown = replace(made[0], extra=extra_of(entry.canonical(members), detail))

    looked(page, key, shown)

    assert "The opened detail is the one that the entry commits to." in page.inner_text("section")


def test_without_a_key_or_with_a_strangers_nothing_is_confirmed(proved, page):
    made, key = proved
    stranger = VerifierKey(VerifierKey.parse(key).name, bytes(32))

    assert looked(page, "", made[0]) == ["open"]
    assert looked(page, str(stranger), made[0]) == ["bad"]
    assert [code.refutes for code in by_command(made[0], str(stranger))] == [True]


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\nindex 1\n\n", "<svg onload=alert(1)>", "\x00" * 50])
def test_what_is_no_proof_is_called_so(page, proved, text):
    _, key = proved

    assert looked(page, key, text) == ["bad"]
    assert page.inner_text("section li") == "The file is not a proof."


def test_an_entry_that_says_a_thing_twice_is_no_proof_of_either(proved, page):
    made, key = proved
    twice = replace(made[0], extra=made[0].extra.replace(b'"outcome":', b'"outcome":"deny","outcome":', 1))

    assert looked(page, key, twice) == ["bad"]
    assert page.inner_text("section li") == "The file is not a proof."
    with pytest.raises(BadNote, match="canonical"):
        by_command(twice, key)


def test_a_line_that_is_no_key_is_named_by_its_number(proved, page):
    _, key = proved

    page.fill("#keys", f"{key}\nnot a key")
    page.wait_for_function("document.getElementById('told').textContent")

    assert page.inner_text("#told") == "Line 2 is not the key of a log."


@pytest.fixture
def exported(proved, keyring):
    """What was searched, as a sealed export, and the keys that it is to be verified by: of the log, of exports."""
    made, key = proved
    made = sorted(made, key=lambda each: each.index)
    events = [Found(now().year, each.index, uuid7(AT), AT, opened_extra(each.extra).entry) for each in made]
    note = made[0].note
    query = {"all_of_person": False, "persons": [], "pages": []}
    signer = Exporter(keyring.key_ids(Use.EXPORT)[0])
    export = Export(query=query, found=events, proofs=made, notes={now().year: note}, vkeys=[key], exporter=signer)
    return sealed(export, keyring), (key, str(exporter(HOST, keyring.public_key(Use.EXPORT))))


def repacked(packed, change):
    """The same export, its files changed."""
    with ZipFile(BytesIO(packed)) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    change(files)
    written = BytesIO()
    with ZipFile(written, "w", ZIP_STORED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return written.getvalue()


def edited(name, old, new):
    def change(files):
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def relisted(change):
    """A change that the manifest knows of; its signature is of another list then."""

    def changed(files):
        change(files)
        head, _, lines = files["manifest"].decode().partition("\n\n")
        names = [line.partition("  ")[2] for line in head.split("\n")]
        rows = [f"{sha256(files[name]).hexdigest()}  {name}" for name in names if name in files]
        files["manifest"] = ("\n".join(rows) + f"\n\n{lines}").encode()

    return changed


def unsigned(files):
    files["manifest"] = files["manifest"].partition(b"\n\n")[0] + b"\n"


CHANGES = {
    "nothing": lambda _: None,
    "an event": edited("entries.ndjson", b'"outcome":"partial"', b'"outcome":"permit"'),
    "an event, and the list": relisted(edited("entries.ndjson", b'"outcome":"partial"', b'"outcome":"permit"')),
    "the question": edited("query.json", b"false", b"true"),
    "a file gone": lambda files: files.pop("README.txt"),
    "a file more": lambda files: files.update({"more.txt": b"more"}),
    "the manifest's own list": edited("manifest", b"README.txt", b"LIESMICH.txt"),
    "the signature": lambda files: files.update({"manifest": files["manifest"][:-6] + b"AAA=\n"}),
    "no signature": unsigned,
}


def test_an_export_holds_or_not_by_the_page_as_by_the_command_and_so_does_its_manifest_s_signature(
    exported, page, tmp_path, capsys
):
    packed, keys = exported
    said = {}
    for how, change in CHANGES.items():
        said[how] = of_export(page, repacked(packed, change), keys, tmp_path)
    said["no key of exports"] = of_export(page, packed, keys[:1], tmp_path)
    said["no key of the log"] = of_export(page, packed, keys[1:], tmp_path)
    said["no key"] = of_export(page, packed, (), tmp_path)

    by_page = {how: kind for how, (kind, _) in said.items()}
    assert by_page == {how: {0: "good", 1: "bad", 3: "open"}[code] for how, (_, code) in said.items()}
    assert (by_page["nothing"], by_page["no key"], by_page["no key of exports"]) == ("good", "open", "open")
    assert list(by_page.values()).count("bad") == len(CHANGES)


@pytest.fixture
def whole(proved, owner, keyring):
    """All of one person, and that there is nothing of another, as it is exported."""
    made, key = proved
    entries = {each.index: opened_extra(each.extra).entry for each in made}
    index = min(at for at, each in entries.items() if entry.read(each).get("person_n") == 1)
    person, nobody = str(entry.read(entries[index])["person"]), "80" * 16
    year, size = now().year, made[0].checkpoint.size
    with owner.read() as read:
        shown = indexing.shown(read, [bytes.fromhex(person), bytes.fromhex(nobody)], {year: size})
        roots = proofs(read, [each.told for each in shown], {year: made[0].note})
    return Export(
        query={"all_of_person": True, "persons": [person, nobody], "pages": []},
        found=[Found(year, index, uuid7(AT), AT, entries[index])],
        proofs=[each for each in made if each.index == index],
        notes={year: made[0].note},
        vkeys=[key],
        exporter=Exporter(keyring.key_ids(Use.EXPORT)[0]),
        index=indexing.files(shown, roots),
    )


def without_line(export, place):
    """The same export, a line of its index left out."""
    name = f"index/{now().year}.json"
    lines = json.loads(export.index[name])
    del lines["lines"][place]
    return replace(export, index={**export.index, name: json.dumps(lines).encode()})


def other_line(export, place):
    """The same export, the person of a line of its index another."""
    name = f"index/{now().year}.json"
    lines = json.loads(export.index[name])
    line = lines["lines"][place]["line"]
    lines["lines"][place]["line"] = ("0" if line[31] != "0" else "1").join((line[:31], line[32:]))
    return replace(export, index={**export.index, name: json.dumps(lines).encode()})


def claimed(export, made, change=lambda proof: proof):
    """The same export without an event, which went by right as a proved claim says."""
    (claim,) = [each for each in made if entry.read(opened_extra(each.extra).entry)["type"] == "retention.pruned"]
    found = Found(now().year, claim.index, uuid7(AT), AT, b"")
    return replace(export, found=[], proofs=[], index={**export.index, **claims.files([found], [change(claim)])})


INDEXES = {
    "nothing": lambda export: export,
    "the only event": lambda export: replace(export, found=[], proofs=[]),
    "a neighbour": lambda export: without_line(export, 0),
    "another neighbour": lambda export: without_line(export, -1),
    "another's line": lambda export: other_line(export, 0),
    "no index": lambda export: replace(export, index={}),
}


def test_all_of_a_person_is_there_or_not_by_the_page_as_by_the_command(whole, proved, page, keyring, tmp_path):
    keys = (*whole.vkeys, str(exporter(HOST, keyring.public_key(Use.EXPORT))))
    said, told = {}, {}
    ended = {
        "all gone": lambda export: claimed(export, proved[0]),
        "all gone by a claim that is none": lambda export: claimed(export, proved[0], resigned),
    }
    for how, change in (INDEXES | ended).items():
        said[how] = of_export(page, sealed(change(whole), keyring), keys, tmp_path)
        told[how] = page.inner_text("section")

    assert {how: {0: "good", 1: "bad", 3: "open"}[code] for how, (_, code) in said.items()} == {
        how: kind for how, (kind, _) in said.items()
    }
    assert [how for how, (kind, _) in said.items() if kind == "good"] == ["nothing", "no index", "all gone"]
    assert "all are here that are about the person" in told["nothing"]
    assert "Not all events of" in told["the only event"]
    assert "does not stand under the root" in told["another's line"]
    assert "Nothing shows" in told["a neighbour"] or "Not all events" in told["a neighbour"]


def of_export(page, packed, keys, folder):
    """What the page says of an export, and the code of the command."""
    page.fill("#keys", "")
    page.set_input_files("#files", [])
    page.fill("#keys", "\n".join(keys))
    file = {"name": "export.zip", "mimeType": "application/zip", "buffer": packed}
    page.evaluate("document.getElementById('results').replaceChildren()")
    page.set_input_files("#files", [file])
    page.wait_for_selector("section")
    (folder / "export.zip").write_bytes(packed)
    code = export(folder / "export.zip", Given(keyring=folder / "none", keys=list(keys)))
    return page.eval_on_selector("section", "each => each.className"), code


@pytest.mark.parametrize("language", ["suomi", "svenska", "English"])
def test_the_page_can_be_read_by_everybody(proved, exported, page, language):
    made, _ = proved
    packed, keys = exported
    page.fill("#keys", "\n".join(keys))
    exports = (packed, repacked(packed, CHANGES["an event"]))
    files = [{"name": f"{n}.zip", "mimeType": "application/zip", "buffer": each} for n, each in enumerate(exports)]
    files.append({"name": "0.tlog-proof", "mimeType": "text/plain", "buffer": str(made[0]).encode()})
    page.set_input_files("#files", files)
    page.wait_for_selector("section >> nth=2")

    page.click(f"text={language}")
    page.wait_for_selector("section >> nth=2")

    Reader(page, "").look(f"verify-{language}", scripted=True)
    assert json.loads(page.inner_text("section pre >> nth=0"))["type"]
    assert Proof.parse(str(made[0])) == made[0]
