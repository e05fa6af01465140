"""Publishing as a stage: who is due, one shard at a time, and beforehand whom the sources may be asked about (PIPELINE.md 6)."""

from publish.refresh.leaving import write_leave_list
from publish.refresh.stage import due, refresh, verdict

__all__ = ["due", "refresh", "verdict", "write_leave_list"]
