"""Acts and denials that are no longer what their digest was counted from: somebody wrote into them past every verb."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Final
from uuid import UUID

from consent.model import Kind
from consent.queries import rows
from consent.queries.rows import Appended
from consent.registry.recording import digest_of
from db.engine import Read

_NEVER_COUNTED: Final = frozenset({"seq", "digest"})
_OF_A_YES: Final = frozenset({"notice_n", "notice_language", "notice_sha256"})
_OF_ANY_ITEM: Final = frozenset({"category", "kind"})
_ONLY_IF_SAID: Final = "cause"
"""Counted where there is one: acts of before it was asked have none."""


def altered(read: Read, *, since: datetime, until: datetime) -> Iterator[UUID]:
    """Yield those recorded in ``[since, until)``, by id."""
    recorded = chain(rows.acts(read, since=since, until=until), rows.denials(read, since=since, until=until))
    return (each.id for each in recorded if not _as_appended(each))


def _as_appended(found: Appended) -> bool:
    """Count the digest again, from what was counted then: only a yes names a notice, and says more of a category than its kind."""
    yes = any(Kind(item["kind"]).yes for item in found.items)
    left_out = _NEVER_COUNTED if yes else _NEVER_COUNTED | _OF_A_YES
    if found.row.get(_ONLY_IF_SAID) is None:
        left_out |= {_ONLY_IF_SAID}
    row = {name: value for name, value in found.row.items() if name not in left_out}
    items = found.items if yes else [_bare(item) for item in found.items]
    return digest_of(row, items) == found.digest and (yes or not _says_more(found))


def _bare(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in _OF_ANY_ITEM}


def _says_more(found: Appended) -> bool:
    """Whether something stands where a no, or a request, had nothing, outside what its digest covers."""
    beside = [found.row.get(name) for name in _OF_A_YES]
    beside += [value for item in found.items for name, value in item.items() if name not in _OF_ANY_ITEM]
    return any(value is not None for value in beside)
