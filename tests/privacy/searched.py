"""What may stand in no entry, log line, error or file: identity codes, names of the synthetic people, and what tests write as free text."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from simulators.population.cast import ROLES
from simulators.population.hetu import CHECK
from simulators.population.names import FAMILY, GIVEN

FREE_TEXT = "Kirsikkapuun alla kerrottua"
"""What tests put into every justification, note and correction that they write: it stands in no other text."""
NEAR_BYTES = 90


class Kind(StrEnum):
    """What was found; never the thing itself."""

    CODE = "identity code"
    NAME = "name"
    TEXT = "free text"


def _any_of(words: Iterable[str]) -> "re.Pattern[bytes]":
    """Match one of these words; that it is whole is looked at afterwards, for a search that begins with a letter is fast."""
    longest_first = sorted(set(words), key=len, reverse=True)
    return re.compile(b"|".join(re.escape(word).encode() for word in longest_first))


_SIGN = rb"(?:[-+A-FU-Ya-fu-y]|%2[BDbd])"
_CODE = re.compile(
    rb"([0-3]\d[01]\d\d\d)(?<![0-9A-Za-z]\d{6})" + _SIGN + rb"(9\d\d)([0-9A-FHJ-NPR-Ya-fhj-npr-y])(?![0-9A-Za-z])"
)
"""What comes before is looked at after the first digits: a search that begins with a digit is six times as fast."""
_FAMILY = _any_of([*(name for group in FAMILY.values() for name in group), *(role.family_name for role in ROLES)])
_GIVEN = _any_of(
    [*(name for group in GIVEN.values() for name in group), *(n for role in ROLES for n in role.given_names.split())]
)
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_BETWEEN = re.compile(rb"(?:[^A-Za-z\x80-\xff]|\b(?:[a-z]{1,3}(?=:)|\w*nimi|\w*nimet|\w*names?|family|given)\b)+")
"""What may lie between two names of one person: blanks, signs, and the names of the fields that hold them."""


def found(content: bytes) -> Counter[Kind]:
    """Count what is found in a text, by kind."""
    kinds = Counter(Kind.CODE for match in _CODE.finditer(content) if _holds(match))
    kinds[Kind.NAME] = sum(_is_of_a_person(content, match) for match in _FAMILY.finditer(content))
    kinds[Kind.TEXT] = content.count(FREE_TEXT.encode())
    return +kinds


def _holds(code: "re.Match[bytes]") -> bool:
    born, number, check = code.groups()
    return CHECK[int(born + number) % len(CHECK)].encode() == check.upper()


def _is_of_a_person(content: bytes, family: "re.Match[bytes]") -> bool:
    """Whether a given name stands beside a family name: alone either may be a place or a word."""
    start, end = family.span()
    if not _is_whole(content, family):
        return False
    before = content[max(0, start - NEAR_BYTES) : start]
    after = content[end : end + NEAR_BYTES]
    gaps = [before[given.end() :] for given in _GIVEN.finditer(before) if _is_whole(before, given)]
    gaps += [after[: given.start()] for given in _GIVEN.finditer(after) if _is_whole(after, given)]
    return any(_BETWEEN.fullmatch(gap) for gap in gaps)


def _is_whole(content: bytes, word: "re.Match[bytes]") -> bool:
    """Whether no letter touches a word; those of two bytes are letters too."""
    start, end = word.span()
    return not (_LETTER.match(content[start - 1 : start]) or _LETTER.match(content[end : end + 1]))


def lines(kinds: Counter[tuple[Kind, str]]) -> Iterator[str]:
    """Tell what was found and where, a line each; never the value."""
    for (kind, where), count in sorted(kinds.items()):
        yield f"{kind} in {where}: {count}"
