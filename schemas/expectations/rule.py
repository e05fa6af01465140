"""A rule as data: the code, the sentence, who answers for it, and the Polars expression that says whether a row holds it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from schemas.vocabulary import Source, Text

RAW = ":raw"
"""A typed column keeps what was sent beside it under this suffix, so that a value that cannot be read is not taken for a missing one."""


class Severity(StrEnum):
    """What a broken rule does: an error refuses the row, a warning is told and lets it pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One expectation of one field. `holds` is never null: Great Expectations takes a null for a missing value and passes it.

    `owner` is who mends what breaks it. Both ends of the validity are inclusive; a rule is judged by the day of the pull.
    """

    code: str
    field: str
    sentence: Text
    holds: pl.Expr
    owner: Source
    severity: Severity = Severity.ERROR
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def name(self) -> str:
        """The name of its column of truth values, unlike any other in its suite."""
        return f"{self.field}.{self.code}"

    def valid(self, on: date) -> bool:
        """Whether the rule is in force on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The rules of one record type; `hetus` are its columns of HETUs, the owner's beside the record among them."""

    record: type
    source: Source
    version: str
    rules: tuple[Rule, ...]
    hetus: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the suite is called in results: source, record and version."""
        return f"{self.source}.{self.record.__name__.lower()} {self.version}"
