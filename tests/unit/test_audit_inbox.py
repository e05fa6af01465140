"""Where reading the inbox goes on: behind what was read, back to what committed late, and a little at a time while callers are there."""

import pytest

from audit.inbox import BESIDE_CALLS, LATE_TICKETS_S, LIVELY_S, Inbox, Page

MOST = 1_000


def read(inbox, tickets, *, at=0.0, calls=0, of_callers=()):
    """Read a page of these tickets, together with some of the callers' persons."""
    page = inbox.page(MOST, calls=calls, at=at)
    page_of = [ticket for ticket in tickets if ticket > page.floor][: page.most]
    inbox.taken(page, sorted({*page_of, *of_callers}))
    return page_of


def test_reading_goes_on_behind_the_last_page():
    inbox = Inbox(late_at=0.0)

    assert read(inbox, range(1, 1_501)) == [*range(1, 1_001)]
    assert read(inbox, range(1, 1_501)) == [*range(1_001, 1_501)]
    assert read(inbox, range(1, 1_501)) == []


def test_what_a_caller_has_far_ahead_is_no_reason_to_pass_over_what_lies_between():
    inbox = Inbox(late_at=0.0)

    read(inbox, range(1, 5_001), calls=1, of_callers=[4_000])

    assert inbox.floor == BESIDE_CALLS
    assert read(inbox, range(1, 5_001))[0] == BESIDE_CALLS + 1


def test_late_tickets_are_found_within_the_second_and_followed_as_far_as_they_go():
    inbox = Inbox(late_at=0.0)
    read(inbox, [9_000])

    pages = [read(inbox, [*range(1, 2_501), 9_001], at=LATE_TICKETS_S) for _ in range(3)]

    assert [(page[0], page[-1]) for page in pages] == [(1, 1_000), (1_001, 2_000), (2_001, 9_001)]


def test_a_few_late_tickets_do_not_lead_back_over_all_that_was_read():
    inbox = Inbox(late_at=0.0)
    read(inbox, [9_000])

    read(inbox, [7], at=LATE_TICKETS_S)

    assert inbox.page(MOST, calls=0, at=LATE_TICKETS_S) == Page(9_000, MOST)


@pytest.mark.parametrize(
    ("calls", "after_s", "most"),
    [(1, 0.0, BESIDE_CALLS), (0, LIVELY_S / 2, BESIDE_CALLS), (200, 0.0, 200), (5_000, 0.0, MOST), (0, LIVELY_S, MOST)],
    ids=["one call", "soon after", "many calls", "more than a batch", "later"],
)
def test_a_page_is_small_while_callers_come_and_go(calls, after_s, most):
    inbox = Inbox(late_at=0.0)
    inbox.page(MOST, calls=1, at=5.0)

    assert inbox.page(MOST, calls=calls, at=5.0 + after_s).most == most


def test_there_may_be_more_behind_a_full_page_alone():
    inbox = Inbox(late_at=0.0)

    found = []
    for _ in range(2):
        read(inbox, range(1, 1_501))
        found.append(inbox.full)

    assert found == [True, False]
