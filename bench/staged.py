"""Which tables a load fills, by their full names."""

from typing import Final

from connectors.layout import layouts

RECORDS: Final = tuple(f"staging.{layout.table}" for layout in layouts())
"""The sources' records, in the order they are merged: what a whole is counted by."""
STAGED: Final = ("staging.person", "staging.identity", "staging.protection", *RECORDS)
"""All that a load writes into staging: the records and who they are about."""
BESIDE: Final = ("staging.pending", "consent.person", "consent.person_fact", "consent.task")
"""What the same transaction writes beside: whom publishing is to look at, and what consent is told of the people (AMENDMENTS 2)."""
