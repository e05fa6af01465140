"""What two versions of a text differ in, word by word, in each language; pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from consent.queries.notices import Version

LANGUAGES: Final = ("fi", "sv", "en")
_WORDS: Final = re.compile(r"\s+|[^\s]+")


class Part(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text and what became of it."""

    part: Part
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two versions side by side: by language the spans in reading order.

    Joined without the new ones they are the older text, without the gone ones the newer.
    """

    older: int
    newer: int
    spans: dict[str, tuple[Span, ...]]

    @property
    def changed(self) -> tuple[str, ...]:
        """Name the languages in which a word differs."""
        return tuple(
            language for language, spans in self.spans.items() if any(span.part is not Part.SAME for span in spans)
        )


def difference(older: Version, newer: Version) -> Difference:
    """Compare two versions."""
    spans = {language: _compared(_said(older, language), _said(newer, language)) for language in LANGUAGES}
    return Difference(older=older.n, newer=newer.n, spans=spans)


def _said(version: Version, language: str) -> str:
    text: str = getattr(version.text, language)
    return text


def _compared(old: str, new: str) -> tuple[Span, ...]:
    was, now = _WORDS.findall(old), _WORDS.findall(new)
    found: list[Span] = []
    for _, was_from, was_to, now_from, now_to in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        gone, fresh = "".join(was[was_from:was_to]), "".join(now[now_from:now_to])
        found += [Span(Part.SAME, gone)] if gone == fresh else [Span(Part.GONE, gone), Span(Part.NEW, fresh)]
    return tuple(span for span in found if span.text)
