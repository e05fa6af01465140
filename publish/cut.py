"""What of a section's text a permit lets out: only the data of its periods, and no place under turvakielto; pure (CONSENT.md 5)."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from consent.model import ALWAYS, Period
from schemas.view import MAY_SHOW
from schemas.vocabulary import Category

HELSINKI = ZoneInfo("Europe/Helsinki")
_EVERYTHING = (ALWAYS,)


def cut(text: str, category: Category, *, periods: Sequence[Period], mask_place: bool, at: datetime) -> str:
    """Return the text with only what may be shown; ``[]`` when nothing is left.

    An item is shown whole or not at all: its first and last day both lie in one permitted period. Its end, where open, is the moment
    asked about; an item without days speaks of that moment.
    """
    if not mask_place and tuple(periods) == _EVERYTHING:
        return text
    kept = (item for item in json.loads(text) if _permitted(item, category, periods, at))
    items = [_without_place(item, category) if mask_place else item for item in kept]
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"))


def _permitted(item: Mapping[str, Any], category: Category, periods: Sequence[Period], at: datetime) -> bool:
    first, last = _days(item, category, at)
    return any(period.start <= first and last <= period.end for period in periods)


def _days(item: Mapping[str, Any], category: Category, at: datetime) -> tuple[datetime, datetime]:
    """Return the half-open time that the item speaks of; a day ends at the next midnight in Helsinki."""
    span = MAY_SHOW[category].item_of(item.get("kind")).SPAN
    start, end = (item.get(name) for name in span) if span else (None, None)
    known = start or end
    if known is None:
        return at, at + timedelta.resolution
    last = _end(end) if end else max(at, _start(known))
    return _start(known), last


def _start(text: str) -> datetime:
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), HELSINKI).astimezone(UTC)


def _end(text: str) -> datetime:
    if "T" in text:
        return datetime.fromisoformat(text) + timedelta.resolution
    return _start((date.fromisoformat(text) + timedelta(days=1)).isoformat())


def _without_place(item: Mapping[str, Any], category: Category) -> dict[str, Any]:
    place = MAY_SHOW[category].item_of(item.get("kind")).PLACE
    return {name: value for name, value in item.items() if name not in place}
