"""Somebody whose consents are worked out: a steward's client, or a person at their own pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from consent.model import Facts


class Known(Protocol):
    """Who it is, what holds for them, and as of when."""

    @property
    def person_id(self) -> UUID:
        """Who it is."""

    @property
    def facts(self) -> Mapping[str, Facts]:
        """What a decision about them and each recipient reads."""

    @property
    def at(self) -> datetime:
        """As of when."""
