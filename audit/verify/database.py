"""Verifying the log where it lives: the walk over each year, and what stands beside the entries."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from typing import TypeVar

from audit import entry
from audit.checkpoint import HOST, Checkpoint, SignedNote, VerifierKey, opened, origin_of
from audit.cosignature import WitnessKey
from audit.errors import BadNote, EventRejected
from audit.fence import Fence
from audit.queries import sequence, verification
from audit.retention import claimed
from audit.tree import Place
from audit.verify import beside, cosigned, heads
from audit.verify.findings import Code, Finding, Summary
from audit.verify.pieces import Signers, verify_witness
from audit.verify.swift import good_checkpoints
from audit.verify.walk import Verdict, rolled_back, verify_log
from db.engine import Database, Read
from db.keys import Keyring, Use

PAGE = 20_000
"""Rows a query: some 20 MB, and the query's own cost vanishes."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Trust:
    """What the verifier brings along, from outside the database: public keys (Ed25519, raw), the name, the fence.

    ``witnessed`` are checkpoints as witnesses keep them, ``witnesses`` the keys of these.
    """

    public_keys: tuple[bytes, ...] = ()
    host: str = HOST
    fence: Fence | None = None
    witnessed: tuple[str, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()

    def keys(self, year: int) -> list[VerifierKey]:
        """Return the trusted keys under the name of a year's log."""
        return [VerifierKey(origin_of(self.host, year), key) for key in self.public_keys]


def trusting(
    keyring: Keyring, fence: Fence | None, host: str = HOST, *, witnesses: Collection[WitnessKey] = ()
) -> Trust:
    """Trust the checkpoint keys of a keyring, the current one and the former ones."""
    keys = (keyring.public_key(Use.CHECKPOINT, key_id) for key_id in keyring.key_ids(Use.CHECKPOINT))
    return Trust(tuple(keys), host, fence, witnesses=tuple(witnesses))


def verify_database(database: Database, trust: Trust, *, with_details: bool = False) -> Iterator[Finding | Summary]:
    """Verify every year's log, oldest first; yield what does not fit, then a summary.

    Each log is passed over swiftly; where anything does not fit, it is walked once more to say what. Without trusted keys
    the log's own list of signers is used, and said to be. The fence is read before the database: it moves after the commit, so
    whatever it told by then is in the snapshot, however fast the log grows meanwhile.
    """
    announced = _announced(trust)
    with database.read(snapshot=True) as read:
        yield from beside.guards(read)
        years = verification.logs(read)
        pruned = claimed(verification.prunings(read))
        sizes, checkpoints = {}, 0
        for year in years:
            log = Log(year, _keys(read, trust, year), announced.pop(year, None), pruned.get(year, 0))
            verdict = _verdict(database, read, log)
            yield from verdict.findings
            yield from beside.details_of(read, year) if with_details else ()
            yield from _disagreements(read, trust, year, verdict.size)
            sizes[year], checkpoints = verdict.size, checkpoints + verdict.checkpoints
        yield from _missing_logs(announced)
        yield from cosigned.in_tables(read, trust.witnesses)
        yield from heads.newest(read, pruned)
        yield from _broken_links(read, [year for year in years if not pruned.get(year)])
        if not trust.public_keys:
            yield Finding(
                code=Code.KEY_MISSING, sentence="No trusted key was given; the log's own list of keys was used."
            )
        yield Summary(sizes=sizes, checkpoints=checkpoints)


@dataclass(frozen=True, slots=True)
class Log:
    """What is known of a year's log beforehand: its keys, what was announced of it, how many of its first events are gone by right."""

    year: int
    keys: list[VerifierKey]
    announced: Checkpoint | None
    pruned: int


def _verdict(database: Database, read: Read, log: Log) -> Verdict:
    good = good_checkpoints(database, read, log.year, log.keys, log.pruned)
    if good is None:
        return _walked(read, log)
    announced = log.announced
    cut = [] if announced is None or announced in good else [rolled_back(log.year, announced.size)]
    return Verdict(cut, good[-1].size, len(good))


def _walked(read: Read, log: Log) -> Verdict:
    """Say what does not fit; events gone by right are none of it, and those gone from the beginning on are told at once."""
    verdict = verify_log(DatabaseCopy(read, log.year), log.keys, announced=log.announced)
    gone = list(beside.gone(read, log.year, log.pruned, verdict.size))
    kept = max([log.pruned, *(each.until + 1 for each in gone if each.until is not None)])
    found = [
        *(finding for finding in verdict.findings if not _is_before(finding, kept)),
        *gone,
        *beside.strays(read, log.year, verdict.size),
        *beside.columns(read, log.year),
        *beside.checkpoints(read, log.year),
        *beside.persons(read, log.year, log.pruned),
    ]
    return replace(verdict, findings=found or [_unexplained(log.year)])


def _is_before(finding: Finding, kept: int) -> bool:
    return finding.code is Code.ENTRY_MISSING and finding.index is not None and finding.index < kept


def _unexplained(year: int) -> Finding:
    """Say what is left to say when the swift pass refuses a log in which the walk finds nothing."""
    sentence = f"The log of {year} does not fit together, and where cannot be told."
    return Finding(code=Code.UNEXPLAINED, log=year, sentence=sentence)


def _keys(read: Read, trust: Trust, year: int) -> list[VerifierKey]:
    if trust.public_keys:
        return trust.keys(year)
    return [VerifierKey.parse(vkey) for vkey in verification.signers(read)]


def _announced(trust: Trust) -> dict[int, Checkpoint]:
    """Return the newest checkpoint of each year that the fence holds and a trusted key signed."""
    newest: dict[int, Checkpoint] = {}
    for note in trust.fence.read() if trust.fence else ():
        year = note.partition("\n")[0].rpartition("/")[2]
        if not year.isdigit():
            continue
        try:
            checkpoint = opened(note, trust.keys(int(year)))
        except BadNote:
            continue
        if int(year) not in newest or newest[int(year)].size < checkpoint.size:
            newest[int(year)] = checkpoint
    return newest


def _disagreements(read: Read, trust: Trust, year: int, size: int) -> Iterator[Finding]:
    """Hold what witnesses kept of a year's log against its nodes."""

    def node_at(place: Place) -> bytes:
        return dict(zip([place], sequence.nodes_at(read, year, [place]), strict=False))[place]

    for note in trust.witnessed:
        if note.partition("\n")[0].endswith(f"/{year}"):
            yield from verify_witness(note, size, node_at, Signers((), trust.witnesses, 1))


def _missing_logs(announced: dict[int, Checkpoint]) -> Iterator[Finding]:
    for year, checkpoint in announced.items():
        sentence = f"The log of {year} was announced with {checkpoint.size} events and is not there."
        yield Finding(code=Code.ROLLED_BACK, log=year, sentence=sentence)


def _broken_links(read: Read, years: Sequence[int]) -> Iterator[Finding]:
    """Compare what each log says of the one before with that one's last checkpoint."""
    for former, year in pairwise(years):
        digest = sha256(verification.last_note(read, former).encode()).hexdigest()
        if _digest_of_former(verification.first_entry(read, year)) != digest:
            sentence = f"The log of {former} does not end with the checkpoint that the log of {year} begins from."
            yield Finding(code=Code.ROLLED_BACK, log=former, sentence=sentence)


def _digest_of_former(opening: bytes | None) -> object:
    try:
        change = {} if opening is None else entry.read(opening).get("change")
    except EventRejected:
        return None
    return change.get("digest") if isinstance(change, dict) else None


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """The log of a year as it stands in the tables, read by pages in one snapshot."""

    read: Read
    year: int

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Yield (index, entry) by index."""
        return _paged(lambda start: verification.entries_from(self.read, self.year, start, PAGE), lambda item: item[0])

    def nodes(self, level: int) -> Iterator[tuple[int, bytes]]:
        """Yield (n, hash) of a level of the tree by n."""
        return _paged(
            lambda start: verification.nodes_from(self.read, self.year, level, start, PAGE), lambda item: item[0]
        )

    def notes(self) -> Iterator[SignedNote]:
        """Yield the signed notes by size."""
        return _paged(lambda start: verification.notes_from(self.read, self.year, start, PAGE), lambda note: note.size)


def _paged(page_from: Callable[[int], Sequence[Item]], number: Callable[[Item], int]) -> Iterator[Item]:
    start = 0
    while page := page_from(start):
        yield from page
        if len(page) < PAGE:
            return
        start = number(page[-1]) + 1
