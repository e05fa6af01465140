"""What verification can find, as lines of JSON and as an exit code."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Code(StrEnum):
    """The kinds of tampering (ACCESS-LOG 7), and what kept something from being checked."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_EXTRA = "entry_extra"
    CHECKPOINT_MISSING = "checkpoint_missing"
    ORDER_CHANGED = "order_changed"
    NODE_CHANGED = "node_changed"
    ROLLED_BACK = "rolled_back"
    FORKED = "forked"
    SIGNATURE_BAD = "signature_bad"
    UNKNOWN_KEY = "unknown_key"
    COLUMN_DIFFERS = "column_differs"
    PERSON_GAP = "person_gap"
    INDEX_DIFFERS = "index_differs"
    CLOCK_BACKWARD = "clock_backward"
    DETAIL_CHANGED = "detail_changed"
    DETAIL_MISSING = "detail_missing"
    GUARD_MISSING = "guard_missing"
    WITNESS_DISAGREES = "witness_disagrees"
    COSIGNATURE_MISSING = "cosignature_missing"
    ENTRY_UNKNOWN = "entry_unknown"
    PARTITION_MISSING = "partition_missing"
    UNEXPLAINED = "unexplained"
    KEY_MISSING = "key_missing"

    @property
    def refutes(self) -> bool:
        """Tell whether the log is refuted by it; else something could only not be checked."""
        return self not in _UNCHECKED


_UNCHECKED = {Code.KEY_MISSING, Code.ENTRY_UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not fit: in which log, at which event (the first it can be, and the last), and in a sentence."""

    code: Code
    log: int | None = None
    index: int | None = None
    until: int | None = None
    sentence: str

    def line(self) -> str:
        """Write it as one line of JSON."""
        return json.dumps({key: value for key, value in asdict(self).items() if value is not None}, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was looked at: per log the size that the newest good checkpoint signs."""

    sizes: dict[int, int]
    checkpoints: int

    def line(self) -> str:
        """Write it as one line of JSON."""
        sizes = {str(log): size for log, size in self.sizes.items()}
        return json.dumps({"events": sum(self.sizes.values()), "checkpoints": self.checkpoints, "sizes": sizes})


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 verified, 1 refuted, 3 something could not be checked."""
    refuting = [finding.code.refutes for finding in findings]
    if any(refuting):
        return 1
    return 3 if refuting else 0
