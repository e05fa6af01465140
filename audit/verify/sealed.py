"""Verifying a sealed export: every file as the manifest lists it, every event proved, and nobody's events with a gap."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from audit import claims, entry
from audit.checkpoint import VerifierKey
from audit.errors import BadNote, EventRejected, UnknownSigner
from audit.manifest import NAME, check_signature
from audit.manifest import listed as manifested
from audit.proof import Proof, opened_extra
from audit.sealed import ENTRIES, QUERY
from audit.verify import heads
from audit.verify.findings import Code, Finding
from audit.verify.pieces import Signers, verify_proof

_LISTS: Final = ("persons", "pages")


def verify_sealed(
    folder: Path, signers_of: Callable[[str], Signers], exporters: Collection[VerifierKey]
) -> Iterator[Finding]:
    """Check an unpacked export; ``signers_of`` gives whom to believe of a log's origin, ``exporters`` of the export as a whole.

    Raises ``BadNote`` when malformed.
    """

    def proved(proof: Proof) -> Iterator[Finding]:
        yield from verify_proof(proof, signers_of(proof.checkpoint.origin))
        yield from _of_asked_size(proof, folder)

    manifest = (folder / NAME).read_text(encoding="utf-8")
    yield from _signature(manifest, exporters)
    yield from _listed(folder, manifest)
    shown: dict[tuple[int, int], bytes] = {}
    for path in sorted((folder / "proofs").glob("*.tlog-proof"), key=_place):
        proof = Proof.parse(path.read_text(encoding="utf-8"))
        yield from proved(proof)
        shown[_place(path)] = opened_extra(proof.extra).entry
    listed = (folder / ENTRIES).read_bytes().splitlines()
    if listed != list(shown.values()):
        yield Finding(code=Code.ENTRY_CHANGED, sentence="The events listed are not the events proved, in their order.")
    query = _asked(folder)
    if query.get("all_of_person"):
        paths = sorted((folder / claims.FOLDER).glob("*.tlog-proof"))
        ended = [Proof.parse(path.read_text(encoding="utf-8")) for path in paths]
        yield from (finding for proof in ended for finding in proved(proof))
        gone = claims.gone([opened_extra(proof.extra).entry for proof in ended])
        yield from gaps(query, shown, gone)
        yield from heads.complete(folder, query, shown, proved, gone)


def _signature(manifest: str, exporters: Collection[VerifierKey]) -> Iterator[Finding]:
    try:
        check_signature(manifest, exporters)
    except UnknownSigner:
        code = Code.UNKNOWN_KEY if exporters else Code.KEY_MISSING
        yield Finding(code=code, sentence="The manifest is signed by no trusted key of exports.")
    except BadNote:
        yield Finding(code=Code.SIGNATURE_BAD, sentence="The signature under the manifest is bad.")


def _listed(folder: Path, manifest: str) -> Iterator[Finding]:
    """Compare what is there with what the manifest lists."""
    listed = manifested(manifest)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {NAME}
    for name in sorted(listed.keys() | there):
        path = folder / name
        if name not in there:
            yield Finding(code=Code.ENTRY_MISSING, sentence=f"The file {name} is listed and not there.")
        elif listed.get(name) != sha256(path.read_bytes()).hexdigest():
            yield Finding(code=Code.ENTRY_CHANGED, sentence=f"The file {name} is not what the manifest lists.")


def _of_asked_size(proof: Proof, folder: Path) -> Iterator[Finding]:
    """See that every proof leads to the one checkpoint that the export names for its log."""
    year = proof.checkpoint.origin.rpartition("/")[2]
    path = folder / "checkpoints" / year
    if not year.isdigit() or not path.is_file() or path.read_text(encoding="utf-8") != proof.note:
        sentence = f"The proof of the event {proof.index} leads to another checkpoint than the export's."
        yield Finding(code=Code.FORKED, index=proof.index, sentence=sentence)


def _asked(folder: Path) -> Mapping[str, Any]:
    try:
        asked: Any = json.loads((folder / QUERY).read_bytes())
    except ValueError:
        asked = None
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name, []), list) for name in _LISTS):
        raise BadNote(f"The file {QUERY} of the export is no question.")
    return asked


def gaps(
    query: Mapping[str, Any], shown: Mapping[tuple[int, int], bytes], gone: Mapping[int, int]
) -> Iterator[Finding]:
    """Where all of a person's events were asked, their numbers run from 1 without a gap, in each log and pseudonym.

    In a log of which the first events are ``gone`` by right they begin where they do. Feed pages that told of the person name nobody, so
    the query names them.
    """
    numbers: dict[tuple[int, str], list[int]] = defaultdict(list)
    for (log, _), members in ((place, _members(written)) for place, written in shown.items()):
        if members.get("person") in query.get("persons", ()):
            numbers[log, str(members["person"])].append(int(str(members["person_n"])))
        elif members["id"] not in query.get("pages", ()):
            yield Finding(
                code=Code.ENTRY_EXTRA, sentence=f"The event {members['id']} is not about the person asked for."
            )
    for (log, person), found in numbers.items():
        first = min(found) if gone.get(log) else 1
        if sorted(found) != list(range(first, first + len(found))):
            sentence = f"Events of {person[:8]} are missing between those shown."
            yield Finding(code=Code.PERSON_GAP, log=log, sentence=sentence)


def _members(written: bytes) -> Mapping[str, object]:
    try:
        return entry.read(written)
    except EventRejected as error:
        raise BadNote(str(error)) from None


def _place(path: Path) -> tuple[int, int]:
    log, _, index = path.name.removesuffix(".tlog-proof").partition("-")
    if not (log.isdigit() and index.isdigit()):
        raise BadNote(f"The proof {path.name} is not named by its place.")
    return int(log), int(index)
