"""Where reading the inbox goes on: behind what was read, back to what committed late, and a little at a time while callers are there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.inbox import BESIDE_CALLS, LATE_TICKETS_S, LIVELY_S, WHOLE_S, Inbox, Page, Running

MOST = 1_000
NOBODY = Running(10, 10)
"""All transactions there were have ended."""


def read(inbox, tickets, *, at=0.0, calls=0, of_callers=(), running=NOBODY):
    """Read a page of these tickets, together with some of the callers' persons."""
    page = inbox.page(MOST, calls=calls, at=at, running=running if inbox.is_late(at) else None)
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


def looks(inbox, times, *, running=NOBODY, start=0):
    """Look for late tickets so many times, a second apart, where none came; give from where each looked."""
    found = []
    for place in range(start, start + times):
        page = inbox.page(MOST, calls=0, at=place * LATE_TICKETS_S, running=running)
        inbox.taken(page, [])
        found.append(page.floor)
    return found


def test_late_tickets_are_looked_for_above_the_base_once_all_who_wrote_then_have_ended():
    inbox = Inbox(late_at=0.0)
    read(inbox, range(1, 601))

    assert looks(inbox, 4, start=1) == [0, 0, 600, 600]


def test_who_still_writes_holds_the_base_where_it_is():
    inbox = Inbox(late_at=0.0)
    read(inbox, range(1, 601))

    assert looks(inbox, 9, running=Running(oldest=7, following=10), start=1) == [0] * 9
    assert looks(inbox, 2, running=Running(oldest=10, following=12), start=10) == [0, 600]


def test_the_whole_inbox_is_read_now_and_then_whatever_is_known():
    inbox = Inbox(late_at=0.0)
    read(inbox, range(1, 601))
    looks(inbox, 3, start=1)

    assert looks(inbox, 1, start=int(WHOLE_S / LATE_TICKETS_S)) == [600]
    assert looks(inbox, 1, start=int(WHOLE_S / LATE_TICKETS_S) + 1) == [0]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["commit", "read", "late"]), st.integers(0, 5)),
    )
)


@given(STEPS)
def test_no_ticket_is_passed_over_however_late_it_commits(steps):
    """Transactions draw tickets in the order they begin, and commit in any; reading takes what is committed, two at a time."""
    inbox, at = Inbox(late_at=0.0, whole_at=0.0), 0.0
    open_, committed, begun, drawn = {}, set(), 0, 0

    def look(*, late):
        nonlocal committed, at
        at += LATE_TICKETS_S / 1_000
        running = Running(min(open_, default=begun), begun) if late else None
        page = inbox.page(2, calls=0, at=at, running=running)
        tickets = sorted(ticket for ticket in committed if ticket > page.floor)[: page.most]
        committed -= set(tickets)
        inbox.taken(page, tickets)

    for what, which in steps:
        if what == "write":
            open_[begun] = [*range(drawn + 1, drawn + 1 + which)]
            begun, drawn = begun + 1, drawn + which
        elif what == "commit" and open_:
            committed |= set(open_.pop(sorted(open_)[which % len(open_)]))
        else:
            look(late=what == "late")
    for transaction in list(open_):
        committed |= set(open_.pop(transaction))
    look(late=True)
    for _ in range(drawn):
        look(late=False)

    assert not committed
