"""Which of the events that do not fit was changed, removed, added or moved: told by comparing all of them at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from audit.verify.findings import Code, Finding


class Suspect(NamedTuple):
    """A place whose hash, made anew from the entries, is not the stored one; None where there is nothing."""

    level: int
    n: int
    hashed: bytes | None
    stored: bytes | None


def named(log: int, suspects: Sequence[Suspect]) -> Iterator[Finding]:
    """Name what happened, given the leaves that are wrong in the whole log, by index.

    An entry whose leaf stands elsewhere was moved. Moves that a removal or an addition before them explains are not told.
    """
    hashed = {suspect.hashed for suspect in suspects if suspect.hashed is not None}
    stored = {suspect.stored for suspect in suspects if suspect.stored is not None}
    told = [(_code(suspect, hashed, stored), suspect) for suspect in suspects]
    explained = any(code in _SHIFTS for code, _ in told)
    for told_code, suspect in told:
        code = told_code or Code.ORDER_CHANGED
        if not (code is Code.ORDER_CHANGED and explained):
            yield Finding(code=code, log=log, index=suspect.n, sentence=f"The event {suspect.n} {_SENTENCES[code]}.")


_SHIFTS = {Code.ENTRY_MISSING, Code.ENTRY_EXTRA}

_SENTENCES = {
    Code.ENTRY_CHANGED: "is not the one that was sealed",
    Code.ENTRY_MISSING: "was removed",
    Code.ENTRY_EXTRA: "was added after the log was sealed",
    Code.ORDER_CHANGED: "stands where another one was sealed",
}


def _code(suspect: Suspect, hashed: set[bytes], stored: set[bytes]) -> Code | None:
    """Tell what a place suffered; None where an entry only left or only came, as at the end of a shift."""
    if suspect.hashed is None:
        return None if suspect.stored in hashed else Code.ENTRY_MISSING
    if suspect.stored is None:
        return None if suspect.hashed in stored else Code.ENTRY_EXTRA
    moved_here, moved_away = suspect.hashed in stored, suspect.stored in hashed
    if moved_here:
        return Code.ORDER_CHANGED if moved_away else Code.ENTRY_MISSING
    return Code.ENTRY_EXTRA if moved_away else Code.ENTRY_CHANGED
