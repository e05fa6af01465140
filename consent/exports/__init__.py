"""Consents in the forms of others: ISO/IEC TS 27560 with DPV, and FHIR R4 (CONSENT.md 13)."""

from consent.exports.dpv import PartyNotDescribed, record
from consent.exports.fhir import consents, of_act, of_denial

__all__ = ["PartyNotDescribed", "consents", "of_act", "of_denial", "record"]
