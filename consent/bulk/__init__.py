"""The bulk gate: the same rule as ``consent.decision``, set-based over integer-coded columns (CONSENT.md 7)."""

from consent.bulk.derived import fold
from consent.bulk.gate import decide_rows
from consent.bulk.load import snapshot
from consent.bulk.prepared import Prepared, prepare
from consent.bulk.questions import Question
from consent.bulk.snapshot import Snapshot, snapshot_of

__all__ = [
    "Prepared",
    "Question",
    "Snapshot",
    "decide_rows",
    "fold",
    "prepare",
    "snapshot",
    "snapshot_of",
]
