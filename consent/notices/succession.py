"""What the next text of an agreement has to keep to; pure."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from consent.errors import ConsentError, Fault
from consent.model import Change
from consent.queries.notices import Version
from schemas.vocabulary import Text


def follows(
    before: Sequence[Version],
    *,
    n: int,
    text: Text,
    change: Change,
    published_at: datetime,
    grace_until: datetime | None,
) -> None:
    """Refuse a text that does not follow those before it: numbered on, later, said in all three languages, named for what it is.

    Only the first is ``first``; only a material one has grace, for only it ends older consents.
    """
    if not all(said.strip() for said in astuple(text)):
        raise ConsentError(Fault.INVALID_FIELD, "text")
    if n != len(before) + 1:
        raise ConsentError(Fault.INVALID_FIELD, "n")
    if (change is Change.FIRST) != (not before):
        raise ConsentError(Fault.INVALID_FIELD, "change")
    if before and published_at < before[-1].published_at:
        raise ConsentError(Fault.BAD_PERIOD, "published_at")
    if grace_until is not None and change is not Change.MATERIAL:
        raise ConsentError(Fault.BAD_PERIOD, "grace_until")
