"""Events of the log as lines of a page, in the reader's language: who did what, what was given, and on what ground."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from audit.events import Outcome
from audit.queries.search import Found
from audit.reading import Entry, entry_of
from audit.words import TYPES
from schemas.vocabulary import Ground, Reason
from web.pages.texts import COMMON, Texts
from web.pages.words import Words

TAGS: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.PERMIT: ("good", "✓"),
    Outcome.PARTIAL: ("soon", "½"),
    Outcome.DENY: ("no", "✕"),
    Outcome.OK: ("neutral", "·"),
    Outcome.ERROR: ("no", "!"),
}
"""Colour and sign of each outcome."""
FIRST: Final = 3
"""So many kinds of data are named where space is short."""
SHORT: Final = 8
"""So many characters tell pseudonyms apart on one page."""
Doubted = Collection[tuple[UUID, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of data that was asked: given or not, and why; not ``held``: nobody held any, so nothing was decided.

    ``reason`` carries the mark of a reading of the law that no authority has confirmed (AMENDMENTS 23).
    """

    category: str
    name: str
    given: bool
    held: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An event in words; ``user`` and ``person`` are the beginnings of pseudonyms."""

    id: UUID
    index: int
    log: int
    at: datetime
    title: str
    org: str
    system: str
    user: str
    role: str
    person: str
    purpose: str
    outcome: str
    tag: str
    sign: str
    kinds: tuple[Kind, ...]
    ground: str
    doubted: bool
    entry: Entry

    @property
    def given(self) -> str:
        """Name what was given."""
        return ", ".join(kind.name for kind in self.kinds if kind.given)

    @property
    def withheld(self) -> str:
        """Name what was not given."""
        return ", ".join(kind.name for kind in self.kinds if kind.held and not kind.given)

    @property
    def first(self) -> str:
        """Name the first kinds given, or withheld where none was."""
        return ", ".join(self._told[:FIRST])

    @property
    def more(self) -> int:
        """Count those that ``first`` does not name."""
        return max(0, len(self._told) - FIRST)

    @property
    def _told(self) -> list[str]:
        given = [kind.name for kind in self.kinds if kind.given]
        return given or [kind.name for kind in self.kinds if kind.held]


def lines(
    found: Sequence[Found], words: Words, names: Mapping[str, str], *, doubted: Doubted = frozenset()
) -> list[Line]:
    """Read events into lines; ``names`` of organisations by Y-tunnus; ``doubted``: statutes by id and version, read unconfirmed."""
    return [line(each, words, names, doubted=doubted) for each in found]


def line(found: Found, words: Words, names: Mapping[str, str], *, doubted: Doubted = frozenset()) -> Line:
    """Read an event into a line."""
    entry = entry_of(found.entry)
    unsure = any((law.id, law.version) in doubted for law in entry.statutes)
    tag, sign = TAGS[entry.outcome]
    kinds = tuple(_kind(entry, category, words, doubted=unsure) for category in entry.categories)
    return Line(
        id=entry.id,
        index=found.index,
        log=found.log,
        at=entry.at,
        title=words.of(TYPES[entry.type]),
        org=names.get(entry.org or "", entry.org or ""),
        system=entry.system or "",
        user=(entry.user or "")[:SHORT],
        role=entry.role or "",
        person=(entry.person or "")[:SHORT],
        purpose=words.purpose(entry.purpose) if entry.purpose else "",
        outcome=entry.outcome.value,
        tag=tag,
        sign=sign,
        kinds=kinds,
        doubted=unsure,
        ground=" ".join(dict.fromkeys(kind.reason for kind in kinds if kind.given and kind.reason)),
        entry=entry,
    )


def _kind(entry: Entry, category: str, words: Words, *, doubted: bool) -> Kind:
    reason = entry.reasons.get(category, "")
    held = reason != "" or not entry.reasons
    return Kind(
        category=category,
        name=words.category(category),
        given=held and category in entry.given and reason in ("", *Ground),
        held=held,
        reason=_said(reason, words, doubted=doubted) if reason in set(Reason) else "",
    )


def _said(reason: str, words: Words, *, doubted: bool) -> str:
    said = words.reason(reason)
    return f"{said} {Texts(COMMON, words.language)('unverified')}" if doubted and reason == Reason.STATUTE else said
