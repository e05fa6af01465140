"""The suites: what each record of each source must hold, as data that a steward can read (DOMAIN.md 4 to 6, 9)."""

from collections.abc import Iterator, Mapping
from functools import cache

from schemas.expectations import kela, sote, te
from schemas.expectations.rule import RAW, Rule, Severity, Suite
from schemas.vocabulary import Source

__all__ = ["RAW", "Rule", "Severity", "Suite", "all_suites", "suites_of", "version_of"]

_OF_SOURCE = {Source.TE: te, Source.KELA: kela, Source.SOTE: sote}


@cache
def suites_of(source: Source) -> Mapping[type, Suite]:
    """Give the suites of a source by record type, in the order its records are read."""
    return {suite.record: suite for suite in _OF_SOURCE[source].suites()}


def version_of(source: Source) -> str:
    """Name the version of a source's suites: a new one has the quarantine looked at again."""
    return f"{source}-{_OF_SOURCE[source].VERSION}"


def all_suites() -> Iterator[Suite]:
    """Yield every suite there is."""
    for source in Source:
        yield from suites_of(source).values()
