"""Writing into the book: what is entered, the signed checkpoint over it, and the turn of the year (ACCESS-LOG 5)."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from audit.admission import admitted
from audit.checkpoint import VerifierKey, origin_of, signed, signed_line
from audit.envelope import enclose
from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.numbering import Book, Former, Head, enter, grow
from audit.post import Post, posted
from audit.queries import addition, sequence
from audit.queries.addition import Belongings
from audit.queries.sequence import Look
from audit.tree import Frontier
from audit.years import next_log, year_of
from db.engine import Transaction
from db.ids import uuid7
from db.keys import Use
from db.together import trip

BOTH_SIGN = timedelta(days=30)
"""How long the former key signs beside a new one (ACCESS-LOG 6)."""


@dataclass(frozen=True, slots=True)
class Written:
    """The book after something was written into it, and the signed note that says so."""

    book: Book
    note: str


def own(tx: Transaction, type_: EventType, at: datetime, change: ChangeRef | None = None) -> Post:
    """Make an event of the sequencer itself."""
    actor = Actor(system="sequencer")
    return told(tx, Event(id=uuid7(at), at=at, type=type_, actor=actor, retention=RetentionClass.ADMIN, change=change))


def told(tx: Transaction, event: Event) -> Post:
    """Make an event ready to be written into the book, with its detail."""
    envelope = enclose(event, tx.keyring)
    return posted(admitted(envelope.body), envelope.box)


def write(
    tx: Transaction, book: Book, posts: Sequence[Post], at: datetime, look: Look | None = None, *, at_last: bool = False
) -> Written:
    """Enter events: number them, sign the tree, and add all that belongs to them; heads that ``look`` found are not asked for again.

    The server works on what was sent while we make the next ready. ``at_last``: commit with it, in the same round trip.
    """
    persons = {post.members["person"] for post in posts if "person" in post.members}
    heads = _heads(tx, book.log, persons, look)
    with trip(tx) as sent:
        sent.send(addition.in_turn(), addition.belongings(_belongings(posts, at)))
        sent.meanwhile()
        entered = enter(heads, [post.members for post in posts], at)
        sent.send(addition.events(book.log, book.frontier.size, entered))
        grown = grow(book, entered.rows, at)
        note = _signed(tx, grown.book)
        sent.send(addition.tree(grown, note))
        sent.commit() if at_last else sent.rows()
    return Written(grown.book, note)


def _belongings(posts: Sequence[Post], at: datetime) -> Belongings:
    return Belongings(
        details=[post.detail for post in posts if post.detail is not None],
        decisions=[(post.members["id"], post.decision) for post in posts if post.decision is not None],
        spends=[spend for post in posts for spend in post.spend],
        at=at,
    )


def _heads(tx: Transaction, log: int, persons: AbstractSet[str], look: Look | None) -> dict[str, Head]:
    known, asked = (look.heads, look.asked) if look is not None and look.log == log else ({}, frozenset())
    missing = persons - asked
    found = {person: known[person] for person in persons & known.keys()}
    return found | (sequence.heads(tx, log, missing) if missing else {})


def _signed(tx: Transaction, book: Book) -> str:
    """Have the tree signed by the key of the book, and for a while by the former one too, as long as that is kept."""
    note, former = signed(book.checkpoint, *_signer(tx, book, book.key_id)), book.former
    if former is None or book.last >= former.until or former.key_id not in tx.keyring.key_ids(Use.CHECKPOINT):
        return note
    return note + signed_line(book.checkpoint, *_signer(tx, book, former.key_id))


def _signer(tx: Transaction, book: Book, key_id: str) -> tuple[VerifierKey, Callable[[bytes], bytes]]:
    def sign(message: bytes) -> bytes:
        return tx.keyring.sign(Use.CHECKPOINT, message, key_id=key_id).signature

    return verifier_key(tx, book.origin, key_id), sign


def verifier_key(tx: Transaction, origin: str, key_id: str) -> VerifierKey:
    """Return a key of ours under the log's name."""
    return VerifierKey(origin, tx.keyring.public_key(Use.CHECKPOINT, key_id))


def current_key_id(tx: Transaction) -> str:
    """Name the key that signs now; it changes while we run when the keyring is rotated."""
    return tx.keyring.key_ids(Use.CHECKPOINT)[0]


def take_up_key(tx: Transaction, book: Book, at: datetime) -> tuple[Book, Post | None]:
    """Sign with the current key from now on; the event that tells it is None when that key signed already."""
    key_id = current_key_id(tx)
    if key_id == book.key_id:
        return book, None
    vkey = _add_signer(tx, book, key_id, at)
    change = ChangeRef(table="audit.signer", id=vkey, digest=sha256(vkey.encode()).hexdigest())
    former = Former(book.key_id, at + BOTH_SIGN)
    return replace(book, key_id=key_id, former=former), own(tx, EventType.KEY_ROTATED, at, change)


def _add_signer(tx: Transaction, book: Book, key_id: str, at: datetime) -> str:
    vkey = str(verifier_key(tx, book.origin, key_id))
    if vkey not in sequence.signers(tx, book.log):
        sequence.add_signer(tx, book.log, book.origin, vkey, at)
    return vkey


def open_log(
    tx: Transaction,
    host: str,
    at: datetime,
    former: Written | None = None,
    *,
    then: Sequence[Post] = (),
    after: int = 0,
) -> Written:
    """Begin the next log (UTC years), past ``after``; its first entry holds the digest of the former one's last checkpoint.

    ``then`` follows it in the same checkpoint.
    """
    log = next_log(max(after, former.book.log if former else 0), at.year)
    book = Book(log, origin_of(host, log), current_key_id(tx), Frontier(), at)
    _add_signer(tx, book, book.key_id, at)
    change = None if former is None else _reference(former)
    return write(tx, book, [own(tx, EventType.LOG_OPENED, at, change), *then], at)


def _reference(written: Written) -> ChangeRef:
    id_ = f"{written.book.log}/{written.book.frontier.size}"
    return ChangeRef(table="audit.checkpoint", id=id_, digest=sha256(written.note.encode()).hexdigest())


def turn_year(tx: Transaction, state: Written, at: datetime) -> Written:
    """Close the log when its year is over, and open the next."""
    book = state.book
    if at.year == year_of(book.log):
        return state
    closed = write(tx, book, [own(tx, EventType.LOG_CLOSED, at)], at)
    return open_log(tx, host_of(book), at, closed)


def host_of(book: Book) -> str:
    """Return whose log it is."""
    return book.origin.removesuffix(origin_of("", book.log))
