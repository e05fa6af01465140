"""Landed lines of a county to frames of text."""

from collections import defaultdict
from typing import Final

import msgspec

from connectors.errors import LandedAltered
from connectors.frames import HETU, LOCATOR, text_frame, uncollected, unpack
from connectors.sote.lines import Line
from connectors.source import Malformed, Parsed
from schemas.sote import RECORDS

PARSER: Final = "sote-1"
_LINE: Final = msgspec.json.Decoder(Line)
_RECORD_OF: Final = {record.__name__: record for record in RECORDS}


def parse(part: bytes) -> Parsed:
    """Read a landed part: one frame per record type with the record's fields, ``locator`` and the owner's ``hetu``.

    What could not be read when it came has no payload here: nothing of it was kept. Raises LandedAltered.
    """
    rows: defaultdict[type, list[tuple[str | None, ...]]] = defaultdict(list)
    malformed: list[Malformed] = []
    with uncollected():
        for frame in unpack(part):
            for line, locator in zip(_lines(frame.body), frame.locators(), strict=False):
                if line.malformed:
                    malformed.append(Malformed(record=line.malformed, locator=locator, reason=line.reason, payload=b""))
                elif line.record:
                    rows[_RECORD_OF[line.record]].append((*line.row, locator, line.hetu))
        frames = {record: text_frame(record, found, (LOCATOR, HETU)) for record, found in rows.items()}
        return Parsed(frames=frames, malformed=malformed)


def _lines(body: bytes) -> list[Line]:
    try:
        return _LINE.decode_lines(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise LandedAltered("A landed line is not what was written.") from None
