"""How ids are spelled outside: Crockford's base 32, lower case, under a prefix that says what it is."""

import re
from enum import StrEnum
from typing import Final
from uuid import UUID

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH: Final = 26
"""Characters for 128 bits, five bits each; the first is at most ``7``."""
_FORM: Final = re.compile(f"[0-7][{ALPHABET}]{{{LENGTH - 1}}}")
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}


class Prefix(StrEnum):
    """What a reference names."""

    PERSON = "pr_"
    DECISION = "d_"
    CONSENT = "g_"


def spell(prefix: Prefix, id_: UUID) -> str:
    """Write an id as it leaves: ``pr_3b42b52dhec6khkffnb840ysf0``."""
    number, characters = id_.int, []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return prefix + "".join(reversed(characters))


def read(prefix: Prefix, text: str) -> UUID | None:
    """Read what ``spell`` wrote; None for anything else, also in capitals: one id has one spelling."""
    body = text.removeprefix(prefix)
    if len(body) == len(text) or not _FORM.fullmatch(body):
        return None
    number = 0
    for character in body:
        number = number * len(ALPHABET) + _VALUES[character]
    return UUID(int=number)
