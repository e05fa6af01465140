"""pandera on polars judges the same rows by the same rules, beside ours by Great Expectations.

Each rule is a check of the whole frame, validated lazily so that every failure is found, as its documentation says
(https://pandera.readthedocs.io/en/stable/polars.html, https://pandera.readthedocs.io/en/stable/lazy_validation.html).
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl

from bench.corpus import Corpus
from bench.measure import Work
from connectors import kela, sote, te
from connectors.frames import Frame, pack
from schemas.expectations import Rule, Suite, suites_of
from schemas.expectations.fields import typed
from schemas.expectations.hetu import with_faults
from schemas.validation.judge import Judge
from schemas.validation.rows import check_rows
from schemas.vocabulary import Source

_PARSE = {Source.TE: te.parse, Source.KELA: kela.parse, Source.SOTE: sote.parse}


def validated(*, keep: str, day: str, at: str) -> Work:
    """Prepare pandera's schemas and the parsed rows of every source."""
    frames = list(_frames(Corpus(Path(keep)), day))
    on = datetime.fromisoformat(at).date()
    schemas = {suite.name: _schema(suite, on) for suite, _ in frames}

    def work() -> dict[str, Any]:
        refused = sum(_refused(schemas[suite.name], suite, frame) for suite, frame in frames)
        return {"rows": sum(frame.height for _, frame in frames), "refused": refused}

    for suite, frame in frames:
        _refused(schemas[suite.name], suite, frame.head(1))
    return work


def ours(*, keep: str, day: str, at: str) -> Work:
    """Prepare the same for our own judge."""
    frames = list(_frames(Corpus(Path(keep)), day))
    on, judge = datetime.fromisoformat(at).date(), Judge()

    def work() -> dict[str, Any]:
        refused = sum(check_rows(judge, suite, frame, on=on).refused.height for suite, frame in frames)
        return {"rows": sum(frame.height for _, frame in frames), "refused": refused}

    check_rows(judge, frames[0][0], frames[0][1].head(1), on=on)
    return work


def _frames(answers: Corpus, day: str) -> Iterator[tuple[Suite, pl.DataFrame]]:
    """Yield each suite with all rows of its record, as text."""
    for source in Source:
        found: dict[type, list[pl.DataFrame]] = {}
        for place in answers.places(source):
            pages = enumerate(answers.pages(day, source, place))
            framed = (
                Frame(kind=page.kind, page=number, place=place, body=page.body) for number, page in pages if page.body
            )
            for record, frame in _PARSE[source](b"".join(map(pack, framed))).frames.items():
                found.setdefault(record, []).append(frame)
        for record, parts in found.items():
            yield suites_of(source)[record], pl.concat(parts)


def _schema(suite: Suite, on: date) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(checks=[_check(rule) for rule in suite.rules if rule.valid(on)])


def _check(rule: Rule) -> pa.Check:
    return pa.Check(lambda data: data.lazyframe.select(rule.holds.alias(rule.name)), name=rule.name)


def _refused(schema: pa.DataFrameSchema, suite: Suite, frame: pl.DataFrame) -> int:
    read = with_faults(typed(suite.record, frame), suite.hetus, artificial_only=True)
    try:
        schema.validate(read, lazy=True)
    except pa.errors.SchemaErrors as found:
        return int(found.failure_cases["index"].n_unique())
    return 0
