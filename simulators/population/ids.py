"""Record ids which look random and lead back to the person and record they were made for."""

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from simulators.population.chance import mixed

_BITS = 122
_MASK = (1 << _BITS) - 1
_HALF = 61
_HEX_LENGTH = 32


class Kind(IntEnum):
    """What a record id names."""

    TYONHAKIJA = 1
    TYOLLISYYSJAKSO = 2
    SUUNNITELMA = 3
    PALVELUOSALLISTUMINEN = 4
    YHTEYDENOTTO = 5
    PALVELULINJA = 6
    POISTO = 7
    TEHTAVA = 8
    VIREILLAOLO = 20
    ETUUSRATKAISU = 21
    MAKSU = 22
    PAIVALASKURI = 23
    PATIENT = 30
    EPISODE = 31
    NEED = 32
    PLAN = 33
    REHABILITATIVE_WORK = 34
    LIMITATION = 35
    CONTACT = 36


class Named(NamedTuple):
    """What an id was made for: the person by index, the kind of record and its number among the person's records of that kind."""

    person: int
    kind: Kind
    number: int


class RecordIds:
    """UUIDs (version 4 in form) made by mixing index, kind and number; mixed differently for every seed."""

    __slots__ = ("_add", "_back", "_times", "make")

    def __init__(self, seed: int) -> None:
        # A client's id is asked for with each of their records.
        self.make = lru_cache(16)(self._make)
        self._times = (mixed(seed, 11) << 58 ^ mixed(seed, 12)) & _MASK | 1
        self._add = (mixed(seed, 13) << 58 ^ mixed(seed, 14)) & _MASK
        self._back = pow(self._times, -1, 1 << _BITS)

    def _make(self, index: int, kind: Kind, number: int) -> str:
        """Give the id of a record; `number` under 65,536."""
        value = self._stir((index << 24 | kind << 16 | number) * self._times + self._add & _MASK)
        text = f"{value >> 74:012x}4{value >> 62 & 0xFFF:03x}{value & (1 << 62) - 1 | 1 << 63:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def read(self, text: str) -> Named | None:
        """Take an id apart; None for one that was never made."""
        digits = text.replace("-", "")
        if len(digits) != _HEX_LENGTH or not all(digit in "0123456789abcdef" for digit in digits):
            return None
        high, low = int(digits[:12] + digits[13:16], 16), int(digits[16:], 16) & (1 << 62) - 1
        value = (self._unstir(high << 62 | low) - self._add) * self._back & _MASK
        kind = value >> 16 & 0xFF
        return Named(value >> 24, Kind(kind), value & 0xFFFF) if kind in _KINDS and value >> 64 == 0 else None

    def _stir(self, value: int) -> int:
        value ^= value >> _HALF
        value = value * self._times & _MASK
        return value ^ value >> _HALF

    def _unstir(self, value: int) -> int:
        value ^= value >> _HALF
        value = value * self._back & _MASK
        return value ^ value >> _HALF


_KINDS = frozenset(Kind)
