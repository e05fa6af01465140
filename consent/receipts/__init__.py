"""Receipts: what was said, signed, whole, verifiable without us (CONSENT.md 12)."""

from consent.receipts.blank import Blank, blank
from consent.receipts.issuing import Deed, issue
from consent.receipts.jose import TYPE, jwks, sign
from consent.receipts.live import Standing, standing
from consent.receipts.verifying import Finding, verify

__all__ = ["TYPE", "Blank", "Deed", "Finding", "Standing", "blank", "issue", "jwks", "sign", "standing", "verify"]
