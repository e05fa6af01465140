"""What an answer may hold at most (PIPELINE.md 4); a page over a limit is refused whole, never cut short."""

from typing import Final

from connectors.errors import PageRefused

PAGE_BYTES: Final = 64 * 1024**2
ANSWER_BYTES: Final = 4 * 1024**3
PART_BYTES: Final = 16 * 1024**2
PAGE_BODY_BYTES: Final = 15 * 1024**2
ELEMENT_BYTES: Final = 1024**2
VALUE_BYTES: Final = 64 * 1024
EXPANSION: Final = 100
EXPANSION_FROM_BYTES: Final = 1024**2


def refuse_long_values(body: bytes, mark: bytes) -> None:
    """Refuse a page in which some 64 KiB hold no `mark`, the sign that ends every value; blocks make it a glance, not a parse."""
    for start in range(0, len(body) - VALUE_BYTES, VALUE_BYTES):
        if body.find(mark, start, start + VALUE_BYTES) < 0:
            raise PageRefused("A value is longer than 64 KiB.")


def refuse_large_element(size: int) -> None:
    """Refuse a record of more than 1 MiB."""
    if size > ELEMENT_BYTES:
        raise PageRefused("A record is larger than 1 MiB.")
