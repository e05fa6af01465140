"""What a verifier brings along: keys of the log, keys of witnesses, and how many of these are asked for."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.checkpoint import HOST, VerifierKey
from audit.cosignature import WitnessKey
from audit.errors import BadNote, BadPolicy
from audit.manifest import exporter, is_exporter
from audit.tiles import TilesCopy
from audit.verify import trusting
from audit.verify.findings import Finding, Summary, exit_code
from audit.verify.pieces import Signers
from audit.witnessing import Policy
from cli.settings import Refusal
from db.errors import KeyringError
from db.keys import Keyring, Use


@dataclass(frozen=True, slots=True)
class Given:
    """As written on the command line: each key as text, or a file with one a line.

    For when there is none, the instance's keyring, and its folder, which names its witnesses.
    """

    keyring: Path
    keys: Sequence[str] = ()
    witnesses: Sequence[str] = ()
    quorum: int = 0
    home: Path | None = None


def witnesses_of(given: Given) -> tuple[WitnessKey, ...]:
    """Read the keys of witnesses; without any, those of this instance's witnesses. Raises Refusal for what is no key."""
    try:
        if given.witnesses:
            return tuple(WitnessKey.parse(text) for text in _lines(given.witnesses))
        return Policy.of(given.home).keys if given.home else ()
    except (BadNote, BadPolicy) as bad:
        raise Refusal(str(bad)) from None


def signers_of(given: Given, origin: str) -> Signers:
    """Read the keys for a log; without any, those of this instance's keyring. Raises Refusal for what is no key."""
    try:
        witnesses = [WitnessKey.parse(text) for text in _lines(given.witnesses)]
        return Signers(_keys(given, origin), witnesses, given.quorum)
    except BadNote as bad:
        raise Refusal(str(bad)) from None


def exporters_of(given: Given) -> list[VerifierKey]:
    """Read the keys that exports are signed with; without any given, those of this instance's keyring. Raises Refusal."""
    try:
        if given.keys:
            return [key for key in map(VerifierKey.parse, _lines(given.keys)) if is_exporter(key)]
        if not given.keyring.exists():
            return []
        keyring = Keyring.open(given.keyring, {Use.EXPORT})
        return [exporter(HOST, keyring.public_key(Use.EXPORT, key_id)) for key_id in keyring.key_ids(Use.EXPORT)]
    except BadNote as bad:
        raise Refusal(str(bad)) from None
    except KeyringError as error:
        raise Refusal(str(error), code=3) from None


def keys_of(given: Given, folder: Path) -> list[VerifierKey]:
    """Read the keys for the log in a folder of tiles."""
    origin = TilesCopy.of(folder).note.partition("\n")[0]
    return [key for key in signers_of(given, origin).keys if key.name == origin]


def told(lines: Iterable[Finding | Summary]) -> int:
    """Print one JSON line each and give the exit code."""
    findings: list[Finding] = []
    for line in lines:
        sys.stdout.write(line.line() + "\n")
        if not isinstance(line, Summary):
            findings.append(line)
    return exit_code(findings)


def _keys(given: Given, origin: str) -> list[VerifierKey]:
    if given.keys:
        return [VerifierKey.parse(text) for text in _lines(given.keys)]
    host, _, year = origin.removesuffix("/").rpartition("/audit/")
    if not given.keyring.exists() or not year.isdigit():
        return []
    try:
        return trusting(Keyring.open(given.keyring, {Use.CHECKPOINT}), None, host).keys(int(year))
    except KeyringError as error:
        raise Refusal(str(error), code=3) from None


def _lines(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        if Path(text).is_file():
            yield from (line.strip() for line in Path(text).read_text(encoding="utf-8").splitlines() if line.strip())
        else:
            yield text
