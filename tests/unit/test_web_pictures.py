"""Pictures as data: what stands where, nothing over anything else, nothing left out unsaid."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from web.pictures import EDGE, GAP, MOST_STEPS, WIDTH, Step, life_line

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def a_step(days, kind="given", lane="R"):
    return Step(FIRST + timedelta(days=days), kind, lane)


def test_steps_stand_in_their_order_and_their_recipients_lane():
    drawn = life_line([a_step(10, "withdrawn"), a_step(0), a_step(5, "denied", "Q")])

    assert [(lane.name, [mark.number for mark in lane.marks]) for lane in drawn.lanes] == [("R", [1, 3]), ("Q", [2])]
    assert [(mark.sign, mark.tag) for mark in drawn.marks] == [("✓", "good"), ("✕", "no"), ("✕", "no")]
    assert [mark.x for mark in drawn.lanes[0].marks] == [EDGE, WIDTH - EDGE]


def test_what_is_older_than_the_picture_holds_is_counted():
    drawn = life_line([a_step(day) for day in range(MOST_STEPS + 3)])

    assert (len(drawn.marks), drawn.older) == (MOST_STEPS, 3)
    assert drawn.marks[0].step == a_step(3)


def test_nothing_said_is_an_empty_picture():
    assert life_line([]).lanes == ()


@given(st.lists(st.tuples(st.integers(0, 900), st.sampled_from("RQ")), max_size=30))
def test_no_mark_covers_another_or_leaves_the_picture(said):
    drawn = life_line([a_step(days, lane=lane) for days, lane in said])

    for lane in drawn.lanes:
        places = [mark.x for mark in lane.marks]
        assert all(later - earlier >= GAP for earlier, later in itertools.pairwise(places))
        assert all(EDGE <= x <= WIDTH - EDGE for x in places)
