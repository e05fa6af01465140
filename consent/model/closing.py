"""Sharing by consent closed after a restore that lost acts (AMENDMENTS 15)."""

from datetime import datetime
from typing import NamedTuple


class Closing(NamedTuple):
    """Since when nothing is shared by consent, and the recipients whose stewards have dealt with what was lost."""

    closed_at: datetime
    opened_for: frozenset[str]
