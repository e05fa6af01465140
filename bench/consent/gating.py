"""The bulk gate measured on a database: its snapshot read by COPY, then every question decided, held against ``decide`` for some people."""

from collections.abc import Mapping, Sequence
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final
from uuid import UUID

import polars as pl

from bench.consent.people import AT, one
from bench.consent.town import CONTROLLERS, RECIPIENT
from bench.measure import Work
from consent import queries
from consent.bulk import Question, Snapshot, decide_rows, prepare, snapshot
from consent.decision import decide
from db.engine import Database, Login, Read
from db.environment import from_environ
from schemas.vocabulary import Category, Purpose

ASKED: Final = (
    (Purpose.TYO, Category.TE_SUUNNITELMA),
    (Purpose.TYO, Category.KELA_VIREILLAOLO),
    (Purpose.KUNTAOSUUS, Category.KELA_ETUUSJAKSO),
    (Purpose.TYO, Category.SOTE_PALVELUTARVE),
    (Purpose.TYO, Category.SOTE_KUNTOUTTAVA),
)
"""Five items a person: a statute that overrides a no, three consents, a statute that yields to a no."""
COMPARED: Final = 1_000


class Differs(RuntimeError):
    """The bulk gate and the rule answer one question differently."""


def gated(values: Mapping[str, str], rounds: int) -> Work:
    """Decide five items of everybody in the database."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.PUBLISHER, pool_size=1) as database:
            return _measured(database, rounds)

    return work


def _measured(database: Database, rounds: int) -> dict[str, Any]:
    began = perf_counter()
    with database.read(snapshot=True) as read:
        known = snapshot(read)
    reading_s = perf_counter() - began
    questions = [Question(RECIPIENT, purpose, category, CONTROLLERS[category.source]) for purpose, category in ASKED]
    asked = _asked(known, len(questions))
    taken = [_round(known, questions, asked) for _ in range(rounds)]
    with database.read(snapshot=True) as read:
        compared = _compared(read, known, decide_rows(prepare(known, AT), questions, asked))
    seconds = median(wall for wall, _ in taken)
    return {
        "people": known.people.height,
        "items": asked.height,
        "a_second": asked.height / seconds,
        "a_second_by_processor": asked.height / median(processor for _, processor in taken),
        "reading_s": reading_s,
        "a_second_with_reading": asked.height / (seconds + reading_s),
        "compared": compared,
    }


def _asked(known: Snapshot, questions: int) -> pl.DataFrame:
    people = pl.DataFrame({"person": pl.int_range(known.people.height, dtype=pl.UInt32, eager=True)})
    return people.join(pl.DataFrame({"question": pl.int_range(questions, dtype=pl.UInt32, eager=True)}), how="cross")


def _round(known: Snapshot, questions: Sequence[Question], asked: pl.DataFrame) -> tuple[float, float]:
    began, processor = perf_counter(), process_time()
    decide_rows(prepare(known, AT), questions, asked)
    return perf_counter() - began, process_time() - processor


def _compared(read: Read, known: Snapshot, rows: pl.DataFrame) -> int:
    """Hold the answers about some people, spread over all, against the rule on their facts as the database gives them."""
    step = max(1, known.people.height // COMPARED)
    reasons = rows["reason"].to_list()
    places = range(0, known.people.height, step)
    for place in places:
        person_id = UUID(known.people["person_id"][place])
        facts = queries.facts(read, person_id=person_id, recipient=RECIPIENT)
        expected = [decide(one(facts, *item), facts, AT).results[0].reason.value for item in ASKED]
        if reasons[place * len(ASKED) : (place + 1) * len(ASKED)] != expected:
            raise Differs("The bulk gate answers otherwise than the rule.")
    return len(places) * len(ASKED)
