"""Consent measured: decisions in process, in bulk and over HTTP, receipts signed, and the peers on the same rules."""
