"""Asking outside witnesses to cosign our newest checkpoint, and how many of them did: k of n, by configuration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Final

from audit.checkpoint import parted
from audit.cosignature import WitnessKey, cosignatures
from audit.errors import BadNote, BadPolicy
from audit.queries import sequence, witnessing
from audit.queries.sequence import Newest
from audit.tree import Place, consistency_path
from audit.witness import Reply, Request
from db.engine import Database, Read

EVERY_S: Final = 60
"""A witness is asked at most so often (ACCESS-LOG 6)."""

FILE: Final = "witnesses"
"""In an instance's folder: lines ``witness KEY ADDRESS``, ``former KEY`` and ``quorum K``."""

Post = Callable[[str, bytes], Reply | None]
"""Sends a body to an address; None when nobody answers."""


@dataclass(frozen=True, slots=True)
class Known:
    """A witness and where it is asked: the submission prefix of its address."""

    key: WitnessKey
    url: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Our witnesses (n), and how many of them a checkpoint should have (k).

    ``former`` are keys of those whom we ask no more: what they cosigned is verified still.
    """

    witnesses: tuple[Known, ...] = ()
    quorum: int = 0
    former: tuple[WitnessKey, ...] = ()

    @property
    def keys(self) -> tuple[WitnessKey, ...]:
        """Return every key that a line in the log may be of."""
        return (*(known.key for known in self.witnesses), *self.former)

    @classmethod
    def of(cls, home: Path) -> "Policy":
        """Read the policy of the instance in a folder; without its file there are no witnesses. Raises ``BadPolicy``."""
        path = home / FILE
        try:
            return cls.parse(path.read_text(encoding="utf-8")) if path.exists() else cls()
        except UnicodeDecodeError:
            raise BadPolicy("The file of the witnesses is not text.") from None

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Read lines ``witness KEY ADDRESS`` and ``former KEY`` and one ``quorum K``; empty ones and those after ``#`` say nothing."""
        witnesses, former, quorum = [], [], None
        for number, line in enumerate(text.splitlines(), start=1):
            match line.partition("#")[0].split():
                case []:
                    continue
                case ["witness", key, url]:
                    witnesses.append(Known(_key(key, number), url.rstrip("/")))
                case ["former", key]:
                    former.append(_key(key, number))
                case ["quorum", count] if count.isdigit() and quorum is None:
                    quorum = int(count)
                case _:
                    raise BadPolicy(f"Line {number} of the witnesses is neither a witness nor the quorum.")
        if (
            quorum is None
            or not 0 <= quorum <= len(witnesses)
            or len({each.key.name for each in witnesses}) < len(witnesses)
        ):
            raise BadPolicy("The witnesses need one quorum, no larger than their number, and a name each.")
        return cls(tuple(witnesses), quorum, tuple(former))


def _key(text: str, number: int) -> WitnessKey:
    try:
        return WitnessKey.parse(text)
    except BadNote:
        raise BadPolicy(f"Line {number} of the witnesses holds no witness's key.") from None


class Outcome(StrEnum):
    """What came of asking a witness."""

    COSIGNED = "cosigned"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"
    FORKED = "forked"


@dataclass(frozen=True, slots=True)
class Asked:
    """A witness, what came of asking it, and the size it last cosigned as far as it said."""

    witness: str
    outcome: Outcome
    size: int


def ask_all(database: Database, policy: Policy, post: Post, at: datetime) -> list[Asked]:
    """Ask every witness that has not seen our newest checkpoint; keep what it cosigns."""
    with database.read() as read:
        newest = sequence.newest_checkpoint(read)
    return [] if newest is None else [_ask(database, known, newest, post, at) for known in policy.witnesses]


def _ask(database: Database, known: Known, newest: Newest, post: Post, at: datetime) -> Asked:
    """Ask from the size that it cosigned as we know; where it says another, once more from there."""
    with database.read() as read:
        old = witnessing.cosigned_size(read, newest.log, known.key.name)
        if old == newest.size:
            return Asked(known.key.name, Outcome.COSIGNED, old)
        reply = _posted(read, known, newest, old, post)
        told = _size(reply)
        if told is not None and told != old and told <= newest.size:
            old, reply = told, _posted(read, known, newest, told, post)
            told = _size(reply)
    if reply is not None and reply.status == HTTPStatus.OK:
        return _kept(database, known, newest, reply, at)
    return Asked(known.key.name, _refusal(reply, told, newest), told or old)


def _posted(read: Read, known: Known, newest: Newest, old: int, post: Post) -> Reply | None:
    def node_at(place: Place) -> bytes:
        return sequence.nodes_at(read, newest.log, [place])[0]

    request = Request(old, consistency_path(old, newest.size, node_at), newest.note)
    return post(f"{known.url}/add-checkpoint", str(request).encode())


def _size(reply: Reply | None) -> int | None:
    """Read the size that a conflict tells."""
    text = reply.body.removesuffix("\n") if reply is not None and reply.status == HTTPStatus.CONFLICT else ""
    return int(text) if text.isascii() and text.isdigit() else None


def _refusal(reply: Reply | None, told: int | None, newest: Newest) -> Outcome:
    if reply is None:
        return Outcome.UNREACHABLE
    if told is not None and told > newest.size:
        return Outcome.ROLLED_BACK
    if told is not None or reply.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return Outcome.FORKED
    return Outcome.REFUSED


def _kept(database: Database, known: Known, newest: Newest, reply: Reply, at: datetime) -> Asked:
    """Keep a cosignature that is good; any other line is none."""
    text, _ = parted(newest.note)
    try:
        found = cosignatures(text, reply.body.splitlines(), [known.key])
    except BadNote:
        found = []
    if not found:
        return Asked(known.key.name, Outcome.REFUSED, 0)
    with database.transaction() as tx:
        witnessing.add_cosignature(tx, newest.log, newest.size, found[0], at)
    return Asked(known.key.name, Outcome.COSIGNED, newest.size)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far our newest checkpoint is witnessed; ``seen`` is, by witness, the largest size it cosigned and when."""

    log: int
    size: int
    quorum: int
    cosigned_size: int
    seen: dict[str, tuple[int, datetime] | None]


def standing(read: Read, policy: Policy) -> Standing | None:
    """Say how far witnesses follow: ``cosigned_size`` is the largest that k of the n cosigned, nought where none is."""
    newest = sequence.newest_checkpoint(read)
    if newest is None:
        return None
    last = witnessing.newest_cosignatures(read, newest.log)
    seen = {known.key.name: last.get(known.key.name) for known in policy.witnesses}
    sizes = sorted((found[0] for found in seen.values() if found is not None), reverse=True)
    reached = sizes[policy.quorum - 1] if 0 < policy.quorum <= len(sizes) else 0
    return Standing(newest.log, newest.size, policy.quorum, reached, seen)


def cosigned_note(read: Read, log: int, size: int) -> str | None:
    """Return a checkpoint with every cosignature it has, as it is shown; None where there is none of that size."""
    note = witnessing.note(read, log, size)
    return None if note is None else note + "".join(witnessing.lines(read, log, size))
