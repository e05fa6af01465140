"""What is made of the log's figures: the ratio, a verdict a promise, and the table."""

from dataclasses import replace

import pytest

from bench.log.figures import PROMISES, RATES, Figures, Sealing, verdicts
from bench.log.report import shown
from bench.log.run import Stand
from bench.measure import Measured


def a_line(callers, a_second, *, median_ms=2.0):
    return Sealing(
        callers=callers,
        a_second=a_second,
        median_ms=median_ms,
        p99_ms=9.0,
        raw_a_second=500.0,
        events=1_000,
        load=0.5,
        pace_percent=97.0,
    )


def test_every_number_of_callers_is_held_to_its_own_rate():
    figures = Figures(sealed=[a_line(callers, rate) for callers, rate in RATES.items()])

    assert all(each.holds for each in verdicts(figures))
    assert [each.found for each in verdicts(figures) if "sealed events" in each.promise] == [*RATES.values()]


@pytest.mark.parametrize(
    ("line", "missed"), [(a_line(16, 1_999), "16 callers"), (a_line(64, 6_000, median_ms=15.1), "from call to sealed")]
)
def test_what_is_short_of_its_promise_is_missed(line, missed):
    (found,) = [each for each in verdicts(Figures(sealed=[line])) if not each.holds]

    assert missed in found.promise


def test_of_several_rounds_the_middle_one_counts_and_all_are_shown():
    figures = Figures(sealed=[a_line(callers, rate) for rate in (9_000, 5_000, 12_000) for callers in (64, 200)])

    assert [(each.callers, each.a_second) for each in figures.sealing] == [(64, 9_000), (200, 9_000)]
    assert "200 callers, round by round: 9,000  5,000  12,000" in shown(figures, [], {})


def test_of_two_rounds_the_slower_counts():
    (line,) = Figures(sealed=[a_line(200, 12_000), a_line(200, 5_000)]).sealing

    assert line.a_second == 5_000


def test_verification_and_the_list_are_judged_where_they_were_measured():
    figures = Figures(facts={"verified_a_second": 99_999.0, "list_p99_ms": 9.9, "search_p95_ms": 300.1})

    assert [each.holds for each in verdicts(figures)] == [False, True, False]
    assert list(verdicts(Figures())) == []


def test_every_promise_has_its_bound_and_is_judged_by_it():
    kept = {name: each.at_least if each.at_most == float("inf") else each.at_most for name, each in PROMISES.items()}
    missed = {name: value + (-1 if PROMISES[name].at_most == float("inf") else 1) for name, value in kept.items()}

    assert [each.holds for each in verdicts(Figures(facts=kept))] == [True] * len(PROMISES)
    assert [each.holds for each in verdicts(Figures(facts=missed))] == [False] * len(PROMISES)


def test_the_table_shows_the_ratio_to_raw_commits_and_the_load():
    figures = Figures(sealed=[a_line(1, 250)], facts={"verified_events": 5})

    text = shown(figures, verdicts(figures), {"cores": 2, "disk_sync_ms": 0.4})

    assert " 0.50" in text
    assert "disk_sync_ms 0.4" in text
    assert "MISSED 1 callers: at least 300 sealed events a second: 250.00" in text


def test_the_table_shows_how_much_of_the_machine_was_taken_away():
    figures = Figures(sealed=[replace(a_line(200, 8_000), stolen_percent=12.34)])

    assert "12.3%" in shown(figures, [], {})


@pytest.mark.parametrize(
    ("stolen", "counts", "again"),
    [([0.0, 9.0], 0, None), ([9.0, 0.0], 1, 1), ([9.0, 9.0, 9.0, 0.0], 2, 2)],
    ids=["undisturbed", "disturbed once", "disturbed always"],
)
def test_what_the_host_disturbed_is_measured_again_twice_at_most_and_that_is_told(monkeypatch, stolen, counts, again):
    taken = [
        Measured(seconds=1.0, cpu_seconds=1.0, prepare_seconds=0.0, peak_bytes=0, stolen_seconds=each)
        for each in stolen
    ]
    coming, figures = iter(taken), Figures()
    monkeypatch.setattr(Stand, "measure", lambda *_, **__: next(coming))

    found = Stand(None, None, None, figures).measure_undisturbed("task", {})

    assert found is taken[counts]
    assert figures.facts.get("measured_again_for_the_host") == again
