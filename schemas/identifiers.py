"""Identifiers parsed once and never printed: HETU, business id (Y-tunnus), codes of municipality, area and county (DOMAIN.md 2)."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Self

HETU_CHECK: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
HETU_LENGTH: Final = 11
CENTURY_OF_SIGN: Final = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
BUSINESS_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2)
FIRST_ARTIFICIAL: Final = 900


class InvalidIdentifier(ValueError):
    """An identifier that does not hold; `code` says which rule broke, the value is never kept."""

    def __init__(self, code: str) -> None:
        """Keep the code of the broken rule alone."""
        super().__init__(f"The identifier does not hold: {code}.")
        self.code = code


@dataclass(frozen=True, slots=True)
class Hetu:
    """A personal identity code; the sign is part of the identity and is never normalised (decree 690/2022)."""

    _text: str

    @classmethod
    def parse(cls, text: str, *, artificial_only: bool = True) -> Self:
        """Check form, date and check character; outside production refuse all but individual numbers 900 to 999.

        Raises InvalidIdentifier with code ``form``, ``date``, ``number``, ``checksum`` or ``not_artificial``.
        """
        if len(text) != HETU_LENGTH or not (text[:6] + text[7:10]).isascii() or not (text[:6] + text[7:10]).isdigit():
            raise InvalidIdentifier("form")
        if text[6] not in CENTURY_OF_SIGN or text[10] not in HETU_CHECK:
            raise InvalidIdentifier("form")
        _birth_date(text)
        number = int(text[7:10])
        if number < 2:  # noqa: PLR2004 - 002 is the first individual number
            raise InvalidIdentifier("number")
        if HETU_CHECK[int(text[:6] + text[7:10]) % len(HETU_CHECK)] != text[10]:
            raise InvalidIdentifier("checksum")
        if artificial_only and number < FIRST_ARTIFICIAL:
            raise InvalidIdentifier("not_artificial")
        return cls(text)

    @property
    def birth_date(self) -> date:
        """The day of birth, in the century of the sign."""
        return _birth_date(self._text)

    def reveal(self) -> str:
        """Give the code itself: for a request body, encryption or the keyed hash, and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Hetu(...)"

    __str__ = __repr__


def _birth_date(text: str) -> date:
    try:
        return date(CENTURY_OF_SIGN[text[6]] + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise InvalidIdentifier("date") from None


@dataclass(frozen=True, slots=True)
class BusinessId:
    """A Finnish business id (Y-tunnus): seven digits, a hyphen, a check digit."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check form and check digit (modulus 11). Raises InvalidIdentifier with code ``form`` or ``checksum``."""
        digits, hyphen, check = text[:7], text[7:8], text[8:]
        if len(text) != 9 or hyphen != "-" or not (digits + check).isascii() or not (digits + check).isdigit():  # noqa: PLR2004 - 1234567-8
            raise InvalidIdentifier("form")
        remainder = sum(int(digit) * weight for digit, weight in zip(digits, BUSINESS_ID_WEIGHTS, strict=True)) % 11
        if remainder == 1 or int(check) != (11 - remainder if remainder else 0):
            raise InvalidIdentifier("checksum")
        return cls(text)

    def __str__(self) -> str:
        return self.text


def municipality_code(text: str) -> str:
    """Pad a municipality code to three digits: ``91`` occurs for Helsinki's ``091``. Raises InvalidIdentifier(``form``)."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3):  # noqa: PLR2004 - three digits
        raise InvalidIdentifier("form")
    return text.zfill(3)
