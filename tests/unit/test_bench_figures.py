"""What is made of the measured lines: wholes, ratios within a round, verdicts on the targets, and the table."""

import pytest

from bench.figures import COPY_BESIDE, Figures, Line, Stage, Task, Who, medians
from bench.report import shown
from bench.targets import verdicts

OURS = (Task.FIRST, Who.LUUKKU)
LIMIT = (Task.FIRST, Who.LIMIT)


def a_line(work=OURS, name="merge", *, number=1, counted=True, seconds=1.0, cpu=0.5, server=0.25, peak=100_000_000):
    task, who = work
    return Line(
        round=number,
        stage=Stage(task=task, who=who, name=name, rows=1_000, counted=counted),
        seconds=seconds,
        cpu_seconds=cpu,
        server_seconds=server,
        prepare_seconds=2.0,
        peak_bytes=peak,
    )


def figures(*lines, people=50_000):
    return Figures(people=people, rows=1_000, lines=list(lines))


def seconds(line):
    return line.seconds


def test_the_whole_of_a_round_is_the_sum_of_its_counted_stages():
    found = figures(
        a_line(name="check", seconds=2.0),
        a_line(name="merge", seconds=3.0),
        a_line(name="land", seconds=50.0, counted=False),
        a_line(name="check", seconds=4.0, number=2),
        a_line(LIMIT, "copy", seconds=7.0),
    )

    assert found.whole(OURS, seconds) == [5.0, 4.0]
    assert found.rounds == 2


def test_a_ratio_is_taken_within_each_round_so_that_a_slow_minute_slows_both():
    found = figures(
        *(a_line(number=number, seconds=time) for number, time in enumerate((2.0, 30.0, 3.0), start=1)),
        *(a_line(LIMIT, number=number, seconds=time) for number, time in enumerate((1.0, 10.0, 2.0), start=1)),
    )

    assert found.ratio(OURS, LIMIT, seconds) == 2.0


def test_there_is_no_ratio_to_what_was_not_done():
    assert figures(a_line()).ratio((Task.FIRST, Who.DICTS), OURS, seconds) is None


def test_a_stage_is_told_by_its_median_round():
    lines = [a_line(number=number, seconds=time) for number, time in enumerate((9.0, 2.0, 4.0), start=1)]

    assert [line.seconds for line in medians([*lines, a_line(name="check", seconds=1.0)])] == [4.0, 1.0]


@pytest.mark.parametrize(
    ("work", "times", "sentence", "holds"),
    [
        (LIMIT, 1.0, "2 times the limit", True),
        (LIMIT, 0.9, "2 times the limit", False),
        ((Task.FIRST, Who.TOGETHER), 2.0, "side by side as Airflow", True),
        ((Task.FIRST, Who.TOGETHER), 2.1, "side by side as Airflow", False),
        ((Task.FIRST, Who.DICTS), 12.0, "dlt fed dicts", True),
        ((Task.FIRST, Who.DICTS), 11.9, "dlt fed dicts", False),
        ((Task.FIRST, Who.ARROW), 5.0, "dlt fed Arrow", True),
        ((Task.FIRST, Who.ARROW), 4.9, "dlt fed Arrow", False),
        ((Task.NO_CHANGE, Who.LUUKKU), 0.4, "no-change night", True),
        ((Task.NO_CHANGE, Who.LUUKKU), 0.5, "no-change night", False),
    ],
)
def test_a_target_holds_to_its_very_edge(work, times, sentence, holds):
    lines = [a_line(LIMIT, seconds=1.0)] if work[1] is Who.TOGETHER else []
    found = figures(a_line(seconds=2.0), a_line(work, seconds=times), *lines)

    (verdict,) = [each for each in verdicts(found) if sentence in each.target]

    assert verdict.holds is holds


def test_the_limit_holds_all_that_a_load_writes_and_how_it_stands_to_the_sources_rows_alone_is_told_and_not_judged():
    found = figures(a_line(seconds=6.0), a_line(LIMIT, "copy", seconds=2.0), a_line(LIMIT, COPY_BESIDE, seconds=1.0))

    told = {each.found: each.holds for each in verdicts(found) if "limit" in each.target}

    assert told == {2.0: True, 3.0: None}
    assert "         (the same, one source after another" in shown(found, list(verdicts(found)), {})


def test_memory_is_judged_up_to_fifty_thousand_people():
    at_target = list(verdicts(figures(a_line(peak=999_000_000))))
    above = list(verdicts(figures(a_line(peak=1_000_000_000))))
    nation = list(verdicts(figures(a_line(peak=1_500_000_000), people=550_000)))

    assert [each.holds for each in (*at_target, *above)] == [True, False]
    assert nation == []


def test_a_verdict_tells_the_ratio_by_processor_seconds_too():
    found = figures(a_line(seconds=2.0, cpu=3.0, server=1.0), a_line(LIMIT, seconds=1.0, cpu=1.0, server=1.0))

    assert next(each.by_processor for each in verdicts(found)) == 2.0


def test_the_table_names_each_stage_what_is_apart_in_brackets_and_each_target_with_its_figure():
    found = figures(a_line(name="te check"), a_line(name="te land", counted=False), a_line(LIMIT, "copy", seconds=0.25))

    text = shown(found, list(verdicts(found)), {"cpu": "a processor", "commit": "abc123"})

    assert "  te check " in text
    assert "  (te land) " in text
    assert "commit abc123" in text
    assert "MISSED first load, one source after another: at most 2 times the limit: 4.00" in text
    assert "holds  every process of ours" in text


def test_a_work_of_one_stage_takes_one_line():
    found = figures(a_line(LIMIT, "copy", seconds=0.25))

    text = shown(found, [], {})

    assert text.count("limit") == 1
    assert "4,000" in text
