"""Verifying a log from its files alone: the same pass and the same walk as over the tables, without columns."""

import os
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey, parted
from audit.cosignature import WitnessKey
from audit.errors import BadTiles
from audit.tiles import LEVELS, WIDTH, TilesCopy
from audit.tree import edge, leaf_hash
from audit.verify import cosigned, members
from audit.verify.findings import Code, Finding, Summary
from audit.verify.passage import Passage, Passed, Unfit, joined
from audit.verify.rows import Item
from audit.verify.sharing import A_SHARE
from audit.verify.walk import verify_log


def verify_folder(
    folder: Path, keys: Collection[VerifierKey], witnesses: Collection[WitnessKey] = ()
) -> Iterator[Finding | Summary]:
    """Verify a folder of tiles; yield what does not fit, then a summary. Raises ``BadTiles`` or ``BadNote``."""
    copy = TilesCopy.of(folder)
    yield from cosigned.under(copy.note, copy.year, witnesses)
    if not keys:
        yield Finding(code=Code.KEY_MISSING, log=copy.year, sentence="No key is known that could have signed this log.")
        return
    try:
        joined(_passed(copy, keys))
    except (Unfit, BadTiles):
        verdict = verify_log(copy, keys)
        yield from verdict.findings
        yield from person_gaps(copy)
        yield Summary(sizes={copy.year: verdict.size}, checkpoints=verdict.checkpoints)
    else:
        yield Summary(sizes={copy.year: copy.size}, checkpoints=1)


@dataclass(frozen=True, slots=True)
class TilesPart:
    """A log in a folder, asked for stretches; a stretch begins with a bundle."""

    copy: TilesCopy
    batches: bool = False

    def items(self, start: int, stop: int) -> Generator[Item, None, None]:
        """Read the entries of whole bundles."""
        bundles = (self.copy.bundle(n) for n in range(start // WIDTH, -(-stop // WIDTH)))
        try:
            yield from ((leaf_hash(entry), members.read(entry)) for bundle in bundles for entry in bundle)
        except ValueError:
            raise Unfit from None

    def refuse_other_nodes(self, start: int, levels: Sequence[Sequence[bytes]]) -> None:
        """Compare the levels that stand in tiles; all others are made of these."""
        for row, hashes in enumerate(levels[::LEVELS]):
            first = start >> LEVELS * row
            for at, hash_ in enumerate(hashes, start=first):
                if at == first or at % WIDTH == 0:
                    tile = self.copy.tile(row, at // WIDTH)
                if tile[at % WIDTH : at % WIDTH + 1] != [hash_]:
                    raise Unfit

    def notes(self, start: int, stop: int) -> list[SignedNote]:
        """Return the folder's note where it belongs to the part."""
        return [note for note in self.copy.notes() if start < note.size <= stop]


def _passed(copy: TilesCopy, keys: Collection[VerifierKey]) -> list[Passed]:
    if not copy.size:
        raise Unfit
    parts = min(os.cpu_count() or 1, max(1, copy.size // A_SHARE))
    bounds = [copy.size * place // parts // WIDTH * WIDTH for place in range(parts)] + [copy.size]
    if parts == 1:
        return [_pass(copy.folder, 0, copy.size, keys)]
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn")) as processes:
        running = [processes.submit(_pass, copy.folder, start, stop, keys) for start, stop in pairwise(bounds)]
        return [each.result() for each in running]


def _pass(folder: Path, start: int, stop: int, keys: Collection[VerifierKey]) -> Passed:
    copy = TilesCopy.of(folder)
    began = [copy.node_at(place) for place in edge(start)]
    return Passage(TilesPart(copy), keys, start, began).over(stop)


def person_gaps(copy: TilesCopy) -> Iterator[Finding]:
    """Name the events before which one of the same person is missing."""
    ends: dict[str, tuple[int, str]] = {}
    for index, entry in copy.entries():
        try:
            m = members.read(entry)
        except ValueError:
            continue
        if m.person is None or m.person_n is None:
            continue
        n, leaf = ends.get(m.person, (0, None))
        if (m.person_n, m.person_prev) != (n + 1, leaf):
            sentence = f"At the event {index} a person's numbers do not follow one another."
            yield Finding(code=Code.PERSON_GAP, log=copy.year, index=index, sentence=sentence)
        ends[m.person] = (m.person_n, leaf_hash(entry).hex())


def history(folder: Path) -> tuple[TilesCopy, Checkpoint]:
    """Open a folder as a history that other checkpoints are held against."""
    copy = TilesCopy.of(folder)
    (note,) = copy.notes()
    return copy, Checkpoint.parse(parted(note.note)[0])
