"""Validation: rows against their suites, batches against their limits, and what was found as pages without values."""
