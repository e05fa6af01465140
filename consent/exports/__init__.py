"""Consents in the forms of others: ISO/IEC TS 27560 with DPV, and FHIR R4 (CONSENT.md 13)."""

from consent.exports.dpv import PartyNotDescribed, record
from consent.exports.fhir import consents

__all__ = ["PartyNotDescribed", "consents", "record"]
