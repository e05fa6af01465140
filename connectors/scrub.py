"""Words of others made fit for our logs and pages: no identity code, one line, not long."""

import re
from typing import Final

from schemas.identifiers import Hetu, InvalidIdentifier

LONGEST_CHARACTERS: Final = 300
_HETU_SHAPE: Final = re.compile(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]", re.IGNORECASE)
_HETU_ALONE: Final = re.compile(rf"(?<![0-9A-Za-z]){_HETU_SHAPE.pattern}(?![0-9A-Za-z])")


def scrubbed(text: str) -> str:
    """Take out all that could be a HETU, and all beyond 300 characters: messages and names of others end in logs of ours."""
    return _HETU_SHAPE.sub("(HETU)", " ".join(text.split()))[:LONGEST_CHARACTERS]


def holds_hetu(text: str) -> bool:
    """Tell whether a whole personal identity code stands in a text; what only looks like one (a cursor) does not count."""
    return any(_is_hetu(found.group()) for found in _HETU_ALONE.finditer(text))


def _is_hetu(text: str) -> bool:
    try:
        Hetu.parse(text, artificial_only=False)
    except InvalidIdentifier:
        return False
    return True
