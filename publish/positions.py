"""Where a recipient's reading of its feed stands: a token that we signed, of use to that recipient alone (API.md 5.5)."""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from db.errors import KeyMissing
from db.keys import Keyring, Use, verify
from publish.errors import PositionPast, PositionUnknown

PREFIX: Final = "t_"
LASTS: Final = timedelta(days=30)
LONGEST: Final = 400
_FIELDS: Final = struct.Struct(">QQ64s")
_PURPOSE: Final = b"luukku feed position\x00"


@dataclass(frozen=True, slots=True)
class Position:
    """The number of the last entry read, and when that was said, in whole seconds since 1970."""

    seq: int
    said_at: int

    def message(self, recipient: str) -> bytes:
        """Give what is signed: of use to nobody but the recipient."""
        return _PURPOSE + f"{recipient}\x00{self.seq}\x00{self.said_at}".encode()


def spell(keyring: Keyring, *, recipient: str, seq: int, at: datetime) -> str:
    """Write a token."""
    position = Position(seq, int(at.timestamp()))
    made = keyring.sign(Use.FEED_TOKEN, position.message(recipient))
    raw = _FIELDS.pack(position.seq, position.said_at, made.signature) + made.key_id.encode()
    return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(keyring: Keyring, text: str, *, recipient: str, at: datetime) -> Position:
    """Read a token.

    Raises PositionUnknown for what is not one of this recipient's, PositionPast for one older than ``LASTS``.
    """
    position, signature, key_id = _parsed(text)
    try:
        key = keyring.public_key(Use.FEED_TOKEN, key_id)
    except KeyMissing:
        raise PositionUnknown("The token's key is not one of ours.") from None
    if not verify(key, signature, position.message(recipient)):
        raise PositionUnknown("The token is not of this recipient.")
    if at - datetime.fromtimestamp(position.said_at, at.tzinfo) > LASTS:
        raise PositionPast("The token is too old to go on from.")
    return position


def _parsed(text: str) -> tuple[Position, bytes, str]:
    body = text.removeprefix(PREFIX)
    if len(text) > LONGEST or len(body) == len(text):
        raise PositionUnknown("The token has another form.")
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        seq, said_at, signature = _FIELDS.unpack_from(raw)
        return Position(seq, said_at), signature, raw[_FIELDS.size :].decode("ascii")
    except (binascii.Error, struct.error, UnicodeDecodeError):
        raise PositionUnknown("The token has another form.") from None
