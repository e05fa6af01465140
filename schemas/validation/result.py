"""What Great Expectations found, in short: counts by rule, to be kept as JSON, added up over a run and shown as Data Docs."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Found:
    """One expectation: the column of truth values it ran over, its sentence, how many rows broke it, and about the rule."""

    column: str
    sentence: str
    broken: int
    meta: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """One suite over some rows."""

    suite: str
    rows: int
    found: tuple[Found, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the result as JSON values; there is no personal one among them."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` gave."""
        return cls(values["suite"], values["rows"], tuple(Found(**each) for each in values["found"]))


def summed(results: Iterable[Result]) -> Result:
    """Add up the results of one suite over several groups, rule by rule."""
    first, *others = results
    total = {each.column: each for each in first.found}
    for each in (found for result in others for found in result.found):
        into = total.get(each.column, replace(each, broken=0))
        total[each.column] = replace(into, broken=into.broken + each.broken)
    return Result(first.suite, first.rows + sum(result.rows for result in others), tuple(total.values()))
