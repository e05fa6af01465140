"""From landed bytes to staged rows: validate, link, merge, quarantine (PIPELINE.md 1, 3, 6)."""

from connectors.staging.again import revalidate, revalidate_outdated
from connectors.staging.check import check
from connectors.staging.merge import merge

__all__ = ["check", "merge", "revalidate", "revalidate_outdated"]
