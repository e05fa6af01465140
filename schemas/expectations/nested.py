"""Rules on the lists that travel as JSON text: the history of HETUs, and the tasks of a plan."""

import re
from typing import Final

import msgspec
import polars as pl

from schemas.codes.lists import CodeList
from schemas.identifiers import Hetu, InvalidIdentifier

EMPTY: Final = "[]"
TASK_CODE: Final = '"toimikoodi":"([^"]*)"'
_TASK_PARTS: Final = (
    '"tehtavaId":"[^"]+"',
    '"toimikoodi":"[0-9]{3}"',
    '"kasitelty":(true|false)',
)
_ISO_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class FormerHetu(msgspec.Struct, rename="camel", frozen=True):
    """A HETU that was replaced, and the last day it was in use."""

    henkilotunnus: str
    paattynyt_pvm: str


def read_history(text: str) -> list[FormerHetu]:
    """Read a history as sent. Raises msgspec.DecodeError where the shape is another."""
    return msgspec.json.decode(text, type=list[FormerHetu])


def history_holds(field: str) -> pl.Expr:
    """Demand that every former HETU holds and has its last day; few rows have any, so these are looked at one by one."""
    text = pl.col(field)
    some = pl.when(text != EMPTY).then(text)
    return some.map_elements(_history_holds, return_dtype=pl.Boolean, skip_nulls=True)


def _history_holds(text: str) -> bool:
    try:
        return all(
            Hetu.parse(each.henkilotunnus) and _ISO_DAY.fullmatch(each.paattynyt_pvm) for each in read_history(text)
        )
    except (msgspec.DecodeError, InvalidIdentifier):
        return False


def tasks_hold(field: str) -> pl.Expr:
    """Demand that each task of the compact JSON list has its mandatory members, of the right form."""
    text = pl.col(field)
    tasks = text.str.count_matches("{", literal=True)
    parts = [text.str.count_matches(part) == tasks for part in _TASK_PARTS]
    return text.is_null() | (text.str.starts_with("[") & pl.all_horizontal(parts))


def tasks_are_listed(field: str, codes: CodeList) -> pl.Expr:
    """Demand that each task's code is of the list."""
    known = "|".join(sorted(code.code for code in codes.codes))
    text = pl.col(field)
    return text.str.count_matches(TASK_CODE) == text.str.count_matches(f'"toimikoodi":"({known})"')
