"""TE, asiakastiedot v1: pages pulled to the last, pages parsed to records."""

from connectors.te.pages import INTERFACE, Te
from connectors.te.records import PARSER, parse

__all__ = ["INTERFACE", "PARSER", "Te", "parse"]
