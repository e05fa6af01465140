"""What witnesses cosigned, as it is kept beside a log: each line held against its witness's keys and its checkpoint (ACCESS-LOG 6)."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from audit.checkpoint import KEY_ID_BYTES, Checkpoint, parted, signature_line
from audit.cosignature import WitnessKey, cosignatures
from audit.errors import BadNote
from audit.queries import cosigned as queries
from audit.queries.cosigned import Kept
from audit.verify.findings import Code, Finding
from db.engine import Read

SIGNATURE_BYTES: Final = KEY_ID_BYTES + 8 + 64
"""Of a cosignature/v1: key id, time, Ed25519 signature; what is longer or shorter is of another kind, and not for us."""


def in_tables(read: Read, witnesses: Collection[WitnessKey]) -> Iterator[Finding]:
    """Verify every line that the tables keep, of every log."""
    return _wrong(queries.kept(read), witnesses)


def under(note: str, year: int, witnesses: Collection[WitnessKey]) -> Iterator[Finding]:
    """Verify the witnesses' lines that stand under a log's own signatures. Raises ``BadNote`` when malformed."""
    text, lines = parted(note)
    checkpoint = Checkpoint.parse(text)
    signed = ((line, *signature_line(line)) for line in lines)
    kept = (
        Kept(year, checkpoint.size, name, line, note)
        for line, name, raw in signed
        if name != checkpoint.origin and len(raw) == SIGNATURE_BYTES
    )
    return _wrong(kept, witnesses)


def _wrong(lines: Iterable[Kept], witnesses: Collection[WitnessKey]) -> Iterator[Finding]:
    """Name what does not fit, and once of each log the witnesses no key of which is known."""
    unknown = set[tuple[int, str]]()
    for kept in lines:
        keys = [key for key in witnesses if key.name == kept.witness]
        found = _named(kept, keys)
        if found is not None:
            what, code = found
            sentence = f"The cosignature of {kept.witness} under the checkpoint of {kept.size} events {what}."
            yield Finding(code=code, log=kept.log, index=max(kept.size - 1, 0), sentence=sentence)
        elif not keys:
            unknown.add((kept.log, kept.witness))
    for log, witness in sorted(unknown):
        sentence = f"The cosignatures of {witness} were not checked: no key of this witness is known."
        yield Finding(code=Code.KEY_MISSING, log=log, sentence=sentence)


def _named(kept: Kept, keys: Collection[WitnessKey]) -> tuple[str, Code] | None:
    """Say what is wrong with a line; without keys of its witness only what shows without them."""
    line = kept.line.removesuffix("\n")
    try:
        name, raw = signature_line(line)
        text = "" if kept.note is None else parted(kept.note)[0]
    except BadNote:
        return "is malformed, or its checkpoint is", Code.SIGNATURE_BAD
    if name != kept.witness:
        return "is of another witness than stands beside it", Code.COLUMN_DIFFERS
    if kept.note is None:
        return "has no checkpoint any more", Code.CHECKPOINT_MISSING
    if keys and raw[:KEY_ID_BYTES] not in {key.key_id for key in keys}:
        return "is of no key that is known of this witness", Code.UNKNOWN_KEY
    try:
        cosignatures(text, [line], keys)
    except BadNote:
        return "does not fit it", Code.SIGNATURE_BAD
    return None
