"""One batch of the sequencer, in one transaction: guards, spent ids, the inbox, numbers, the tree, a signed checkpoint."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from audit.admission import Admitted, admitted
from audit.book import Written, own, take_up_key, turn_year, write
from audit.disclosure import Sealed
from audit.entry import body_of
from audit.errors import EventRejected
from audit.events import ChangeRef, EventType
from audit.numbering import Book
from audit.post import Members, Post, posted
from audit.queries import sequence
from audit.queries.sequence import Look, Waiting
from audit.triage import Triage, triage
from audit.wire import Answer
from db.engine import Transaction

MAX_BATCH = 2_000
"""Events a transaction: beyond it the cost of one no longer falls, and callers wait longer."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done: disclosures, with a look at what is known of them, what came from the inbox, own events."""

    calls: Sequence[Admitted]
    look: Look
    waiting: Sequence[Waiting]
    own: Sequence[EventType]


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch came to, valid once committed; the state is the one before when nothing was entered."""

    answers: list[Answer]
    state: Written


def run(tx: Transaction, state: Written, work: Work, at: datetime) -> Done:
    """Do one batch, and commit it with its last statement when something was entered; ``at`` is not before the book's last entry.

    The look's guards locked the persons before the inbox was read, so what a change committed before stood in it by then, and is
    numbered before the disclosures that saw it.
    """
    state = turn_year(tx, state, at)
    book, rotated = take_up_key(tx, state.book, at)
    found = triage(work.calls, work.look, {each.id: each.body for each in work.waiting}, book.frontier.size)
    _note_reused(tx, found.reused.union(each.id for each in work.waiting if _is_other(each)))
    posts = [*filter(None, [rotated]), *(own(tx, type_, at) for type_ in work.own)]
    posts += [_post(tx, each, at) for each in work.waiting if each.standing is None]
    first = book.frontier.size + len(posts)
    posts += [each.post for each in found.open.values()]
    if posts:
        state = write(tx, book, posts, at, work.look, at_last=True)
        _answer(found, state.book, first)
    return Done(found.in_order(), state)


def _note_reused(tx: Transaction, ids: Collection[str]) -> None:
    if ids:
        sequence.note_conflicts(tx, ids)


def _is_other(waiting: Waiting) -> bool:
    """Tell whether another event has the id: of two written at once the database refuses neither."""
    return waiting.standing is not None and body_of(waiting.standing) != waiting.body


def _post(tx: Transaction, waiting: Waiting, at: datetime) -> Post:
    """Take an event from the inbox; one that bypassed the writers' checks leaves its digest as a finding."""
    try:
        return posted(_named_alike(admitted(waiting.body), waiting.id), waiting.box)
    except EventRejected:
        digest = sha256(waiting.body).hexdigest()
        change = ChangeRef(table="audit.inbox", id=str(waiting.ticket), digest=digest)
        return own(tx, EventType.FINDING_OPENED, at, change)


def _named_alike(members: Members, id_: str) -> Members:
    """Refuse an event under another id than its row's: it might stand in the log already, and stop it for ever."""
    if members["id"] != id_:
        raise EventRejected("The inbox names another event than it holds.")
    return members


def _answer(found: Triage, book: Book, first: int) -> None:
    for index, place in enumerate(list(found.open), start=first):
        found.answer(place, Sealed(log=str(book.log), index=index, size=book.frontier.size))
