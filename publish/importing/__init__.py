"""Consents that come many at once: papers in a CSV, FHIR Consents; each row answered, none holding up another (CONSENT.md 11, 13)."""

from publish.importing.answers import MANY, Outcome, Taken
from publish.importing.fhir import take_consents
from publish.importing.paper import COLUMNS, MOST_BYTES, PaperFile, take_papers

__all__ = ["COLUMNS", "MANY", "MOST_BYTES", "Outcome", "PaperFile", "Taken", "take_consents", "take_papers"]
