"""Numbers, links and times as the sequencer gives them."""

import json

import pytest

from audit.admission import admitted
from audit.entry import canonical, read
from audit.envelope import enclose
from audit.errors import EventRejected
from audit.numbering import Book, Head, enter, grow
from audit.queries import addition
from audit.tree import Frontier, leaf_hash
from db.keys import Keyring
from tests.logs import AT, a_disclosure

ONE, TWO = "1" * 32, "2" * 32


def a_book():
    return Book(2026, "luukku.example/audit/2026", "checkpoint-test", Frontier(), AT)


def members(**given):
    base = {
        "v": 1,
        "id": "019e8269-0000-7000-8000-000000000002",
        "t": "2026-06-01T09:00:00.000000Z",
        "type": "heartbeat",
        "outcome": "ok",
        "class": "admin",
        "actor": {"system": "s"},
    }
    return {**base, **given}


def test_each_person_s_events_are_numbered_and_linked_apart():
    events = [members(person=ONE), members(), members(person=TWO), members(person=ONE)]

    rows, heads = enter({TWO: Head(7, b"\x07")}, events, AT)

    written = [json.loads(row.entry) for row in rows]
    assert [each.get("person_n") for each in written] == [1, None, 8, 2]
    assert [each.get("person_prev") for each in written] == [None, None, "07", rows[0].leaf.hex()]
    assert heads == {ONE: Head(2, rows[3].leaf), TWO: Head(8, rows[2].leaf)}


def test_the_book_before_is_not_touched():
    book = a_book()

    rows, _ = enter({}, [members()], AT)
    grown = grow(book, rows, AT)

    assert book.frontier.size == 0
    assert grown.book.frontier.size == 1
    assert grown.book.checkpoint.root == leaf_hash(rows[0].entry)


def test_columns_are_those_of_the_entry():
    given = members(
        actor={"org": "0166906-4", "user": ONE, "role": "steward"},
        decision={"id": "d", "reason": {"a": "consent", "b": "denied", "c": "consent"}},
        categories=["a", "b", "c"],
        purpose="p",
    )

    columns = enter({}, [given], AT).rows[0].columns

    assert columns.reasons == ["consent", "denied"]
    assert (columns.org, columns.system, columns.actor_user, columns.role) == ("0166906-4", None, ONE, "steward")
    assert (columns.purpose, columns.categories, columns.decision_id) == ("p", ["a", "b", "c"], "d")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "not JSON"),
        (canonical(members(type="no.such")), "no listed type"),
        (canonical(members(type=["heartbeat"])), "no listed type"),
        (canonical(members(id="01890A5D-AC96-774B-BCCE-B302099A8057")), "another kind"),
        (canonical(members(type="person.viewed")), "lacks a member"),
        (canonical({"type": "heartbeat"}), "lacks a member"),
        (canonical(members(seq_t="t")), "no room"),
        (canonical(members(t="2026-06-01T09:00:00")), "another kind"),
        (canonical(members(person="Aino")), "another kind"),
        (canonical(members(trace="x" * 4_000)), "no room"),
        (json.dumps(members()).encode(), "canonical"),
    ],
)
def test_what_may_not_be_entered_is_refused(body, told):
    with pytest.raises(EventRejected, match=told):
        admitted(body)


@pytest.mark.parametrize(
    "odd",
    ["x", "ä", 7, ["x"], [7], [["x"]], [{"x": 1}], {"x": "x"}, {"id": 7}, {"org": ["x"]}, {"reason": {"x": ["x"]}}],
    ids=str,
)
def test_whatever_a_member_holds_the_body_is_refused_or_can_be_written(odd):
    whole = read(enclose(a_disclosure().event, Keyring.for_tests()).body)
    refused = 0
    for name in (*whole, "ref", "run", "controllers", "trace"):
        try:
            found = admitted(canonical({**whole, name: odd}))
        except EventRejected:
            refused += 1
        else:
            addition.events(2026, 0, enter({}, [found], AT))

    assert refused


def test_what_may_be_entered_is_read():
    assert admitted(canonical(members())) == members()
