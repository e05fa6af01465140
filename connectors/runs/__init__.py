"""A run of a source: planned into batches, grouped for checking, judged at the end (PIPELINE.md 1, 7)."""

from connectors.runs.group import group
from connectors.runs.plan import plan
from connectors.runs.verdict import tell, verdict

__all__ = ["group", "plan", "tell", "verdict"]
