"""From landed bytes to staged rows: validate, link, merge, quarantine (PIPELINE.md 1, 3, 6)."""

from connectors.staging.check import check

__all__ = ["check"]
