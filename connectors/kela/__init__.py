"""Kela, etuustiedot v1: pages pulled to the last, pages parsed to records."""

from connectors.kela.pages import INTERFACE, Kela
from connectors.kela.records import PARSER, parse

__all__ = ["INTERFACE", "PARSER", "Kela", "parse"]
