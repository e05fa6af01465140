"""The sealed export: what a search found, each event with its proof, in one ZIP; the same query gives the same bytes (ACCESS-LOG 12)."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from audit import page
from audit.checkpoint import HOST
from audit.exporters import Exporter
from audit.manifest import NAME, exporter, signed_manifest
from audit.proof import Proof
from audit.queries.search import Found
from audit.tables_of_events import as_csv
from db.keys import Keyring, Use

ENTRIES: Final = "entries.ndjson"
QUERY: Final = "query.json"
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that a ZIP can say: the same export has the same bytes whenever it is made."""
_README: Final = """\
Luukun lokin sinetöity vienti. Tarkista se toisella koneella ilman Luukkua:
En förseglad export ur Luukkus logg. Kontrollera den på en annan dator utan Luukku:
A sealed export of Luukku's log. Verify it on another machine without Luukku:

  ./luukku verify export THIS.zip --key vkeys

verify.html       verifies this ZIP and its proofs in a browser, offline
query.json        what was asked, and how many events of each log were there
entries.ndjson    the events, by log and index, one a line; entries.csv the same for a spreadsheet
proofs/           for each event that it stands in the log: C2SP tlog-proof
index/            how far the numbers of the person asked for had come by each log's last daily root: nothing up to there is missing
pruned/           where events of a log are gone by right: the event that says so, proved
checkpoints/      the signed checkpoint of each log that the proofs lead to
vkeys             the keys of the log and of its exports: compare them with those you were given before
manifest          the SHA-256 of each file, signed; `sha256sum -c manifest` checks the files too
"""
_LATER: Final = """\

Allekirjoitettu myöhemmällä avaimella: avain, jolla tämän tarkistuspisteen viennit allekirjoitettiin, ei ole enää tallessa.
Undertecknad med en senare nyckel: nyckeln som undertecknade exporter av denna kontrollpunkt finns inte kvar.
Signed with a later key: the key that signed exports of this checkpoint is no longer kept. The events and proofs are the same as in an
earlier export of the same question; vkeys, this file and manifest are not.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A search's question, what it found with a proof each, the checkpoints by year, the log's keys, and who signs the whole.

    ``index``: the files that show that all of a person is there (``indexing.files``).
    """

    query: Mapping[str, object]
    found: Sequence[Found]
    proofs: Sequence[Proof]
    notes: Mapping[int, str]
    vkeys: Sequence[str]
    exporter: Exporter
    index: Mapping[str, bytes] = field(default_factory=dict)


def sealed(export: Export, keyring: Keyring, host: str = HOST) -> bytes:
    """Write an export as a ZIP, signed as a whole: names in order, nothing compressed, no times."""
    key_id = export.exporter.key_id
    vkeys = [*export.vkeys, str(exporter(host, keyring.public_key(Use.EXPORT, key_id)))]
    files = _files(replace(export, vkeys=vkeys))
    listed = signed_manifest(files, keyring, host, key_id=key_id)
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_STORED) as packed:
        for name, content in sorted({**files, NAME: listed.encode()}.items()):
            packed.writestr(ZipInfo(name, _NO_TIME), content)
    return written.getvalue()


def _files(export: Export) -> dict[str, bytes]:
    proofs = {
        f"proofs/{each.log}-{each.index}.tlog-proof": str(proof).encode()
        for each, proof in zip(export.found, export.proofs, strict=True)
    }
    checkpoints = {f"checkpoints/{log}": note.encode() for log, note in export.notes.items()}
    return {
        "README.txt": (_README if export.exporter.of_then else _README + _LATER).encode(),
        QUERY: json.dumps(export.query, sort_keys=True, indent=1, ensure_ascii=False).encode(),
        ENTRIES: b"".join(each.entry + b"\n" for each in export.found),
        "entries.csv": as_csv(export.found),
        page.NAME: page.verifier(),
        "vkeys": "".join(f"{key}\n" for key in sorted(export.vkeys)).encode(),
        **proofs,
        **checkpoints,
        **export.index,
    }
