"""The worked examples lived through the registry, and decided from what PostgreSQL holds: now, as known then, and in bulk."""

import polars as pl
import pytest

from consent import queries
from consent.bulk import Question, decide_rows, fold, prepare, snapshot
from consent.decision import decide
from consent.model import Derived
from tests.spec import live, replay, world
from tests.spec.examples import EXAMPLES

LIVED = [example for example in EXAMPLES if example.facts is not None]
KNOWN_AT = world.moment("15.6. 00:00")


def decisions(read, example, person_id):
    """Decide from what is held now, from what was known by 15.6., and by the bulk gate."""
    request, at = replay.request(example.ask, person_id), world.moment(example.ask.at)
    now = decide(request, queries.facts(read, person_id=person_id, recipient=request.recipient), at)
    then = decide(request, queries.facts(read, person_id=person_id, recipient=request.recipient, known_at=KNOWN_AT), at)
    return now, then, in_bulk(read, request, at)


def in_bulk(read, request, at):
    """Decide by the bulk gate; a coach is none of its askers."""
    items = [item.inputs if isinstance(item, Derived) else (item,) for item in request.items]
    questions = [question(request, part) for parts in items for part in parts]
    asked = pl.DataFrame(
        {"person": [0] * len(questions), "question": range(len(questions))},
        schema={"person": pl.UInt32, "question": pl.UInt32},
    )
    decided = decide_rows(prepare(snapshot(read, people=[request.person_id]), at), questions, asked)
    by = pl.Series([n for n, parts in enumerate(items) for _ in parts])
    return tuple(fold(decided, by=by)["reason"]) if any(len(parts) > 1 for parts in items) else tuple(decided["reason"])


def question(request, item):
    return Question(
        recipient=request.recipient,
        purpose=request.purpose,
        category=item.category,
        controller=item.controller,
        data_from=request.data_from,
        data_until=request.data_until,
        emergency=request.emergency is not None,
    )


@pytest.mark.parametrize("example", LIVED, ids=str)
def test_a_lived_example_is_decided_as_written(examples, owner, example):
    with owner.transaction() as tx:
        person_id = live.live(tx, example.facts)

    with owner.read(snapshot=True) as read:
        now, then, bulk = decisions(read, example, person_id)

    assert replay.told(now) == (example.outcome, example.reasons)
    assert replay.told(then) == (example.outcome, example.reasons)
    assert bulk == (("protected",) if example.ask.user else example.reasons)
    if example.periods:
        assert now.results[0].periods == tuple(replay.data_period(period) for period in example.periods)
    if now.outcome == "PERMIT":
        assert replay.owed(now.results[0].obligations) == example.owed
