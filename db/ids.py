"""Identifiers that sort by the time they were made (RFC 9562, UUID version 7), and the form of their text."""

import os
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

NIL: Final = "00000000-0000-0000-0000-000000000000"
"""The text of the id that is all zeros (RFC 9562 5.9)."""
DIGITS: Final = [place for place, letter in enumerate(NIL) if letter == "0"]
"""Where digits stand in an id's text; elsewhere stand hyphens."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANDOM_BYTES = 10
_LATER_BITS = (1 << 62) - 1


def uuid7(at: datetime) -> UUID:
    """Return a new id of the moment ``at`` (aware); 74 of its bits are random from the system."""
    return assemble(at, os.urandom(_RANDOM_BYTES))


def assemble(at: datetime, random: bytes) -> UUID:
    """Lay out the fields of RFC 9562 5.7: milliseconds (48), version (4), random (12), variant (2), random (62)."""
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    first = int.from_bytes(random[:2], "big") & 0xFFF
    later = int.from_bytes(random[2:], "big") & _LATER_BITS
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (first << 64) | (0b10 << 62) | later)


def made_at(made: UUID) -> datetime:
    """Return the moment of which an id of version 7 is, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=made.int >> 80)
