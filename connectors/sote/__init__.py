"""Sote, FHIR R4 of the wellbeing services counties: searched, cut to the whitelist in the stream, parsed to records."""

from connectors.sote.pages import INTERFACE, Ask, Sote
from connectors.sote.records import PARSER, parse

__all__ = ["INTERFACE", "PARSER", "Ask", "Sote", "parse"]
