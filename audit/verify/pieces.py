"""Verifying what left the log: a proof, two checkpoints, a witness's checkpoint; each against what is known outside."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from audit import details, entry
from audit.checkpoint import Checkpoint, VerifierKey, opened, parted
from audit.cosignature import Cosignature, WitnessKey, cosignatures
from audit.errors import BadNote, BadTiles, EventRejected, UnknownSigner
from audit.proof import Opened, Proof, opened_extra
from audit.tree import (
    EMPTY_ROOT,
    NodeAt,
    consistency_path,
    edge,
    is_consistent,
    leaf_hash,
    root_from_inclusion,
    root_of,
)
from audit.verify.findings import Code, Finding


@dataclass(frozen=True, slots=True)
class Signers:
    """Whom the verifier believes: the log's keys, and of these witnesses at least so many."""

    keys: Collection[VerifierKey]
    witnesses: Collection[WitnessKey] = ()
    quorum: int = 0


def verify_note(note: str, signers: Signers) -> Iterator[Finding]:
    """Check the signatures under a checkpoint, and that enough witnesses cosigned it. Raises ``BadNote`` when malformed."""
    text, lines = parted(note)
    checkpoint = Checkpoint.parse(text)
    yield from _unsigned(note, checkpoint, signers)
    try:
        found = cosignatures(text, lines, signers.witnesses)
    except BadNote as bad:
        yield _of(checkpoint, Code.SIGNATURE_BAD, str(bad))
        return
    seen = {each.witness.name for each in found}
    if len(seen) < signers.quorum:
        sentence = f"The checkpoint of {checkpoint.size} events has {len(seen)} of the {signers.quorum} cosignatures asked for."
        yield _of(checkpoint, Code.COSIGNATURE_MISSING, sentence)


def _unsigned(note: str, checkpoint: Checkpoint, signers: Signers) -> Iterator[Finding]:
    try:
        opened(note, [key for key in signers.keys if key.name == checkpoint.origin])
    except UnknownSigner:
        code = Code.UNKNOWN_KEY if signers.keys else Code.KEY_MISSING
        yield _of(checkpoint, code, f"The checkpoint of {checkpoint.size} events is signed by no trusted key.")
    except BadNote:
        yield _of(
            checkpoint, Code.SIGNATURE_BAD, f"A signature under the checkpoint of {checkpoint.size} events is bad."
        )


def verify_proof(proof: Proof, signers: Signers) -> Iterator[Finding]:
    """Check form, leaf, path, signatures and opening. Raises ``BadNote`` when malformed."""
    checkpoint = proof.checkpoint
    yield from verify_note(proof.note, signers)
    if not proof.extra:
        yield _of(
            checkpoint, Code.ENTRY_UNKNOWN, "The proof names no entry, so its path leads from nothing.", proof.index
        )
        return
    shown = opened_extra(proof.extra)
    if root_from_inclusion(leaf_hash(shown.entry), proof.index, checkpoint.size, proof.path) != checkpoint.root:
        sentence = f"The entry {proof.index} does not lead to the root that was signed."
        yield _of(checkpoint, Code.ENTRY_CHANGED, sentence, proof.index)
    yield from _opening(checkpoint, proof.index, shown)


def _opening(checkpoint: Checkpoint, index: int, shown: Opened) -> Iterator[Finding]:
    if shown.detail is None:
        return
    try:
        fits = entry.read(shown.entry).get("detail") == details.commitment_of(entry.unchecked(shown.detail))
    except (ValueError, KeyError, TypeError, EventRejected):
        fits = False
    if not fits:
        sentence = f"The opening shown for the entry {index} is not the one it commits to."
        yield _of(checkpoint, Code.DETAIL_CHANGED, sentence, index)


def verify_consistency(old: str, new: str, node_at: NodeAt, signers: Signers) -> Iterator[Finding]:
    """Check that the tree of one signed checkpoint begins the tree of the other; nodes are those of the newer one."""
    yield from verify_note(old, signers)
    yield from verify_note(new, signers)
    first, second = (Checkpoint.parse(parted(note)[0]) for note in (old, new))
    if first.origin != second.origin:
        yield _of(second, Code.FORKED, "The two checkpoints are of two logs.")
    elif first.size > second.size:
        yield _of(second, Code.ROLLED_BACK, f"The newer checkpoint has {second.size} events, the older {first.size}.")
    elif first.size == second.size and first.root != second.root:
        yield _of(second, Code.FORKED, f"There are two checkpoints of {first.size} events with two roots.")
    else:
        path = consistency_path(first.size, second.size, node_at)
        if not is_consistent(first.size, first.root, second.size, second.root, path):
            sentence = f"The tree of {first.size} events is not the beginning of the tree of {second.size}."
            yield _of(second, Code.FORKED, sentence, first.size - 1)


def verify_witness(note: str, size: int, node_at: NodeAt, signers: Signers) -> Iterator[Finding]:
    """Check that what a witness cosigned is in a history of ``size`` events. Raises ``BadNote`` when malformed."""
    text, lines = parted(note)
    checkpoint = Checkpoint.parse(text)
    try:
        found: list[Cosignature] = cosignatures(text, lines, signers.witnesses)
    except BadNote as bad:
        yield _of(checkpoint, Code.SIGNATURE_BAD, str(bad))
        return
    if not found:
        yield _of(checkpoint, Code.COSIGNATURE_MISSING, "No known witness cosigned this checkpoint.")
    elif checkpoint.size > size:
        sentence = f"{found[0].witness.name} saw {checkpoint.size} events, and the log has {size}."
        yield _of(checkpoint, Code.ROLLED_BACK, sentence)
    elif _root_at(checkpoint.size, node_at) != checkpoint.root:
        sentence = f"{found[0].witness.name} saw another root at {checkpoint.size} events than the log has."
        yield _of(checkpoint, Code.WITNESS_DISAGREES, sentence)


def _root_at(size: int, node_at: NodeAt) -> bytes | None:
    try:
        return root_of([node_at(place) for place in edge(size)]) if size else EMPTY_ROOT
    except (BadTiles, KeyError):
        return None


def _of(checkpoint: Checkpoint, code: Code, sentence: str, index: int | None = None) -> Finding:
    year = checkpoint.origin.rpartition("/")[2]
    place = max(checkpoint.size - 1, 0) if index is None else index
    return Finding(code=code, log=int(year) if year.isdigit() else None, index=place, sentence=sentence)
