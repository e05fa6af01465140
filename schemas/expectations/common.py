"""What every suite begins with: each mandatory field is filled, each typed one can be read."""

from collections.abc import Iterable, Iterator
from typing import Final

from schemas.expectations.fields import fields_of
from schemas.expectations.kinds import hetu, mandatory, readable
from schemas.expectations.rule import Rule, Suite
from schemas.vocabulary import Source

OWN_ID: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def suite(record: type, source: Source, version: str, rules: Iterable[Rule], *, hetus: tuple[str, ...] = ()) -> Suite:
    """Put the rules of the record's fields before its own, those of its HETUs after them."""
    of_hetus = (rule for field in hetus for rule in hetu(field, source))
    whole = (*_of_fields(record, source), *rules, *of_hetus)
    return Suite(record=record, source=source, version=version, rules=whole, hetus=hetus)


def _of_fields(record: type, source: Source) -> Iterator[Rule]:
    for field in fields_of(record):
        if field.mandatory:
            yield mandatory(field, source)
        if field.type is not str:
            yield readable(field.name, source)
