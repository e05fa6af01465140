"""The bulk gate and the pure rule agree on drawn vocabularies, registers, people and requests (CONSENT.md 7)."""

import os
from collections import Counter
from itertools import islice
from random import Random

import polars as pl
import pytest

from consent.bulk import Question, decide_rows, fold, prepare, snapshot_of
from consent.decision import decide
from consent.model import Derived
from schemas.vocabulary import Reason
from tests.generative.draws import AT, Draw, a_register, some_facts, some_requests

CASES = (
    (45_000, 200),
    pytest.param(int(os.environ.get("LUUKKU_GENERATIVE_CASES", "1000000")), 1_000, marks=pytest.mark.long),
)
"""How many at least, and how often each reason at the least: the small form of what the long one shows."""
PEOPLE, REQUESTS = 20, 16
ONLY_BY_DECIDE = {Reason.STORE_UNAVAILABLE}
COLUMNS = (
    "permitted",
    "reason",
    "ground",
    "key",
    "periods",
    "retention_days",
    "no_onward",
    "mask_location",
    "renewal_due",
    "consent_seq",
)


def batches():
    """Draw worlds without end; each is compared whole."""
    seed = 0
    while True:
        draw = Draw(Random(seed))
        register = a_register(draw)
        people = [some_facts(draw, register) for _ in range(PEOPLE)]
        yield seed, register, people, some_requests(draw, register, REQUESTS)
        seed += 1


def by_decide(people, requests):
    return [
        as_row(result, request, decision.consent_seq)
        for facts in people
        for request in requests
        for decision in [decide(request, facts, AT)]
        for result in decision.results
    ]


def as_row(result, request, consent_seq):
    everything = result.periods == ((request.data_from, request.data_until),)
    periods = (
        None if everything or not result.permitted else [{"start": start, "end": end} for start, end in result.periods]
    )
    owed = result.obligations
    return (
        result.permitted,
        result.reason,
        result.ground,
        result.key,
        periods,
        owed.retention_days,
        owed.no_onward,
        owed.mask_location,
        owed.renewal_due,
        consent_seq,
    )


def by_bulk(register, people, requests):
    questions, places = asked_of(requests)
    numbers, known = [], 0
    for facts in people:
        numbers.append(known if facts.person else None)
        known += facts.person is not None
    rows = [
        (number, question, item)
        for n, number in enumerate(numbers)
        for question, item in ((q, (n, i)) for q, i in places)
    ]
    asked = pl.DataFrame(
        [(person, question) for person, question, _ in rows],
        schema={"person": pl.UInt32, "question": pl.UInt32},
        orient="row",
    )
    decided = decide_rows(prepare(snapshot_of(register, people), AT), questions, asked)
    return folded(decided, [item for _, _, item in rows], derived_items(requests))


def asked_of(requests):
    """Each request's items as questions, and where each belongs: (question, place of the item)."""
    questions, places, item_place = [], [], 0
    for request in requests:
        for item in request.items:
            for part in item.inputs if isinstance(item, Derived) else (item,):
                places.append((len(questions), item_place))
                questions.append(question(request, part))
            item_place += 1
    return questions, places


def question(request, item):
    return Question(
        recipient=request.recipient,
        purpose=request.purpose,
        category=item.category,
        controller=item.controller,
        user=request.user,
        data_from=request.data_from,
        data_until=request.data_until,
        emergency=request.emergency is not None,
    )


def derived_items(requests):
    items = [item for request in requests for item in request.items]
    return {place for place, item in enumerate(items) if isinstance(item, Derived)}


def folded(decided, items, derived):
    """Fold the rows of derived items and put all back in order."""
    numbers = {item: n for n, item in enumerate(dict.fromkeys(items))}
    decided = decided.with_columns(
        by=pl.Series([numbers[item] for item in items]), is_derived=pl.Series([item[1] in derived for item in items])
    )
    plain, inputs = decided.filter(~pl.col("is_derived")), decided.filter("is_derived")
    facts = fold(inputs.drop("by", "is_derived"), by=inputs["by"])
    facts = facts.with_columns(by=inputs["by"].unique(maintain_order=True))
    return pl.concat([plain.drop("is_derived"), facts]).sort("by").select(COLUMNS).rows()


@pytest.mark.timeout(0)
@pytest.mark.parametrize(("cases", "least"), CASES)
def test_the_bulk_gate_decides_as_the_rule_does(cases, least):
    reasons = Counter()

    for seed, register, people, requests in batches():
        expected = by_decide(people, requests)
        found = [(*row[:9], row[9] or 0) for row in by_bulk(register, people, requests)]
        differing = [
            (seed, place) for place, pair in enumerate(zip(expected, found, strict=True)) if pair[0] != pair[1]
        ]
        reasons.update(row[1] for row in expected)
        assert not differing, (differing[:5], [(expected[place], found[place]) for _, place in islice(differing, 3)])
        if reasons.total() >= cases:
            break

    print(f"{reasons.total()} cases:", {str(reason): count for reason, count in reasons.most_common()})  # noqa: T201 - the report
    assert {
        reason: reasons[reason] for reason in Reason if reason not in ONLY_BY_DECIDE and reasons[reason] < least
    } == {}
