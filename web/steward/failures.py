"""Why a row was refused, as the rule it broke says it in three languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from connectors.queries.worklist import RefusedRow
from schemas.expectations import suites_of
from schemas.vocabulary import Source, Text


@dataclass(frozen=True, slots=True)
class Failure:
    """One rule that a row broke; ``sentence`` None: a refusal of the merge, known by its code."""

    field: str
    code: str
    sentence: Text | None
    error: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A refused row with its failures."""

    row: RefusedRow
    failures: tuple[Failure, ...]


def told(source: Source, rows: Iterable[RefusedRow]) -> list[Told]:
    """Put the sentences of the rules beside the rows."""
    return [Told(row, tuple(_failure(source, row.record, each) for each in row.failures)) for row in rows]


def _failure(source: Source, record: str, failure: Mapping[str, Any]) -> Failure:
    field, code = str(failure["field"]), str(failure["code"])
    sentence = _sentences(source).get((record.lower(), field, code))
    return Failure(field, code, sentence, failure["severity"] == "error")


@cache
def _sentences(source: Source) -> Mapping[tuple[str, str, str], Text]:
    """Give the sentence of each rule by record type, field and code."""
    return {
        (record.__name__.lower(), rule.field, rule.code): rule.sentence
        for record, suite in suites_of(source).items()
        for rule in suite.rules
    }
