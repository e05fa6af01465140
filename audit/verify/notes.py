"""The signed notes of a log: which of them are good, and what is wrong with the others."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey, opened
from audit.errors import BadNote, UnknownSigner
from audit.verify.findings import Code, Finding


@dataclass(slots=True)
class Notes:
    """Reads the notes of a log in order of size; yields the checkpoints that a trusted key signed, keeps what it found."""

    log: int
    keys: Collection[VerifierKey]
    findings: list[Finding] = field(default_factory=list)
    good: int = 0
    newest: Checkpoint | None = None

    def checkpoints(self, notes: Iterable[SignedNote]) -> Iterator[Checkpoint]:
        """Yield the good checkpoints, each larger than the one before."""
        before: SignedNote | None = None
        for note in notes:
            checkpoint = self._opened(note)
            if checkpoint is not None and self._follows(checkpoint, note, before):
                self.good, self.newest = self.good + 1, checkpoint
                yield checkpoint
            before = note

    def _opened(self, note: SignedNote) -> Checkpoint | None:
        try:
            checkpoint = opened(note.note, self.keys)
        except UnknownSigner:
            return self._refuse(Code.UNKNOWN_KEY, note, "is signed by no trusted key")
        except BadNote:
            return self._refuse(Code.SIGNATURE_BAD, note, "has a signature that does not fit")
        if (checkpoint.size, checkpoint.root) != (note.size, note.root):
            return self._refuse(Code.COLUMN_DIFFERS, note, "says another size or root than stands beside it")
        return checkpoint

    def _follows(self, checkpoint: Checkpoint, note: SignedNote, before: SignedNote | None) -> bool:
        if before is not None and note.signed_at < before.signed_at:
            self._refuse(Code.CLOCK_BACKWARD, note, "was signed before the one below it")
        newest = self.newest
        if newest is None or checkpoint.size > newest.size:
            return True
        if checkpoint.root != newest.root:
            self._refuse(Code.FORKED, note, "has another root than one of the same size")
        return False

    def _refuse(self, code: Code, note: SignedNote, what: str) -> Checkpoint | None:
        sentence = f"The checkpoint of {note.size} events {what}."
        self.findings.append(Finding(code=code, log=self.log, index=max(note.size - 1, 0), sentence=sentence))
        return None
