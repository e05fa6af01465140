"""Great Expectations, given truth values and never people: one expectation a rule, over a column that says where it holds (PIPELINE.md 3).

The library is imported inside the functions: it takes seconds, and no web process and no unit test is to pay for them.
"""

# ruff: noqa: PLC0415 - see above

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from schemas.expectations import Rule, Suite
from schemas.validation.result import Found, Result

RESULT_FORMAT: Final = {
    "result_format": "COMPLETE",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}
"""Every failing row by its number; no value, and no index of ours that would bring values in."""

INDEX_LIST: Final = "unexpected_index_list"

_LIBRARY_SAYS: Final = logging.getLogger("great_expectations")
_LIBRARY_SAYS.setLevel(logging.WARNING)  # it greets with 214 lines, and a red task's last are for a person


@dataclass(frozen=True, slots=True)
class Judged:
    """What Great Expectations found, in short, and the failing rows of each rule by the rule's name."""

    result: Result
    failing: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Limit:
    """A column of facts that may not exceed another, and the sentence that says so; what breaks an `error` holds the batch."""

    value: str
    at_most: str
    sentence: str
    code: str
    severity: str = "error"

    @property
    def meta(self) -> dict[str, str]:
        """What goes into the result beside the sentence."""
        return {"code": self.code, "severity": self.severity, "owner": "luukku"}


class Judge:
    """One ephemeral context, for one caller: shared by threads it was silently wrong in a fifth of the runs.

    It is made for the first that is judged: on a night that brings nothing the library is not even loaded.
    """

    @cached_property
    def _batches(self) -> Any:
        asset = _context().data_sources.add_pandas("truths").add_dataframe_asset("frame")
        return asset.add_batch_definition_whole_dataframe("all")

    def rules(self, suite: Suite, rules: Sequence[Rule], holds: pl.DataFrame) -> Judged:
        """Run each rule's expectation over its column of ``holds``, named by the rule; a row a record."""
        expectation = expectation_class()
        return self._run(suite.name, holds, [expectation(column=rule.name, **_about(rule)) for rule in rules])

    def limits(self, name: str, facts: pl.DataFrame, limits: Iterable[Limit]) -> Judged:
        """Demand of each row of facts that no value is over its limit; each is named by the value's column."""
        demanded, expectation = list(limits), expectation_class()
        holds = facts.select((pl.col(each.value) <= pl.col(each.at_most)).alias(each.value) for each in demanded)
        wanted = [expectation(column=each.value, description=each.sentence, meta=each.meta) for each in demanded]
        return self._run(name, holds, wanted)

    def _run(self, name: str, frame: pl.DataFrame, expectations: Sequence[Any]) -> Judged:
        from great_expectations import ExpectationSuite

        suite = ExpectationSuite(name=name, expectations=list(expectations))
        batch = self._batches.get_batch({"dataframe": frame.to_pandas()})
        return _judged(name, frame.height, batch.validate(suite, result_format=RESULT_FORMAT).results)


def _about(rule: Rule) -> dict[str, Any]:
    return {
        "description": rule.sentence.en,
        "meta": {
            "code": rule.code,
            "field": rule.field,
            "severity": rule.severity.value,
            "owner": rule.owner.value,
            "fi": rule.sentence.fi,
            "sv": rule.sentence.sv,
        },
    }


def _judged(name: str, rows: int, results: Iterable[Any]) -> Judged:
    """Take from each result what is kept; an expectation that could not be run is an error, never a pass."""
    found, failing = [], {}
    for each in results:
        if each.exception_info.get("raised_exception"):
            raise RuntimeError(f"An expectation could not be run: {each.expectation_config.type}.")
        config = each.expectation_config
        column = config.kwargs["column"]
        failing[column] = each.result.get(INDEX_LIST) or ()
        found.append(Found(column, config.description, each.result["unexpected_count"], dict(config.meta)))
    return Judged(Result(name, rows, tuple(found)), failing)


def _context() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # noqa: TID251 - the library reads it at import and calls home otherwise
    from great_expectations import get_context
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.execution_engine import pandas_execution_engine

    pandas_execution_engine.HASH_THRESHOLD = (
        0  # a fingerprint of truth values tells nothing and costs as much as judging them
    )
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    return get_context(mode="ephemeral", project_config=config)


@cache
def expectation_class() -> Any:
    """Make the expectation that a column of truth values is true throughout, and its one metric; both register themselves."""
    from great_expectations.compatibility.pydantic import PrivateAttr
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import ColumnAggregateExpectation
    from great_expectations.expectations.expectation_configuration import parse_result_format
    from great_expectations.expectations.metrics.column_aggregate_metric_provider import (
        ColumnAggregateMetricProvider,
        column_aggregate_value,
    )
    from great_expectations.validator.metric_configuration import MetricConfiguration
    from great_expectations.validator.validator import ValidationDependencies

    class RuleBroken(ColumnAggregateMetricProvider):
        metric_name = "column.rule_broken"

        @column_aggregate_value(engine=PandasExecutionEngine)
        def _pandas(cls, column: Any, **_: Any) -> list[int]:  # noqa: N805 - the decorator makes it a class method
            return np.flatnonzero(~column.to_numpy()).tolist()

    class ExpectRuleToHold(ColumnAggregateExpectation):
        metric_dependencies = (RuleBroken.metric_name,)
        _configuration: Any = PrivateAttr(default=None)

        @property
        def configuration(self) -> Any:
            """Give what the library reads dozens of times for one result and would put together each time."""
            if self._configuration is None:
                self._configuration = super().configuration
            return self._configuration

        def get_validation_dependencies(self, *_: Any, **__: Any) -> ValidationDependencies:
            """Ask for the rows that break the rule and nothing else: the library's own counts, and how it asks, take twice as long."""
            metric = MetricConfiguration(
                metric_name=RuleBroken.metric_name,
                metric_domain_kwargs={"column": self.column, "batch_id": self.batch_id},
                metric_value_kwargs={},
            )
            return ValidationDependencies({RuleBroken.metric_name: metric}, parse_result_format(dict(RESULT_FORMAT)))

        def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:  # noqa: ARG002
            broken = metrics[RuleBroken.metric_name]
            return {"success": not broken, "result": {"unexpected_count": len(broken), INDEX_LIST: broken}}

    return ExpectRuleToHold
