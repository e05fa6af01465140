"""Great Expectations over truth values: its word decides, holds no value, calls nobody, and agrees with the rules it was given."""

import json
import logging
import os
import subprocess
import sys

import pytest

from schemas import kela, te
from schemas.expectations import suites_of
from schemas.validation import docs
from schemas.validation.batch import Fact, hold, usual_rows, vanished
from schemas.validation.judge import Judge
from schemas.validation.result import Result, summed
from schemas.validation.rows import check_rows
from schemas.vocabulary import Source
from tests.asking import TODAY
from tests.rows_of import AINO, a_frame

MAKSU = suites_of(Source.KELA)[kela.Maksu]


@pytest.fixture(scope="module")
def judge():
    return Judge()


def test_a_row_is_refused_with_every_reason_and_the_others_go_on(judge):
    frame = a_frame(kela.Maksu, {}, {"hetu": "010190-999Y", "etuuspaivat": "32"}, {"maksu_id": "M-78"})

    checked = check_rows(judge, MAKSU, frame, on=TODAY)

    assert checked.accepted["maksu_id"].to_list() == ["M-77", "M-78"]
    ((row, failures),) = checked.refused.rows()
    assert row == 1
    assert {(each["field"], each["code"]) for each in json.loads(failures)} == {
        ("hetu", "HETU_CHECKSUM"),
        ("etuuspaivat", "RANGE"),
    }


def test_accepted_rows_have_the_types_of_their_record(judge):
    checked = check_rows(judge, MAKSU, a_frame(kela.Maksu), on=TODAY)

    row = checked.accepted.row(0, named=True)
    assert (row["etuuspaivat"], row["peruttu"], row["kauden_alku_pvm"].isoformat()) == (22, False, "2026-04-01")


def test_a_warning_is_told_and_lets_its_row_pass(judge):
    suite = suites_of(Source.TE)[te.Tyonhakija]

    checked = check_rows(judge, suite, a_frame(te.Tyonhakija, {"turvakielto": "true"}), on=TODAY)

    assert (checked.accepted.height, checked.refused.height, checked.warned) == (1, 0, 1)


def test_the_stored_result_holds_counts_and_no_value(judge):
    checked = check_rows(judge, MAKSU, a_frame(kela.Maksu, {"hetu": "010190-999Y"}, {}), on=TODAY)

    text = json.dumps(checked.result.to_json())
    assert "010190" not in text
    assert AINO not in text
    assert {found.column: found.broken for found in checked.result.found}["hetu.HETU_CHECKSUM"] == 1


def test_results_of_several_groups_add_up_and_become_a_page_that_leads_nowhere_outside(judge):
    one = check_rows(judge, MAKSU, a_frame(kela.Maksu, {"etuuspaivat": "32"}, {}), on=TODAY).result
    kept = Result.from_json(json.loads(json.dumps(one.to_json())))

    page = docs.page(summed([one, kept]))

    assert "2 unexpected values found" in page
    assert "of 4 total rows" in page
    assert "default-src" in page
    assert not any(outside in page for outside in ("http:", "https:", "<script", "010190", AINO))


def test_telemetry_is_off():
    hold(Judge(), "batches", [Fact(batch=0, record="maksu", rows=1)])

    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_what_the_library_says_of_itself_fills_no_log_that_an_operator_reads(caplog):
    caplog.set_level("INFO")

    assert not logging.getLogger("great_expectations._docs_decorators").isEnabledFor(logging.INFO)


def test_a_night_that_brings_nothing_does_not_load_the_library():
    script = """
import sys
from schemas.validation.batch import Fact, hold
from schemas.validation.judge import Judge
assert hold(Judge(), "batches", [Fact(batch=0, record=None, rows=0)]).reasons == {}
assert "great_expectations" not in sys.modules
"""

    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (Fact(batch=0, record="maksu", rows=400, broken=20), None),
        (Fact(batch=0, record="maksu", rows=400, broken=21), "maksu: 21 of 400 rows broken"),
        (Fact(batch=0, record="maksu", rows=10_000, broken=400), None),
        (Fact(batch=0, record="maksu", rows=50, unfilled=("etuus",)), "maksu: etuus empty in every row"),
        (Fact(batch=0, record=None, rows=50, unknown=("maksu.summa",)), "unknown element: maksu.summa"),
        (Fact(batch=0, record=None, rows=5_001, rows_allowed=5_000), "5,001 rows, over 5 times what is usual"),
        (Fact(batch=0, record=None, rows=90, rows_allowed=10), None),
        (Fact(batch=0, record=None, rows=0, missing=True), "a full pull without a row, where rows were before"),
    ],
)
def test_a_batch_is_held_for_its_shape_its_broken_rows_and_its_size(judge, fact, why):
    held = hold(judge, "kela batches", [fact, Fact(batch=1, record="maksu", rows=5)])

    assert held.reasons == ({} if why is None else {0: (why,)})


def test_what_is_usual_is_five_times_the_median_once_three_batches_are_known():
    assert usual_rows([100, 90]) is None
    assert usual_rows([100, 10_000, 90]) == 500


def test_a_full_pull_may_lack_a_tenth_of_what_is_known_or_a_few():
    assert not vanished(known=100, gone=20)
    assert not vanished(known=1_000, gone=100)
    assert vanished(known=1_000, gone=101)
